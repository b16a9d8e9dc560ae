"""One quantity of an environment in a month, what there is of it and which setting decides it."""

from typing import Literal

from pydantic import Field

from policies.files import Model

HOURS = 730
"""Hours of a month, as AWS's own calculator has them: 365 days x 24 / 12."""

Case = Literal["always", "scheduled", "most"]
CASES: dict[Case, str] = {
    "always": "no off hours, services at their least",
    "scheduled": "with the off-hours schedule",
    "most": "services at their most, backups kept whole",
}
"""How an environment may run, and so three quantities of each thing."""

Measure = Literal[
    "vCPU-hours", "memory GiB-hours", "storage GiB-months", "gateway and endpoint hours"
]
MEASURES: tuple[Measure, ...] = (
    "vCPU-hours",
    "memory GiB-hours",
    "storage GiB-months",
    "gateway and endpoint hours",
)
"""What the scale decides; a share without prices is the mean over these."""


class Line(Model):
    """A quantity."""

    key: str
    """What a price book calls it: one of ``keys.KEYS``, or ``rds-hours.<class>``."""
    always: float
    scheduled: float
    most: float
    resources: tuple[str, ...]
    """Logical names."""
    setting: str
    """What decides it: ``file:line: key``, or in words where no setting does."""
    measures: dict[Measure, float] = Field(default_factory=dict)
    """How much of each measure one unit is; empty for what is alike whatever the scale."""

    def of(self, case: Case) -> float:
        """Return the quantity of a case."""
        return {"always": self.always, "scheduled": self.scheduled, "most": self.most}[case]


class Usage(Model):
    """What AWS bills by use: no description of an environment says how much that is."""

    key: str
    resources: int
    """How many there are that it is billed for."""
    bound: str
    """The setting that bounds it; empty where none does."""
    stated: str
    """The key of the price book that would state it."""


class Quantities(Model):
    """An environment in a month."""

    stack: str
    region: str
    lines: tuple[Line, ...]
    usage: tuple[Usage, ...]
    unknown: tuple[str, ...]
    """Types of resources of which it is not known here whether they cost anything."""


def steady(
    key: str,
    quantity: float,
    resources: tuple[str, ...],
    setting: str,
    measures: dict[Measure, float] | None = None,
) -> Line:
    """Return a quantity that is the same however the environment runs."""
    return Line(
        key=key,
        always=quantity,
        scheduled=quantity,
        most=quantity,
        resources=resources,
        setting=setting,
        measures=measures or {},
    )
