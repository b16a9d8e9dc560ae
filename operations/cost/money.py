"""What an environment costs by a price book, and what of it no price is known for."""

from decimal import Decimal

from operations.cost.line import CASES, Case, Quantities
from operations.cost.prices import PriceBook
from policies.files import Model

CENT = Decimal("0.01")


class Cost(Model):
    """An environment in a month, in the price book's currency."""

    stack: str
    always: Decimal
    scheduled: Decimal
    most: Decimal
    by_key: dict[str, Decimal]
    """In the case ``always``."""
    unpriced: tuple[str, ...]
    """What is there and has no price."""
    unstated: tuple[str, ...]
    """What is billed by use, of which the price book does not state how much there is."""
    unknown: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return not (self.unpriced or self.unstated or self.unknown)

    def of(self, case: Case) -> Decimal:
        """Return the sum of a case."""
        return {"always": self.always, "scheduled": self.scheduled, "most": self.most}[case]


def cost(quantities: Quantities, book: PriceBook) -> Cost:
    """Return what an environment costs; what has no price is named and left out."""
    stated = book.usage.get(quantities.stack, {})
    by_key: dict[str, dict[Case, Decimal]] = {}
    for line in quantities.lines:
        sums = by_key.setdefault(line.key, dict.fromkeys(CASES, Decimal(0)))
        for case in CASES:
            sums[case] += Decimal(str(line.of(case)))
    for key, amount in stated.items():
        sums = by_key.setdefault(key, dict.fromkeys(CASES, Decimal(0)))
        for case in CASES:
            sums[case] += amount
    priced = {key: sums for key, sums in by_key.items() if key in book.prices}
    totals = {
        case: sum((sums[case] * book.prices[key] for key, sums in priced.items()), Decimal(0))
        for case in CASES
    }
    return Cost(
        stack=quantities.stack,
        **{case: total.quantize(CENT) for case, total in totals.items()},
        by_key={
            key: (sums["always"] * book.prices[key]).quantize(CENT) for key, sums in priced.items()
        },
        unpriced=tuple(sorted(by_key.keys() - priced.keys())),
        unstated=tuple(each.key for each in quantities.usage if each.key not in stated),
        unknown=quantities.unknown,
    )
