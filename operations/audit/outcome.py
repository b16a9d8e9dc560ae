"""What one check came to, with the evidence: which resource, which property, and what it says.

Evidence never holds a secret's value: it names what was looked at and says in words what was seen.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from operations.errors import OperationError
from policies.rule import Severity
from policies.waivers import Waiver

if TYPE_CHECKING:
    from operations.audit.account import Account


class Status(Enum):
    """What is said of a check or a control; of several the first one holds."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    WAIVED = "waived"
    PASS = "pass"  # noqa: S105
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class Evidence:
    """One thing that was looked at."""

    status: Status
    resource: str
    """``<type>::<name>``, with the types that Pulumi gives them."""
    property: str
    words: str
    waiver: Waiver | None = None


def good(resource: str, property_: str, words: str) -> Evidence:
    """Return that something is as it must be."""
    return Evidence(Status.PASS, resource, property_, words)


def bad(resource: str, property_: str, words: str) -> Evidence:
    """Return that something is not as it must be."""
    return Evidence(Status.FAIL, resource, property_, words)


def unseen(resource: str, property_: str, words: str) -> Evidence:
    """Return that nobody could tell."""
    return Evidence(Status.UNKNOWN, resource, property_, words)


def judged(resource: str, property_: str, words: str, *, well: bool) -> Evidence:
    """Return the evidence for what was seen."""
    return (good if well else bad)(resource, property_, words)


def worst(found: Iterable[Status]) -> Status:
    """Return what holds of the whole; of nothing, that it is not applicable."""
    there = set(found)
    return next((status for status in Status if status in there), Status.NOT_APPLICABLE)


@dataclass(frozen=True)
class Outcome:
    """One check and what it came to."""

    name: str
    severity: Severity
    title: str
    why: str
    fix: str
    controls: tuple[str, ...]
    part: str
    """``deployed``, or ``account``."""
    evidence: tuple[Evidence, ...] = ()

    @property
    def status(self) -> Status:
        """What the evidence adds up to."""
        return worst(each.status for each in self.evidence)

    def having(self, *wanted: Status) -> list[Evidence]:
        """Return the evidence of these statuses."""
        return [each for each in self.evidence if each.status in wanted]


Look = Callable[["Account"], Iterator[Evidence]]


@dataclass(frozen=True)
class Check:
    """One look at the account: only requests that read."""

    name: str
    severity: Severity
    why: str
    fix: str
    look: Look
    controls: tuple[str, ...] = ()
    title: str = field(default="")

    def run(self, account: "Account") -> Outcome:
        """Return what it came to; what AWS does not tell is unknown, and never a pass."""
        found: list[Evidence] = []
        try:
            found.extend(self.look(account))
        except OperationError as error:
            found.append(unseen(account.itself, "", str(error)))
        except Exception as error:
            # AWS answered in a form that the look does not know. Its words may hold anything.
            found.append(unseen(account.itself, "", f"the look broke ({type(error).__name__})"))
        return Outcome(
            self.name,
            self.severity,
            self.title,
            self.why,
            self.fix,
            self.controls,
            "account",
            tuple(found),
        )


def check(
    name: str, *, severity: Severity, why: str, fix: str, controls: Sequence[str] = ()
) -> Callable[[Look], Check]:
    """Make a function a check; its docstring is the check's title, which says the good state."""

    def made(look: Look) -> Check:
        title = (look.__doc__ or "").strip()
        return Check(name, severity, why, fix, look, tuple(controls), title)

    return made
