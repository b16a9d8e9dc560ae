"""An estimate in a terminal, and as Markdown for a pull request: short, the details folded."""

from collections.abc import Iterable, Iterator, Sequence

from operations.cost.change import Change, changes
from operations.cost.estimate import Estimate
from operations.cost.words import (
    Row,
    alike,
    left_out,
    money_rows,
    percent,
    quantity_rows,
    share_rows,
    usage_rows,
)
from operations.table import table

USAGE = "Usage, not counted, by so many things; usage.STACK.WHAT of a price book states it"


def terminal(estimate: Estimate) -> str:
    """Return the estimate as tables."""
    heads = (estimate.reference, estimate.mirror)
    parts = [
        f"In a month of {estimate.hours} hours; in brackets with off hours, and at most",
        table(
            ("what", *heads, "share", "decided by"),
            [(*row[:4], row[5]) for row in quantity_rows(estimate)],
        ),
        "",
        f"{estimate.mirror}'s share of {estimate.reference}, of what the scale decides, no prices",
        table(("measure", *heads, "always on", "off hours", "at most"), list(share_rows(estimate))),
        _alike(estimate),
        "",
    ]
    if estimate.money:
        parts += [
            _by(estimate),
            table((estimate.money.currency, *heads, "share"), list(money_rows(estimate))),
            "",
        ]
    used = list(usage_rows(estimate))
    if used:
        parts += [
            USAGE,
            table(("what", *heads, "unit", "bounded by"), used),
            "",
        ]
    return "\n".join([*parts, *left_out(estimate)]).rstrip()


def markdown(estimate: Estimate, base: Estimate | None = None) -> str:
    """Return the estimate as a comment; its change first where there is one to compare with."""
    parts = [f"### {_title(estimate, base)}", ""]
    if base is not None:
        found = list(changes(base, estimate))
        parts += list(_changes(found)) if found else ["No quantity changes.", ""]
    parts += [f"- {line}" for line in left_out(estimate)]
    heads = (estimate.reference, estimate.mirror)
    if estimate.money:
        parts += ["", _by(estimate), ""]
        parts += _table((estimate.money.currency, *heads, "share"), money_rows(estimate))
    parts += ["", _alike(estimate), ""]
    parts += _folded(
        "Share without prices",
        ("measure", *heads, "always on", "off hours", "at most"),
        share_rows(estimate),
    )
    parts += _folded(
        "Every quantity", ("what", *heads, "share", "unit", "decided by"), quantity_rows(estimate)
    )
    parts += _folded(
        USAGE,
        ("what", *heads, "unit", "bounded by"),
        usage_rows(estimate),
    )
    return "\n".join(parts)


def _title(estimate: Estimate, base: Estimate | None) -> str:
    always, scheduled = (percent(estimate.shares[case].percent) for case in ("always", "scheduled"))
    title = (
        f"{estimate.mirror} is {always} of {estimate.reference} in what the scale decides, "
        f"{scheduled} with off hours"
    )
    if base is None:
        return title
    before, after = (each.shares["always"].percent for each in (base, estimate))
    return f"{title} ({after - before:+.1f} points)"


def _alike(estimate: Estimate) -> str:
    kinds, same = alike(estimate)
    return (
        f"Of {kinds} kinds of things that no size decides, {same} are as many in both: "
        "what they weigh, only prices say."
    )


def _by(estimate: Estimate) -> str:
    money = estimate.money
    return f"By prices of {money.prices_of} in {money.region}: {money.source}" if money else ""


def _changes(found: Sequence[Change]) -> Iterator[str]:
    yield from _table(
        ("stack", "what", "before", "after", "unit", "decided by"), (each.row for each in found)
    )
    yield ""


def _folded(summary: str, heads: Row, rows: Iterable[Row]) -> list[str]:
    lines = _table(heads, rows)
    if not lines:
        return []
    return ["<details>", f"<summary>{summary}</summary>", "", *lines, "", "</details>", ""]


def _table(heads: Row, rows: Iterable[Row]) -> list[str]:
    found = list(rows)
    if not found:
        return []
    return [_row(heads), _row(tuple("---" for _ in heads)), *map(_row, found)]


def _row(cells: Row) -> str:
    # A pipe would end the cell, asterisks could be emphasis.
    safe = (cell.replace("|", "\\|").replace("*", "\\*") for cell in cells)
    return f"| {' | '.join(safe)} |"
