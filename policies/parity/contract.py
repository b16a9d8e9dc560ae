"""Which differences between the environments are declared, and why: ``contract.yaml``."""

import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import pydantic
from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from policies.files import Model, read

FILE = "policies/contract.yaml"
_INDEX = re.compile(r"\[\d+\]")
Direction = Literal["any", "at most", "at least"]
Reason = Annotated[str, Field(min_length=20)]
IdentityKey = Annotated[str, Field(pattern=r"^identity\.[A-Za-z.*]+$")]
ScaleKey = Annotated[str, Field(pattern=r"^scale\.[A-Za-z.]+$")]
AnyKey = Annotated[str, Field(pattern=r"^(identity|scale)\.[A-Za-z.]+$")]


class Allowed(Model):
    """How a property may differ: which way from the reference's value, and down to what."""

    direction: Direction
    least: float | None = None


class Selector(Model):
    """Properties of resources: ``<type> [<pattern of names>] <path>``; ``[]`` is any index."""

    type: str
    names: str
    path: str

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the selector that a text says; ValueError where it says none."""
        parts = text.split()
        if len(parts) not in (2, 3):
            raise ValueError(f"must be '<type> [<names>] <property>', got {text!r}")
        return cls(type=parts[0], names=parts[1] if len(parts) == 3 else "*", path=parts[-1])  # noqa: PLR2004

    def covers(self, type_: str, name: str, path: str) -> bool:
        """Tell whether a value of a resource is one of these, or lies within one."""
        anywhere = _INDEX.sub("[]", path)
        return (
            self.type == type_
            and fnmatchcase(name, self.names)
            and (anywhere == self.path or anywhere.startswith((f"{self.path}.", f"{self.path}[")))
        )


class Declared(Model):
    """A setting, why environments may differ in it, and the properties that it decides."""

    key: str
    reason: Reason
    properties: dict[str, Direction | Allowed]

    @pydantic.field_validator("properties")
    @classmethod
    def _readable(cls, value: dict[str, Any]) -> dict[str, Any]:
        for text in value:
            Selector.of(text)
        return value

    @property
    def selectors(self) -> list[tuple[Selector, Allowed]]:
        """Return each property with how it may differ."""
        return [
            (Selector.of(text), each if isinstance(each, Allowed) else Allowed(direction=each))
            for text, each in self.properties.items()
        ]


class ByIdentity(Declared):
    """Properties that who the environment is decides."""

    key: IdentityKey


class ByScale(Declared):
    """Properties that how big the environment is decides."""

    key: ScaleKey


class Presence(Model):
    """Resources that the reference has and a smaller environment may lack."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    type: str
    """A type, or ``*`` for a part of an environment with all that it is made of."""
    name: str
    key: AnyKey
    only_in: Literal["reference", "mirror"] | None = None
    """The one side that may have them, where the other never may."""
    reason: Reason

    def covers(self, type_: str, name: str) -> bool:
        """Tell whether a resource is one of these."""
        return self.type in (type_, "*") and fnmatchcase(name, self.name)


class Contract(Model):
    """Everything that may differ. What is not in it must be equal."""

    reference: str
    named: list[IdentityKey]
    """Settings whose value counts as its name wherever it stands."""
    network: IdentityKey
    """The setting whose addresses count by their place in it."""
    identity: list[ByIdentity]
    scale: list[ByScale]
    presence: list[Presence]


def load_contract(root: Path) -> Contract:
    """Return the contract; PolicyError, a line for each mistake, where it cannot be read."""
    return read(root, FILE, Contract)
