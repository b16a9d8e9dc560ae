"""What a check is: a question to a deployed environment, its answer, and what to do about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from policies.verdict import Kind

SHOWN = 5
"""Names told in one answer; there may be hundreds."""

Look = Callable[[Any], Any]
"""Gathers facts, from what it is given, and judges nothing; OperationError where it can't."""


@dataclass(frozen=True)
class Answer:
    """A verdict, and one line that says what was found. It never holds a secret."""

    kind: Kind
    words: str


def passed(words: str) -> Answer:
    """Return the answer that all is well."""
    return Answer(Kind.PASS, words)


def failed(words: str) -> Answer:
    """Return the answer that something is wrong."""
    return Answer(Kind.FAIL, words)


def unknown(words: str) -> Answer:
    """Return the answer that nobody can tell; a run fails by it as by a failure."""
    return Answer(Kind.UNKNOWN, words)


def not_applicable(words: str) -> Answer:
    """Return the answer that there is nothing to ask here."""
    return Answer(Kind.NOT_APPLICABLE, words)


def none_wrong(wrong: Sequence[str], well: str) -> Answer:
    """Return a failure that names what is wrong, or that all is well where nothing is."""
    return failed(some(wrong)) if wrong else passed(well)


def holds(right: bool, well: str, wrong: str) -> Answer:  # noqa: FBT001  (the condition itself)
    """Return a pass where the condition holds, a failure where not."""
    return passed(well) if right else failed(wrong)


def some(names: Sequence[str]) -> str:
    """Return the first few of many, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return "; ".join(names[:SHOWN]) + more


@dataclass(frozen=True, kw_only=True)
class Check:
    """One question. ``judge`` is pure: it reads the facts and what they are held against."""

    id: str
    """Named for the good state."""
    what: str
    """What holds when it passes: one sentence without a full stop."""
    why: str
    mend: str
    """What a person does first when it fails."""
    look: Look
    judge: Callable[[Any, Any], Answer]
    quick: bool = False
    """Whether it is asked by ``health`` too."""
    advises: bool = False
    """Whether its failure is only said, and fails no run."""


@dataclass(frozen=True)
class Result:
    """What a check answered, and how many seconds it took to see what it judges."""

    check: Check
    answer: Answer
    seconds: float

    @property
    def stops(self) -> bool:
        """Tell whether the run fails by it."""
        return self.answer.kind in (Kind.FAIL, Kind.UNKNOWN) and not self.check.advises
