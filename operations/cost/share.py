"""A mirror's share of its reference without any price: the formula of docs/cost.md."""

from operations.cost.line import MEASURES, Case, Measure, Quantities
from operations.errors import OperationError
from policies.files import Model


class Ratio(Model):
    """One measure in both environments."""

    measure: Measure
    reference: float
    mirror: float

    @property
    def percent(self) -> float:
        """The mirror's in percent of the reference's."""
        return 100 * self.mirror / self.reference


class Share(Model):
    """The mirror's share, and what it is the mean of."""

    ratios: tuple[Ratio, ...]

    @property
    def percent(self) -> float:
        """The mean of the ratios."""
        return sum(each.percent for each in self.ratios) / len(self.ratios)


def share(reference: Quantities, mirror: Quantities, case: Case) -> Share:
    """Return the share in a case; OperationError where the mirror has what the reference lacks."""
    ratios = []
    for measure in MEASURES:
        has, mirrors = (measured(each, measure, case) for each in (reference, mirror))
        if not has and mirrors:
            raise OperationError(
                f"{mirror.stack}: has {measure} and {reference.stack} has none: "
                "there is no share of nothing"
            )
        if has:
            ratios.append(Ratio(measure=measure, reference=has, mirror=mirrors))
    if not ratios:
        raise OperationError(f"{reference.stack}: has nothing that a share could be of")
    return Share(ratios=tuple(ratios))


def measured(quantities: Quantities, measure: Measure, case: Case) -> float:
    """Return how much of a measure an environment has."""
    return sum(line.of(case) * line.measures.get(measure, 0.0) for line in quantities.lines)
