"""Rows and sentences of an estimate, for a terminal and for Markdown alike."""

from collections.abc import Iterator

from operations.cost.estimate import Estimate
from operations.cost.keys import unit
from operations.cost.line import CASES, Case, Line, Measure, Quantities, Usage

Row = tuple[str, ...]


def number(value: float) -> str:
    """Return a quantity as people read it."""
    return f"{value:,.1f}".removesuffix(".0")


def percent(value: float | None) -> str:
    """Return a share; a dash where there is none."""
    return "-" if value is None else f"{value:.1f} %"


def lines_of(quantities: Quantities, key: str) -> list[Line]:
    """Return what an environment has under a key."""
    return [line for line in quantities.lines if line.key == key]


def spread(lines: list[Line]) -> str:
    """Return a quantity, and in brackets what it is with off hours and at most."""
    always, scheduled, most = (sum(line.of(case) for line in lines) for case in CASES)
    if scheduled == always == most:
        return number(always)
    return f"{number(always)} ({number(scheduled)}; {number(most)})"


def quantity_rows(estimate: Estimate) -> Iterator[Row]:
    """Yield a row for each kind of thing: key, both quantities, share, unit, what decides it."""
    reference, mirror = (
        estimate.environments[each] for each in (estimate.reference, estimate.mirror)
    )
    keys = dict.fromkeys(line.key for each in (reference, mirror) for line in each.lines)
    for key in keys:
        has, mirrors = lines_of(reference, key), lines_of(mirror, key)
        base = sum(line.always for line in has)
        share = 100 * sum(line.always for line in mirrors) / base if base else None
        settings = dict.fromkeys(line.setting for line in (*mirrors, *has))
        yield (
            key,
            spread(has),
            spread(mirrors),
            percent(share),
            unit(key),
            next(iter(settings)),
        )


def share_rows(estimate: Estimate) -> Iterator[Row]:
    """Yield a row for each measure of the share, and at last their mean."""
    shares = estimate.shares
    for ratio in shares["always"].ratios:
        yield (
            ratio.measure,
            number(ratio.reference),
            number(ratio.mirror),
            *(percent(_ratio(estimate, ratio.measure, case)) for case in CASES),
        )
    yield ("mean", "", "", *(percent(shares[case].percent) for case in CASES))


def _ratio(estimate: Estimate, measure: Measure, case: Case) -> float | None:
    for each in estimate.shares[case].ratios:
        if each.measure == measure:
            return each.percent
    return None


def alike(estimate: Estimate) -> tuple[int, int]:
    """Return how many kinds of things no size decides, and how many are as many in both."""
    reference, mirror = (
        estimate.environments[each] for each in (estimate.reference, estimate.mirror)
    )
    keys = {line.key for each in (reference, mirror) for line in each.lines if not line.measures}
    same = [
        key
        for key in keys
        if sum(line.always for line in lines_of(reference, key))
        == sum(line.always for line in lines_of(mirror, key))
    ]
    return len(keys), len(same)


def money_rows(estimate: Estimate) -> Iterator[Row]:
    """Yield the sums of each case, ``at least`` where something is left out."""
    if estimate.money is None:
        return
    for case, about in CASES.items():
        sums = []
        for stack in (estimate.reference, estimate.mirror):
            cost = estimate.money.costs[stack]
            least = "" if cost.is_whole else "at least "
            sums.append(f"{least}{cost.of(case):,.2f}")
        yield (about, *sums, percent(estimate.percent_by_price(case)))


def left_out(estimate: Estimate) -> Iterator[str]:
    """Yield a sentence for each thing that no number above holds."""
    for action in estimate.paused:
        yield f"{estimate.mirror}: {action} is paused, and so saves nothing now"
    for stack, quantities in estimate.environments.items():
        for type_ in quantities.unknown:
            yield f"{stack}: {type_}: it is not known here what it costs"
    if estimate.money is None:
        return
    if estimate.money.warning:
        yield estimate.money.warning
    for stack, cost in estimate.money.costs.items():
        for key in cost.unpriced:
            yield f"{stack}: {key} has no price in the price book: not counted"


def usage_rows(estimate: Estimate) -> Iterator[Row]:
    """Yield what is billed by use, and by how many things, where the price book states none."""
    unstated: dict[str, dict[str, Usage]] = {}
    for stack, quantities in estimate.environments.items():
        for each in quantities.usage:
            if estimate.money is None or each.key in estimate.money.costs[stack].unstated:
                unstated.setdefault(each.key, {})[stack] = each
    for key, found in unstated.items():
        numbers = (
            str(found[stack].resources) if stack in found else ""
            for stack in (estimate.reference, estimate.mirror)
        )
        yield (key, *numbers, unit(key), next(iter(found.values())).bound)
