"""All that an audit has found: checks by name, and controls by what their checks came to."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from operations.audit.outcome import Evidence, Outcome, Status, worst
from policies.rule import Severity
from policies.waivers import Waiver

WITHOUT = "(no control of a catalogue)"


@dataclass(frozen=True)
class Control:
    """One control of a catalogue, and the checks that answer for it."""

    name: str
    outcomes: tuple[Outcome, ...]

    @property
    def status(self) -> Status:
        """What its checks add up to."""
        return worst(each.status for each in self.outcomes)


@dataclass(frozen=True)
class Audit:
    """One audit of one stack."""

    stack: str
    account: str
    time: datetime
    outcomes: Sequence[Outcome]
    notes: tuple[str, ...] = ()
    """Waivers that are over, or that exempt nothing."""

    @cached_property
    def controls(self) -> list[Control]:
        """Every control in the order of its catalogue; what has none comes last."""
        found: dict[str, list[Outcome]] = defaultdict(list)
        for outcome in self.outcomes:
            for control in outcome.controls or (WITHOUT,):
                found[control].append(outcome)
        names = sorted(found, key=lambda name: (name == WITHOUT, _order(name)))
        return [Control(name, tuple(found[name])) for name in names]

    @cached_property
    def failed(self) -> list[Outcome]:
        """What failed, the worst first."""
        found = [each for each in self.outcomes if each.status is Status.FAIL]
        return sorted(found, key=lambda each: (-each.severity, each.name))

    @cached_property
    def grave(self) -> list[Outcome]:
        """What failed and is high or critical."""
        return [each for each in self.failed if each.severity >= Severity.HIGH]

    def of_status(self, status: Status) -> list[Outcome]:
        """Return the checks of a status."""
        return [each for each in self.outcomes if each.status is status]

    def counts(self) -> dict[Status, int]:
        """Return how many checks came to what."""
        return {status: len(self.of_status(status)) for status in Status}


def _order(name: str) -> tuple[tuple[int, str], ...]:
    """Return what sorts ``IAM.10`` behind ``IAM.9``."""
    parts = name.replace(".", " ").replace("_", " ").split()
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts)


def exempted(
    outcomes: Iterable[Outcome], waivers: Sequence[Waiver], stack: str, day: date
) -> tuple[list[Outcome], tuple[str, ...]]:
    """Return the outcomes with what is waived, and what is to be said of the waivers."""
    mine = [each for each in waivers if each.stack == stack]
    valid = [each for each in mine if each.expires >= day]
    found = [
        dataclasses.replace(
            outcome,
            evidence=tuple(_exempt(outcome.name, stack, e, valid) for e in outcome.evidence),
        )
        for outcome in outcomes
    ]
    used = {id(e.waiver) for outcome in found for e in outcome.evidence if e.waiver}
    over = [f"waiver of {w.rule} by {w.owner} is over since {w.expires}" for w in mine
            if w.expires < day]  # fmt: skip
    idle = [f"waiver of {w.rule} by {w.owner} exempts nothing" for w in valid if id(w) not in used]
    return found, (*over, *idle)


def _exempt(name: str, stack: str, each: Evidence, waivers: Sequence[Waiver]) -> Evidence:
    """Return evidence of a failure as waived where a waiver covers it; what is unknown is not."""
    if each.status is not Status.FAIL:
        return each
    for waiver in waivers:
        if waiver.covers(name, stack, each.resource, each.property):
            return dataclasses.replace(each, status=Status.WAIVED, waiver=waiver)
    return each
