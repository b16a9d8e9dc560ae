"""The whole estimate: quantities, shares, money where there are prices. ``--write`` keeps it."""

from datetime import date
from pathlib import Path

from operations.cost.line import CASES, HOURS, Case, Quantities
from operations.cost.money import Cost, cost
from operations.cost.prices import PriceBook, warning
from operations.cost.share import Share, share
from operations.errors import OperationError
from operations.json_file import read
from policies.files import Model

FORMAT = "understudy-cost/1"


class Money(Model):
    """Both environments' cost by one price book."""

    currency: str
    prices_of: date
    region: str
    source: str
    warning: str
    costs: dict[str, Cost]
    """By stack."""


class Estimate(Model):
    """What both environments consist of in a month."""

    format: str = FORMAT
    hours: int = HOURS
    reference: str
    mirror: str
    environments: dict[str, Quantities]
    """By stack."""
    shares: dict[Case, Share]
    paused: tuple[str, ...] = ()
    """The mirror's off-hours actions that a later day holds up."""
    money: Money | None = None

    def percent_by_price(self, case: Case) -> float | None:
        """Return the mirror's share of the reference by price; None where there is none."""
        if self.money is None or not self.money.costs[self.reference].of(case):
            return None
        mirror, reference = (self.money.costs[each] for each in (self.mirror, self.reference))
        return float(100 * mirror.of(case) / reference.of(case))


def estimated(
    reference: Quantities,
    mirror: Quantities,
    paused: tuple[str, ...],
    book: PriceBook | None,
    today: date,
) -> Estimate:
    """Return the estimate of two environments."""
    both = (reference, mirror)
    return Estimate(
        reference=reference.stack,
        mirror=mirror.stack,
        environments={each.stack: each for each in both},
        shares={case: share(reference, mirror, case) for case in CASES},
        paused=paused,
        money=Money(
            currency=book.currency,
            prices_of=book.date,
            region=book.region,
            source=book.source,
            warning=warning(book, today),
            costs={each.stack: cost(each, book) for each in both},
        )
        if book
        else None,
    )


def load_estimate(file: Path) -> Estimate:
    """Return an earlier estimate; OperationError where the file is none of this format."""
    found = read(file, Estimate)
    if found.format != FORMAT:
        raise OperationError(f"{file}: format: must be {FORMAT}, got {found.format}")
    return found
