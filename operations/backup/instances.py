"""Database instances as these commands see them: known by their resource id, told by their tags.

RDS's resource id never changes, a name does (RDS API reference, DBInstance). So what a command
began is found again by names and tags alone, whoever calls it next.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from operations.aws import pages
from operations.errors import OperationError
from operations.place import Place

OWN = "understudy:"
"""Begins each tag that these commands put on an instance."""
RESTORED_FROM = f"{OWN}restored-from"
"""What was restored, as a command can say it again: ``latest``, ``time ...``, ``snapshot ...``."""
PURPOSE = f"{OWN}purpose"
"""``restore`` or ``drill``."""
POINT = f"{OWN}point"
"""The moment that was restored."""
BEGAN = f"{OWN}began"
"""When the restore was asked for."""
CHECKED = f"{OWN}checked"
"""The resource id whose checks passed, and when: a tag that was copied proves nothing."""
REPLACED_BY = f"{OWN}replaced-by"
"""On the instance that a swap put aside: the resource id that took its name."""
RESTORED_NAME = f"{OWN}restored-name"
"""On the same: what the other was called before the swap."""
DELETE_AFTER = f"{OWN}delete-after"
"""On the same: from when on nobody needs it."""
UNDOING = f"{OWN}undoing"
"""On the same: the swap is being taken back."""
BACKUP = "Backup"
"""The tag by which the backup plan finds what it backs up; only the live database has it."""

READY = "available"
HOPELESS = ("failed", "incompatible", "inaccessible", "storage-full", "stopped", "deleting")
POLL_SECONDS = 15
LONGEST_WAIT_SECONDS = 6 * 3600

Say = Callable[[str], None]


@dataclass(frozen=True)
class Instance:
    """What RDS shows of an instance."""

    shown: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its identifier."""
        return str(self.shown["DBInstanceIdentifier"])

    @property
    def id(self) -> str:
        """Its resource id, ``db-...``."""
        return str(self.shown["DbiResourceId"])

    @property
    def arn(self) -> str:
        """Its ARN; another after each renaming."""
        return str(self.shown["DBInstanceArn"])

    @property
    def status(self) -> str:
        """Its state in RDS's words."""
        return str(self.shown["DBInstanceStatus"])

    @property
    def tags(self) -> dict[str, str]:
        """Its tags."""
        return {each["Key"]: each["Value"] for each in self.shown.get("TagList", [])}

    @property
    def address(self) -> str | None:
        """Its host name; None while it is being made."""
        address = (self.shown.get("Endpoint") or {}).get("Address")
        return None if address is None else str(address)

    @property
    def created(self) -> datetime | None:
        """When it was made; None while it is being made."""
        return self.shown.get("InstanceCreateTime")

    @property
    def checked(self) -> datetime | None:
        """When the checks of this very instance passed; None where they have not."""
        id_, _, when = self.tags.get(CHECKED, "").partition(" ")
        try:
            return datetime.fromisoformat(when) if id_ == self.id else None
        except ValueError:
            return None


def by_name(place: Place, name: str) -> Instance | None:
    """Return the instance of that name, or None."""
    return _only(place, "db-instance-id", name)


def by_id(place: Place, id_: str) -> Instance | None:
    """Return the instance of that resource id, or None."""
    return _only(place, "dbi-resource-id", id_)


def _only(place: Place, what: str, value: str) -> Instance | None:
    # By a filter: one that is not there is then an empty list, and nobody else's is sent.
    only = [{"Name": what, "Values": [value]}]
    found = place.rds("describe_db_instances", Filters=only)["DBInstances"]
    return Instance(found[0]) if found else None


def instances(place: Place) -> Iterator[Instance]:
    """Yield every instance of the account and region."""
    for shown in pages(place.client("rds"), "describe_db_instances", "DBInstances"):
        yield Instance(shown)


def live(place: Place) -> Instance:
    """Return the stack's database; OperationError where it is not there."""
    found = by_name(place, place.identifier)
    if found is None:
        raise OperationError(f"{place.stack}: there is no database {place.identifier}")
    return found


def restored(place: Place, purpose: str) -> list[Instance]:
    """Return what a restore or drill of this stack made beside its database, the oldest first."""
    # Another stack's may begin with the same words.
    form = re.compile(rf"{re.escape(place.identifier)}-[a-z]+-[0-9]{{8}}t[0-9]{{6}}z")
    found = [
        each
        for each in instances(place)
        if form.fullmatch(each.name) and each.tags.get(PURPOSE) == purpose
    ]
    return sorted(found, key=lambda each: each.tags.get(BEGAN, ""))


def tag(place: Place, instance: Instance, wanted: Mapping[str, str]) -> None:
    """Put tags on an instance, over those it has."""
    listed = [{"Key": key, "Value": value} for key, value in wanted.items()]
    place.rds("add_tags_to_resource", ResourceName=instance.arn, Tags=listed)


def untag(place: Place, instance: Instance, keys: Iterable[str]) -> None:
    """Take tags off an instance."""
    place.rds("remove_tags_from_resource", ResourceName=instance.arn, TagKeys=sorted(keys))


def settled(instance: Instance) -> bool:
    """Tell whether an instance is available and no change of it is still to come."""
    return instance.status == READY and not instance.shown.get("PendingModifiedValues")


def wait(
    look: Callable[[], Instance | None],
    what: str,
    say: Say,
    *,
    wanted: Callable[[Instance], bool] = lambda found: found.status == READY,
    sleep: Callable[[float], None] = time.sleep,
) -> Instance:
    """Wait until an instance is as it is wanted, and tell each change of its state.

    Raises OperationError where it can't come to that any more, or takes too long; the same command
    goes on waiting.
    """
    told = ""
    for _ in range(LONGEST_WAIT_SECONDS // POLL_SECONDS):
        found = look()
        status = "not shown yet" if found is None else found.status
        if status != told:
            say(f"{what}: {status}")
            told = status
        if found is not None and wanted(found):
            return found
        if status.startswith(HOPELESS):
            raise OperationError(f"{what}: is {status}; look at its events in RDS")
        sleep(POLL_SECONDS)
    hours = LONGEST_WAIT_SECONDS // 3600
    raise OperationError(f"{what}: is still {told} after {hours} hours; the same command waits on")


def rename(place: Place, instance: Instance, name: str, say: Say) -> Instance:
    """Give an instance another name, and wait until it has it and is available again.

    Raises OperationError where RDS refuses, for example a name that is taken.
    """
    if instance.name != name:
        place.rds(
            "modify_db_instance",
            DBInstanceIdentifier=instance.name,
            NewDBInstanceIdentifier=name,
            ApplyImmediately=True,
        )
    return wait(
        lambda: by_id(place, instance.id),
        f"{instance.name} -> {name}",
        say,
        wanted=lambda found: found.name == name and found.status == READY,
    )
