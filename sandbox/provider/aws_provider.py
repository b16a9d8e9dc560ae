"""The stand-in for pulumi-aws: the engine's requests, carried out by boto3 on the sandbox's AWS."""

import json
import os
from collections.abc import Mapping
from typing import Any

from sandbox import operator
from sandbox.errors import SandboxError
from sandbox.provider.aws import CURRENT, Aws, Clients, MissingError
from sandbox.provider.defaults import filled
from sandbox.provider.diff import Difference, difference
from sandbox.provider.names import named, stands_in_the_way
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.servicer import PartialError, told
from sandbox.provider.values import UNKNOWN, Props
from sandbox.provider.versions import PLUGINS
from sandbox.services import resource_type

CARRIED_SETTINGS = {
    "allowedAccountIds",
    "assumeRoles",
    "region",
    "skipCredentialsValidation",
    "skipMetadataApiCheck",
    "skipRegionValidation",
    "version",
}
"""What means the same here; to skip a check that the sandbox does not make is honoured too."""
UNFINISHED = "__unfinished"
"""In the state of an object whose creation was not finished (the engine shows no such names)."""
SESSION_NAME = "understudy-sandbox"


class AwsProvider:
    """One configured provider: an account, a region and the credentials for it."""

    version = PLUGINS["aws"]

    def __init__(self) -> None:
        self._aws: Aws | None = None

    # Configuration

    def check_config(self, settings: Props) -> list[Problem]:
        """Refuse a provider setting that the sandbox would not honour."""
        return [
            (name, "is not carried by the sandbox's aws provider")
            for name in sorted(settings)
            if name not in CARRIED_SETTINGS and settings[name] not in (None, "", False, "false", [])
        ]

    def configure(self, settings: Props, environment: Mapping[str, str] = os.environ) -> None:
        """Take on the role that the program names and refuse every other account than it allows."""
        endpoint = environment.get("AWS_ENDPOINT_URL", "")
        if not endpoint:
            raise SandboxError("AWS_ENDPOINT_URL is not set: start the sandbox with `make shell`")
        region = str(settings.get("region") or environment.get("AWS_REGION", ""))
        if not region:
            raise SandboxError("the aws provider has no region: set its `region` or AWS_REGION")
        keys = {
            "AccessKeyId": operator.KEY,
            "SecretAccessKey": operator.SECRET,
        }
        account = role = ""
        for each in _plain(settings.get("assumeRoles")) or []:
            role = each["roleArn"]
            account, keys = _assumed(endpoint, keys, region, role)
        clients = Clients(endpoint, keys, role)
        if not account:
            identity = Aws(clients, "", region).call("sts.get_caller_identity")
            account = str(identity["Account"])
        allowed = _plain(settings.get("allowedAccountIds")) or []
        if allowed and account not in allowed:
            raise SandboxError(
                f"AWS account is {account}, but the provider allows only {', '.join(allowed)}"
            )
        self._aws = Aws(clients, account, region)

    # Resources

    def check(self, urn: str, old: Props, new: Props, seed: bytes) -> tuple[Props, list[Problem]]:
        """Name what is unnamed, fill in defaults and say everything that is wrong."""
        kind = _type(urn)
        new = filled(kind.facts.defaults, kind.inputs, new)
        if kind.autoname:
            new = named(kind.autoname, _name(urn), old, new, seed)
        return new, sorted(set(kind.checked(new)))

    def diff(self, urn: str, old: Props, new: Props, ignored: set[str]) -> Difference:
        """Say which inputs differ and which of them force a replacement."""
        kind = _type(urn)
        found = difference(kind.facts, old, new, ignored)
        if found.replaces:
            found.delete_first = kind.delete_first or bool(
                kind.autoname and stands_in_the_way(kind.autoname, _name(urn), old, new)
            )
        return found

    def preview(self, urn: str, state: Props, new: Props) -> Props:
        """Return what is known of the properties before the deployment."""
        facts = _type(urn).facts
        unknown = dict.fromkeys(facts.outputs_only, UNKNOWN)
        filled = {name: UNKNOWN for name, fact in facts.inputs.items() if fact.computed}
        return {**(state or {**unknown, **filled}), **new}

    def create(self, urn: str, new: Props) -> tuple[str, Props]:
        """Create the object; whatever fails after it exists is reported with its id."""
        kind, aws = self._at(urn, new)
        id_ = kind.invent_id(aws, urn, new) if kind.kept else kind.create(aws, new)
        try:
            kind.finish(aws, id_, new)
            return id_, _there(kind.read(aws, id_, new), id_)
        except Exception as error:
            raise PartialError(told(error), id_, _unfinished(kind, aws, id_, new), new) from error

    def read(self, urn: str, id_: str, state: Props, inputs: Props) -> tuple[Props, Props] | None:
        """Return properties and inputs as they are now, or None where the object is gone."""
        kind, aws = self._at(urn, inputs or state)
        props = kind.read(aws, id_, inputs)
        if props is None:
            return None
        if inputs:
            kept = {name: props[name] for name in inputs if name in props}
            return props, {**kept, **kind.set_by_others(props, inputs)}
        return props, kind.imported(props)

    def update(self, urn: str, id_: str, old: Props, new: Props, state: Props) -> Props:
        """Bring the object to its new inputs and return its properties.

        Of an object whose creation was not finished, AWS is asked what is still to be set.
        """
        kind, aws = self._at(urn, new)
        changed = difference(kind.facts, old, new, set()).changed
        if state.get(UNFINISHED):
            changed |= kind.unreached(aws, id_, new)
        if not kind.kept:
            kind.update(aws, id_, old, new, changed)
        props = _there(kind.read(aws, id_, new), id_)
        return {**{name: state[name] for name in kind.facts.outputs_only if name in state}, **props}

    def delete(self, urn: str, id_: str, old: Props) -> None:
        """Delete the object where AWS would; one that is gone already is as good as deleted."""
        kind, aws = self._at(urn, old)
        if kind.kept:
            return
        if (user := kind.in_use(aws, id_, old)) is not None:
            raise SandboxError(f"{id_} cannot be deleted: {user}")
        try:
            kind.delete(aws, id_, old)
        except MissingError:
            return

    def find(self, urn: str, inputs: Props, known: set[str] | None = None) -> str | None:
        """Return the id of the object that these inputs made, if there is exactly one.

        ``known`` are ids that belong to other resources already: a replacement under way looks like
        the object that it replaces.
        """
        kind, aws = self._at(urn, inputs)
        if kind.kept:
            return kind.invent_id(aws, urn, inputs)
        return kind.find(aws.passing_over(known or ()), inputs)

    def invoke(self, token: str, args: Props) -> Props:
        """Refuse look-ups: the program describes its environment without reading the cloud."""
        raise SandboxError(f"{token}: the sandbox answers no look-ups")

    def secrets(self, urn: str) -> set[str]:
        """Return the inputs that the real provider treats as secret."""
        return {name for name, fact in _type(urn).facts.inputs.items() if fact.sensitive}

    def _at(self, urn: str, props: Props) -> tuple[ResourceType, Aws]:
        if self._aws is None:
            raise SandboxError("the provider is not configured")
        CURRENT.set(_name(urn))
        region = props.get("region")
        return _type(urn), self._aws.in_region(region if isinstance(region, str) else None)


