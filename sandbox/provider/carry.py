"""How each input of a resource type reaches AWS and is read back: the words of declarations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Carry:
    """One input's way to AWS; made by the functions below."""

    member: str = ""
    """Dotted member of the request; empty means the input's own name."""
    operation: str = ""
    """The request that takes it (boto3's spelling); empty means the type's create and update."""
    encode: Callable[[Any], Any] | None = None
    """From Pulumi's form to that of the request, where letter case alone does not do it."""
    decode: Callable[[Any], Any] | None = None
    """From what AWS describes to Pulumi's form."""
    read: str | None = None
    """JMESPath of the value in what AWS describes; None means by the request's member."""
    kept: str = ""
    """Why the value only stays in Pulumi's state: what moto does not carry."""
    unseen: str = ""
    """Why the value is sent and AWS never shows it: then the saved one stays; else what AWS does
    not show was taken away."""
    default: Any = None
    """What AWS has where nobody asked for any, whether it shows it or not, in Pulumi's form; not
    needed where the real provider fills in the same."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """What AWS puts into a block where the program says nothing: dotted path in lower case to value
    in Pulumi's form. Any other key besides the saved ones counts as a change."""
    exact: bool = False
    """Whether keys that AWS has beside the saved ones count as a change (tags)."""


def same(**more: Any) -> Carry:
    """Carry an input whose name is the request's, letter case aside."""
    return Carry(**more)


def member(name: str, **more: Any) -> Carry:
    """Carry an input that the create and update requests call ``name``."""
    return Carry(member=name, **more)


def by(operation: str, name: str = "", **more: Any) -> Carry:
    """Carry an input by a request of its own; the type's methods send it."""
    return Carry(operation=operation, member=name, **more)


def kept(reason: str, *, operation: str = "", name: str = "", **more: Any) -> Carry:
    """Keep an input in Pulumi's state; with an operation it is still checked against its model."""
    return Carry(kept=reason, operation=operation, member=name, read="", **more)


@dataclass(frozen=True)
class Describe:
    """The request that shows one object, and where the object stands in its answer."""

    operation: str
    params: Callable[[str], Mapping[str, Any]]
    path: str


@dataclass(frozen=True)
class Autoname:
    """How what the program left unnamed is named: logical name, dash, seven hex digits."""

    property: str = "name"
    longest: int = 255
    lower: bool = False
    before: str = ""
    """What every such name begins with: ``alias/``."""
