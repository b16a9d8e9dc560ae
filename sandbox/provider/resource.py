"""The base of every resource type: what is declared, and what follows from the declaration.

A type says which inputs it carries and by which requests; creating, reading, updating and deleting
follow, and a type writes out only what AWS does differently. Nothing is dropped in silence: an
input that a type neither carries nor keeps is refused by name.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

import jmespath

from sandbox.errors import SandboxError
from sandbox.provider import shapes
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Autoname, Carry, Describe
from sandbox.provider.facts import Facts, facts_of
from sandbox.provider.overlay import absent, covers, says_nothing
from sandbox.provider.values import UNKNOWN, Props, is_known

Problem = tuple[str, str]
"""A property path and what is wrong with it."""


class ResourceType:
    """One type of resource: a declaration with, where AWS is irregular, methods of its own."""

    token: ClassVar[str]
    service: ClassVar[str]
    """boto3's name of the service."""
    inputs: ClassVar[Mapping[str, Carry]]
    creates: ClassVar[str] = ""
    """The create request, in boto3's spelling."""
    created: ClassVar[str] = ""
    """JMESPath of the id in the create request's answer."""
    describe: ClassVar[Describe | None] = None
    updates: ClassVar[str] = ""
    """The update request; empty where no input can be changed by it."""
    cleared: ClassVar[Mapping[str, Any]] = {}
    """What the update request is given for an input that the program took away; None where to
    leave it out is enough."""
    deletes: ClassVar[str] = ""
    identified: ClassVar[str] = ""
    """The member by which update and delete requests name the object."""
    outputs: ClassVar[Mapping[str, str]] = {}
    """Output property to JMESPath in what AWS describes."""
    autoname: ClassVar[Autoname | None] = None
    delete_first: ClassVar[bool] = False
    """Whether the real provider deletes an object before it makes the one that replaces it."""
    kept: ClassVar[str] = ""
    """Set where moto has not the type at all: why its state is Pulumi's state alone."""

    @property
    def facts(self) -> Facts:
        """What the real provider says of this type's inputs."""
        return facts_of(self.token)

    # Checking

    def check(self, props: Props) -> Iterator[Problem]:
        """Yield what is wrong beyond single values; for types to fill in."""
        yield from ()

    def checked(self, props: Props) -> Iterator[Problem]:
        """Yield everything wrong with a resource's inputs; unknown values are left alone."""
        for name in props:
            if name not in self.inputs and name != "region":
                yield (
                    name,
                    "is neither carried nor kept by the sandbox: see docs/sandbox-coverage.md",
                )
        for name, fact in self.facts.inputs.items():
            if fact.required and name not in props:
                yield name, "is required"
        for name, carry in self.inputs.items():
            if name in props:
                yield from self._value_problems(name, carry, props[name])
        yield from self.check(props)

    def _value_problems(self, name: str, carry: Carry, value: Any) -> Iterator[Problem]:
        found = self._located(name, carry)
        if found is None or (carry.encode is not None and not is_known(value)):
            return
        shape = found[1]
        try:
            encoded = shapes.encode(shape, carry.encode(value) if carry.encode else value, name)
        except shapes.NotCarried as error:
            yield error.path, f"is unknown; allowed: {', '.join(error.known)}"
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            yield name, f"has a form that the sandbox cannot translate: {error}"
        else:
            yield from shapes.problems(shape, encoded, name)

    def _located(self, name: str, carry: Carry) -> tuple[str, Any] | None:
        """Return the operation that takes an input and its shape there, if any does."""
        operations = [carry.operation] if carry.operation else [self.creates, self.updates]
        for operation in filter(None, operations):
            request = shapes.request(self.service, operation)
            if found := shapes.locate(request, carry.member or name):
                return operation, found[1]
        return None

    # Requests

    def params(
        self, operation: str, props: Mapping[str, Any], only: set[str] | None = None
    ) -> dict[str, Any]:
        """Return the request's parameters for the inputs that it takes (of ``only``, if given)."""
        request = shapes.request(self.service, operation)
        params: dict[str, Any] = {}
        for name, carry in self.inputs.items():
            if name not in props or carry.kept or (only is not None and name not in only):
                continue
            if carry.operation and carry.operation != operation:
                continue
            found = shapes.locate(request, carry.member or name)
            if found is not None:
                value = carry.encode(props[name]) if carry.encode else props[name]
                _put(params, found[0], shapes.encode(found[1], value, name))
        return params

    def create(self, aws: Aws, new: Props) -> str:
        """Create the object and return its id."""
        answer = aws.call(f"{self.service}.{self.creates}", **self.params(self.creates, new))
        return str(jmespath.search(self.created, answer))

    def finish(self, aws: Aws, id_: str, new: Props) -> None:
        """Do what takes further requests after creating; a failure here leaves the object known."""

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Bring the object from ``old`` to ``new``; ``changed`` names the inputs that differ."""
        params = self.changes(old, new, changed) if self.updates else {}
        if params:
            named = {self.identified: id_} if self.identified else {}
            aws.call(f"{self.service}.{self.updates}", **{**named, **params})

    def changes(self, old: Props, new: Props, changed: set[str]) -> dict[str, Any]:
        """Return the update request's parameters, by which what was taken away is cleared.

        Raises SandboxError for an input that would stay behind in the cloud.
        """
        request = shapes.request(self.service, self.updates)
        gone = {name for name in changed if name in old and name not in new}
        for name in sorted(gone - self.cleared.keys()):
            carry = self.inputs.get(name)
            if carry is None or carry.kept or carry.operation not in ("", self.updates):
                continue
            if shapes.locate(request, carry.member or name):
                raise SandboxError(f"{name} was taken away: the sandbox cannot clear it")
        cleared = {name: self.cleared[name] for name in gone & self.cleared.keys()}
        given = {name: value for name, value in cleared.items() if value is not None}
        return self.params(self.updates, {**given, **new}, changed)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Delete the object; that it is gone already is not an error (the caller sees to it)."""
        aws.call(f"{self.service}.{self.deletes}", **{self.identified: id_})

    def in_use(self, aws: Aws, id_: str, old: Props) -> str | None:
        """Return who refers to the object, where AWS would refuse to delete it and moto not."""
        return None

    # Reading

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return what AWS shows of the object, or None where it is gone."""
        if self.describe is None:
            raise SandboxError(f"{self.token} has no way to be read")
        describe = self.describe
        found = aws.find(
            f"{self.service}.{describe.operation}", describe.path, **describe.params(id_)
        )
        return None if found is None else dict(found)

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        """Return outputs that AWS shows nowhere and that follow from the rest."""
        return {}

    def read(self, aws: Aws, id_: str, saved: Props) -> Props | None:
        """Return all properties: the saved ones, overlaid with what AWS shows; None when gone."""
        if self.kept:
            props = dict(saved)
        else:
            item = self.item(aws, id_, saved)
            if item is None:
                return None
            props = self._overlaid(item, saved)
        if "tags" in self.inputs:
            props["tagsAll"] = props.get("tags", {})
        if "region" in self.facts.inputs:
            props.setdefault("region", aws.region)
        props.update(self.computed(aws, id_, props))
        return props

    def unreached(self, aws: Aws, id_: str, wanted: Props) -> set[str]:
        """Return the inputs that are not there as they are wanted, or that AWS does not show."""
        shown = self.read(aws, id_, wanted) or {}
        return {
            name
            for name, carry in self.inputs.items()
            if name in wanted
            and not carry.kept
            and not (
                self.shows(name) and name in shown and _as_saved(carry, shown[name], wanted[name])
            )
        }

    def shows(self, name: str) -> bool:
        """Return whether AWS shows an input, so that a change behind Pulumi's back is seen."""
        carry = self.inputs[name]
        return not (carry.kept or carry.unseen or not self._path(name, carry))

    def set_by_others(self, props: Props, inputs: Props) -> Props:
        """Return what the program left out, AWS does not fill in and shows all the same.

        The real provider compares it with the program too.
        """
        return {
            name: props[name]
            for name, fact in self.facts.inputs.items()
            if name in self.inputs
            and name not in inputs
            and fact.measured
            and not fact.filled
            and self.shows(name)
            and not self._usual(name, props.get(name))
        }

    def imported(self, props: Props) -> Props:
        """Return the inputs that an import takes from what AWS shows.

        What AWS has where nobody asked for any is no input, as for the real provider.
        """
        return {
            name: props[name]
            for name, carry in self.inputs.items()
            if not carry.kept
            and props.get(name) not in (None, {}, [])
            and not (carry.default is not None and _as_saved(carry, props[name], carry.default))
        }

    def _usual(self, name: str, live: Any) -> bool:
        """Return whether a value is what AWS has where nobody asked for any."""
        carry = self.inputs[name]
        usual = self.facts.defaults.get(name, carry.default)
        return says_nothing(live) or (usual is not None and _as_saved(carry, live, usual))

    def _overlaid(self, item: Mapping[str, Any], saved: Props) -> Props:
        props = dict(saved)
        for name, carry in self.inputs.items():
            if not self.shows(name):
                continue
            live = jmespath.search(self._path(name, carry), item)
            if live is not None:
                live = carry.decode(live) if carry.decode else decoded(live)
            elif name in saved or not saved:
                # Moto shows some things only where they were asked for; AWS does always, and an
                # import, for which nothing is saved, takes them from there.
                live = self.facts.defaults.get(name, carry.default)
            if live is None:
                if not absent(saved.get(name)):
                    del props[name]
            elif name not in saved or not _as_saved(carry, live, saved[name]):
                props[name] = live
        for name, path in self.outputs.items():
            if (value := jmespath.search(path, item)) is not None:
                props[name] = decoded(value)
        return props

    def _path(self, name: str, carry: Carry) -> str:
        """Return the JMESPath of an input in what AWS describes; empty where it is not there."""
        if carry.read is not None:
            return carry.read
        if carry.member:
            return carry.member
        found = self._located(name, carry)
        if found is None:
            return ""
        names = shapes.locate(shapes.request(self.service, found[0]), name)
        return names[0][-1] if names else ""

    # Finding again

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the id of the object that these inputs made, if it exists.

        Asked after a crash, when the engine knows that a create was under way but not how it ended.
        """
        name = inputs.get(self.autoname.property) if self.autoname else None
        if name is None or self.read(aws, str(name), inputs) is None:
            return None
        return str(name)

    def invent_id(self, aws: Aws, urn: str, new: Props) -> str:
        """Return the id of an object that only Pulumi's state holds."""
        return hashlib.sha256(f"{aws.account}/{aws.region}/{urn}".encode()).hexdigest()[:32]


def _as_saved(carry: Carry, live: Any, saved: Any) -> bool:
    return covers(live, saved, exact=carry.exact, defaults=carry.defaults)


def decoded(value: Any) -> Any:
    """Return what AWS shows with the letter case that Pulumi writes keys in."""
    if isinstance(value, Mapping):
        return {key[:1].lower() + key[1:]: decoded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [decoded(item) for item in value]
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if hasattr(value, "isoformat"):
        return value.isoformat().replace("+00:00", "Z")
    return value


def _put(params: dict[str, Any], names: list[str], value: Any) -> None:
    if value is UNKNOWN:
        raise SandboxError(f"{'.'.join(names)} is not known yet")
    for name in names[:-1]:
        params = params.setdefault(name, {})
    params[names[-1]] = value


Registry = Callable[[str], ResourceType]