def _unfinished(kind: ResourceType, aws: Aws, id_: str, new: Props) -> Props:
    """Return what is there of an object that is not finished; its inputs where that fails too."""
    try:
        shown = kind.read(aws, id_, new)
    except Exception:
        # The error that is told is the first one; this object must be known all the same.
        shown = None
    return {**(new if shown is None else shown), UNFINISHED: True}


def _there(props: Props | None, id_: str) -> Props:
    if props is None:
        raise SandboxError(f"{id_} is not there: `pulumi refresh` finds what became of it")
    return props


def _assumed(
    endpoint: str, keys: dict[str, str], region: str, role: str
) -> tuple[str, dict[str, str]]:
    """Return the account and session keys of a role; it must exist, as on AWS."""
    account, name = role.split(":")[4], role.rpartition("/")[2]
    try:
        Aws(Clients(endpoint, keys), account, region).call("iam.get_role", RoleName=name)
    except MissingError:
        raise SandboxError(
            f"cannot assume {role}: there is no such role in account {account} of this sandbox"
        ) from None
    answer = Aws(Clients(endpoint, keys), "", region).call(
        "sts.assume_role", RoleArn=role, RoleSessionName=SESSION_NAME
    )
    return account, dict(answer["Credentials"])


def _plain(value: Any) -> Any:
    """Return a provider setting; the SDK hands lists and objects over as JSON text."""
    return json.loads(value) if isinstance(value, str) else value


def _type(urn: str) -> ResourceType:
    return resource_type(urn.split("::")[2].rpartition("$")[2])


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]
