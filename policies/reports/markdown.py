"""The report as a comment on a pull request: short, with the details folded."""

import re
from collections.abc import Iterable

from policies.parity.comparison import Difference, shown
from policies.report import Entry, Report
from policies.reports.words import counted, mark, numbers, verdict, worst_first

MOST_ROWS = 100
"""GitHub takes comments of up to 65,536 characters."""
_SHORT = 80


def comment(report: Report) -> str:
    """Return the report as GitHub's Markdown."""
    sign = "❌" if report.stopping else "✅"
    proof = report.proof
    parts = [
        f"### {sign} {verdict(report)}",
        "",
        f"Parity index **{proof.index:.1f}** · likeness {proof.likeness:.1f} · "
        f"{numbers(report)['findings']}",
        "",
    ]
    if report.entries:
        parts += _table(
            ("", "rule", "resource", "what"), map(_entry_row, worst_first(report.entries))
        )
    parts += [
        "<details>",
        f"<summary>{counted(len(proof.differences), 'difference')} between {proof.reference} and "
        f"{proof.mirror}, {len(proof.undeclared)} not declared</summary>",
        "",
        *_table(
            ("resource", "property", proof.reference, proof.mirror, "decided by"),
            map(_difference_row, sorted(proof.differences, key=lambda each: each.is_declared)),
        ),
        "</details>",
        "",
    ]
    return "\n".join(parts)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [_row(head), _row(tuple("---" for _ in head))]
    found = list(rows)
    lines += [_row(tuple(map(_cell, row))) for row in found[:MOST_ROWS]]
    if len(found) > MOST_ROWS:
        lines.append(f"\n{len(found) - MOST_ROWS} more are in the report.")
    return [*lines, ""]


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    """Return text that no mark-up, mention or table takes for its own."""
    plain = " ".join(text.split())
    plain = plain if len(plain) <= _SHORT else f"{plain[: _SHORT - 1]}…"
    plain = re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", plain)
    return plain.replace("@", "@\u200b")


def _entry_row(entry: Entry) -> tuple[str, ...]:
    until = f" until {entry.waiver.expires}" if entry.waiver else ""
    return (
        f"{mark(entry)}{until}",
        f"{entry.rule} ({entry.severity})",
        f"{entry.stack}: {entry.resource}",
        f"{entry.message}. {entry.fix}" if not entry.waiver else entry.waiver.reason,
    )


def _difference_row(each: Difference) -> tuple[str, ...]:
    type_, name, _ = each.node
    return (
        f"{type_.rpartition(':')[2]} {name}",
        each.path or "(the resource)",
        shown(each.reference),
        shown(each.mirror),
        ", ".join(each.keys) or each.standing.value,
    )
