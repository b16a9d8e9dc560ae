"""One rule: what must hold of a resource, why, and how it is mended.

A rule is a pure function over plain data. It never puts a value into words: rules see secrets in
plain text.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from types import ModuleType

from policies.graph import Graph, Resource
from policies.verdict import Verdict

Check = Callable[[Resource, Graph], Verdict]


class Severity(IntEnum):
    """How bad it is when the rule is broken; the worse, the higher."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Rule:
    """A rule by its name, which says the good state."""

    name: str
    severity: Severity
    types: tuple[str, ...]
    """The resource types it looks at; the stack itself where it looks at the whole."""
    title: str
    why: str
    fix: str
    controls: tuple[str, ...]
    """The same in known catalogues: FSBP (AWS Foundational Security Best Practices), CIS."""
    check: Check


def rule(
    name: str,
    *types: str,
    severity: Severity,
    why: str,
    fix: str,
    controls: Sequence[str] = (),
) -> Callable[[Check], Rule]:
    """Make a function the check of a rule; its docstring is the rule's title."""

    def made(check: Check) -> Rule:
        title = (check.__doc__ or "").strip()
        return Rule(name, severity, types, title, why, fix, tuple(controls), check)

    return made


def rules_of(module: ModuleType) -> list[Rule]:
    """Return the rules that a module defines."""
    return [value for value in vars(module).values() if isinstance(value, Rule)]
