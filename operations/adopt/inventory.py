"""What an account holds: every resource that can be listed, and what could not be.

Left out is what AWS made and keeps by itself: its keys, its service-linked roles, its default
parameter groups. Nothing is changed, and no secret is read.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import jmespath

from operations.adopt.account import Account
from operations.adopt.errors import UnreadableError
from operations.adopt.listing import BUCKET, Listing
from operations.adopt.listings import LISTINGS
from operations.adopt.others import OTHERS
from sandbox.errors import SandboxError
from sandbox.services import resource_type

WORKERS = 8
KEY, VERSION = "aws:kms/key:Key", "aws:secretsmanager/secretVersion:SecretVersion"
UNNAMED = "?"
"""The type of what only the Resource Groups Tagging API knows of."""
NAMES = ("name", "bucket", "identifier", "domainName", "alarmName", "family", "dashboardName")
GLOBAL_REGION = ""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Item:
    """One resource of an account."""

    type: str
    """Pulumi's token, or ``?`` where no listing of ours has it; then the id is its ARN."""
    id: str
    """As ``pulumi import`` wants it."""
    region: str
    """Empty where AWS keeps it once for all regions."""
    properties: Mapping[str, Any] = field(default_factory=dict)
    """As pulumi-aws names them; empty for what the blueprint has not."""
    refers: tuple[str, ...] = ()
    """The ids of other resources of the account that its properties name."""

    @property
    def name(self) -> str:
        """What a person calls it: its name, else its tag ``Name``, else nothing."""
        given = (self.properties.get(name) for name in NAMES)
        tagged = self.tags.get("Name", "")
        return next((each for each in given if isinstance(each, str) and each), tagged)

    @property
    def tags(self) -> dict[str, str]:
        """Its tags."""
        return dict(self.properties.get("tags") or {})

    @property
    def arn(self) -> str:
        """Its ARN, where it says one."""
        return str(self.properties.get("arn") or (self.id if self.id.startswith("arn:") else ""))

    @property
    def words(self) -> set[str]:
        """By what others name it."""
        known = {self.id, self.arn, *map(str, (self.properties.get("id"),))}
        return {word for word in known if word and word != "None"}

    @property
    def told(self) -> dict[str, Any]:
        """What the report says of it: no property, as one may hold what nobody should read."""
        return {
            "type": self.type,
            "id": self.id,
            "name": self.name,
            "region": self.region,
            "tags": self.tags,
            "refersTo": list(self.refers),
        }


@dataclass(frozen=True)
class Inventory:
    """What an account holds in the regions that were looked at."""

    account: str
    regions: tuple[str, ...]
    items: tuple[Item, ...]
    unread: tuple[str, ...]
    """A line for each listing or resource that could not be read."""

    def of(self, type_: str) -> list[Item]:
        """Return the resources of a type."""
        return [item for item in self.items if item.type == type_]


def inventory(account: Account, say: Say = lambda _: None) -> Inventory:
    """List everything in the account's regions, and read what the blueprint has types for."""
    items: list[Item] = []
    unread: list[str] = []
    for region in account.regions:
        gathered = _Gathered(account, region, region == account.regions[0])
        say(f"{account.id} {region}: listing {len(LISTINGS) + len(OTHERS)} types")
        gathered.listed()
        say(f"{account.id} {region}: reading {len(gathered.items)} resources")
        found = gathered.read()
        found += gathered.tagged(found)
        items += found
        unread += gathered.unread
    return Inventory(
        account.id, tuple(account.regions), tuple(_linked(items)), tuple(sorted(set(unread)))
    )


