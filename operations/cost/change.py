"""What changes from one estimate to another."""

from collections.abc import Iterator
from dataclasses import dataclass

from operations.cost.estimate import Estimate
from operations.cost.keys import unit
from operations.cost.line import Line
from operations.cost.words import Row, lines_of, number, spread


@dataclass(frozen=True)
class Change:
    """One kind of thing of which there is more or less than before."""

    stack: str
    what: str
    before: str
    after: str
    unit: str
    setting: str

    @property
    def row(self) -> Row:
        """As a row of a table."""
        return (self.stack, self.what, self.before, self.after, self.unit, self.setting)


def changes(base: Estimate, now: Estimate) -> Iterator[Change]:
    """Yield what changed, by stack and kind; sums too where both have them by the same prices."""
    stacks = dict.fromkeys((*base.environments, *now.environments))
    for stack in stacks:
        yield from _of(stack, base, now)
    if not (base.money and now.money and _same_prices(base, now)):
        return
    for stack, cost in now.money.costs.items():
        before = base.money.costs.get(stack)
        if before is not None and before.always != cost.always:
            yield Change(
                stack=stack,
                what="sum",
                before=f"{before.always:,.2f}",
                after=f"{cost.always:,.2f} ({cost.always - before.always:+,.2f})",
                unit=now.money.currency,
                setting="",
            )


def _of(stack: str, base: Estimate, now: Estimate) -> Iterator[Change]:
    found = [each.environments.get(stack) for each in (base, now)]
    keys = dict.fromkeys(line.key for each in found if each for line in each.lines)
    for key in keys:
        old, new = (lines_of(each, key) if each else [] for each in found)
        if spread(old) != spread(new):
            yield Change(
                stack=stack,
                what=key,
                before=spread(old) if old else number(0),
                after=spread(new) if new else number(0),
                unit=unit(key),
                setting=_setting(new or old),
            )


def _setting(lines: list[Line]) -> str:
    return lines[0].setting


def _same_prices(base: Estimate, now: Estimate) -> bool:
    if base.money is None or now.money is None:
        return False
    keys = ("currency", "prices_of", "region", "source")
    return all(getattr(base.money, key) == getattr(now.money, key) for key in keys)
