"""What a rule says of a resource, and how such answers are put together.

Four answers: it passes, it fails, the rule does not apply, or it cannot be decided before the
deployment. Putting answers together follows three-valued logic, so one unknown value neither hides
a failure nor counts as a pass.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """The four answers."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, order=True)
class Problem:
    """One property that is not as it must be. It never holds the value: that may be a secret."""

    path: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.path} {self.wanted}".strip()


@dataclass(frozen=True)
class Verdict:
    """The answer, and for a failure or an open question which properties it hangs on."""

    kind: Kind
    problems: tuple[Problem, ...] = ()


PASS = Verdict(Kind.PASS)
NOT_APPLICABLE = Verdict(Kind.NOT_APPLICABLE)


def fail(path: str, wanted: str) -> Verdict:
    """Return the answer that a property must be otherwise."""
    return Verdict(Kind.FAIL, (Problem(path, wanted),))


def undecided(path: str, wanted: str) -> Verdict:
    """Return the answer that a property, known only once deployed, decides."""
    return Verdict(Kind.UNKNOWN, (Problem(path, f"{wanted}, which is not known yet"),))


def all_of(*verdicts: Verdict) -> Verdict:
    """Return a pass where all pass; the order means nothing."""
    return _joined(verdicts, (Kind.FAIL, Kind.UNKNOWN, Kind.PASS))


def any_of(*verdicts: Verdict) -> Verdict:
    """Return a pass where at least one passes; the order means nothing."""
    return _joined(verdicts, (Kind.PASS, Kind.UNKNOWN, Kind.FAIL))


def wanting(verdict: Verdict, path: str, wanted: str) -> Verdict:
    """Return the verdict with one problem, in words of the rule's own, in place of its parts'."""
    if verdict.kind is Kind.FAIL:
        return fail(path, wanted)
    if verdict.kind is Kind.UNKNOWN:
        return undecided(path, wanted)
    return verdict


def needed(verdict: Verdict, path: str, wanted: str) -> Verdict:
    """Return what ``wanting`` does, and a failure where there was nothing to ask."""
    if verdict.kind is Kind.NOT_APPLICABLE:
        return fail(path, wanted)
    return wanting(verdict, path, wanted)


def opposite(verdict: Verdict, path: str, wanted: str) -> Verdict:
    """Return a failure for a pass and the other way round; what is open stays open."""
    if verdict.kind is Kind.PASS:
        return fail(path, wanted)
    if verdict.kind is Kind.FAIL:
        return PASS
    return wanting(verdict, path, wanted)


def where(condition: Verdict, consequence: Verdict) -> Verdict:
    """Return the consequence where the condition passes; not applicable where it fails.

    While the condition is open, so is a failure; all else stands either way.
    """
    if condition.kind is Kind.UNKNOWN and consequence.kind is Kind.FAIL:
        return all_of(*(undecided(each.path, each.wanted) for each in consequence.problems))
    if condition.kind in (Kind.PASS, Kind.UNKNOWN):
        return consequence
    return NOT_APPLICABLE


def _joined(verdicts: Iterable[Verdict], order: tuple[Kind, ...]) -> Verdict:
    found = tuple(verdicts)
    for kind in order:
        of_kind = [verdict for verdict in found if verdict.kind is kind]
        if of_kind:
            problems = {problem for verdict in of_kind for problem in verdict.problems}
            return Verdict(kind, tuple(sorted(problems)))
    return NOT_APPLICABLE