class _Gathered:
    """One region's listings; what AWS keeps for all regions is listed with the first one."""

    def __init__(self, account: Account, region: str, first: bool) -> None:  # noqa: FBT001
        self.items: list[Item] = []
        self.unread: list[str] = []
        self._account, self._region = account, region
        every = {**LISTINGS, **OTHERS}
        self._wanted = {
            type_: listing for type_, listing in every.items() if first or not listing.everywhere
        }

    def listed(self) -> None:
        """List every type, those that hang on another after it."""
        waiting = dict(self._wanted)
        with ThreadPoolExecutor(WORKERS) as pool:
            while waiting:
                ready = [type_ for type_, each in waiting.items() if each.each not in waiting]
                wave = {type_: waiting.pop(type_) for type_ in ready}
                for found, refused in pool.map(self._list, wave, wave.values()):
                    self.items += found
                    self.unread += refused

    def _list(self, type_: str, listing: Listing) -> tuple[list[Item], list[str]]:
        region = GLOBAL_REGION if listing.everywhere else self._region
        refused: list[str] = []
        found: list[str] = []
        owners = [each.id for each in self.items if each.type == listing.each]
        for owner in owners if listing.each else [""]:
            try:
                found += self._ids(listing, owner)
            except UnreadableError as error:
                refused.append(f"{type_}: not listed: {error}")
        if type_ == BUCKET:
            found = [name for name in found if self._is_here(name)]
        return [Item(type_, id_, region) for id_ in dict.fromkeys(found)], refused

    def _ids(self, listing: Listing, owner: str) -> list[str]:
        if not listing.request:
            return [owner]
        params = dict(listing.params)
        if owner:
            params[listing.named] = [owner] if listing.named.endswith("Ids") else owner
        answer = self._account.answer(listing.service, listing.request, self._region, **params)
        ids = jmespath.search(listing.ids, answer) or []
        return [listing.form.format(listing.tail(str(each)), owner) for each in ids]

    def _is_here(self, bucket: str) -> bool:
        try:
            answer = self._account.answer("s3", "get_bucket_location", self._region, Bucket=bucket)
        except UnreadableError:
            return True
        # us-east-1 has no location constraint (S3 API, GetBucketLocation).
        return (answer.get("LocationConstraint") or "us-east-1") == self._region

    def read(self) -> list[Item]:
        """Return the resources as they are; what is gone or AWS's own is left out."""
        with ThreadPoolExecutor(WORKERS) as pool:
            found = list(pool.map(self._read, self.items))
        return [item for item in found if item is not None]

    def _read(self, item: Item) -> Item | None:
        if item.type in OTHERS or item.type == VERSION:
            return item  # A secret's version is read by its value alone.
        try:
            if item.type == KEY and self._is_aws_own(item.id):
                return None
            kind = resource_type(item.type)
            if kind.kept:
                return item
            properties = kind.read(self._account.at(self._region), item.id, {})
        except (UnreadableError, SandboxError) as error:
            self.unread.append(f"{item.type} {item.id}: not read: {error}")
            return item
        return None if properties is None else replace(item, properties=properties)

    def _is_aws_own(self, key: str) -> bool:
        answer = self._account.answer("kms", "describe_key", self._region, KeyId=key)
        about = answer["KeyMetadata"]
        return bool(about.get("KeyManager") == "AWS" or about["KeyState"] == "PendingDeletion")

    def tagged(self, known: list[Item]) -> list[Item]:
        """Return what only the tagging API knows of: types that no listing of ours has."""
        try:
            answer = self._account.answer("resourcegroupstaggingapi", "get_resources", self._region)
        except UnreadableError as error:
            self.unread.append(f"tagged resources: not listed: {error}")
            return []
        arns = {item.arn for item in known}
        ends = {end for item in known for end in _ends(item.id)}
        return [
            Item(
                UNNAMED,
                each["ResourceARN"],
                self._region,
                {"tags": {tag["Key"]: tag["Value"] for tag in each.get("Tags", [])}},
            )
            for each in answer.get("ResourceTagMappingList", [])
            if each["ResourceARN"] not in arns and not _ends(each["ResourceARN"]) & ends
        ]


def _ends(text: str) -> set[str]:
    """Return the words by which an id and an ARN of the same thing end alike."""
    return {text.rpartition(":")[2], text.rpartition("/")[2]} - {""}


def _linked(items: list[Item]) -> Iterator[Item]:
    """Yield each resource with the ids of those that its properties name."""
    by_word: dict[str, set[str]] = defaultdict(set)
    for item in items:
        for word in item.words:
            by_word[word].add(item.id)
    for item in items:
        named = {id_ for text in texts(item.properties) for id_ in by_word.get(text, ())}
        yield replace(item, refers=tuple(sorted(named - {item.id})))


def texts(value: Any) -> Iterator[str]:
    """Yield every text in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts(each)
