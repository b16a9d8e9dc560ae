"""The report as tables in a terminal."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from policies.parity.comparison import Difference, shown
from policies.report import Entry, Report
from policies.reports.words import mark, numbers, verdict, worst_first

_COLOURS = {"stops": "red", "advice": "yellow", "waived": "cyan"}


def show(report: Report, console: Console, *, everything: bool = False) -> None:
    """Print the report; the declared differences too if everything is asked for."""
    for entry in worst_first(report.entries):
        _entry(entry, console)
    if everything:
        console.print(_differences(report))
    table = Table.grid(padding=(0, 2))
    for name, value in numbers(report).items():
        table.add_row(f"  {name}", escape(value))
    colour = "red" if report.stopping else "green"
    console.print(f"[bold {colour}]{escape(verdict(report))}[/]")
    console.print(table)


def _entry(entry: Entry, console: Console) -> None:
    word = mark(entry)
    console.print(
        f"[{_COLOURS[word]}]{word}[/] [bold]{entry.rule}[/] ({entry.severity}, {entry.stack}) "
        f"{escape(entry.resource)}",
        soft_wrap=True,
    )
    lines = [entry.message, entry.fix, *entry.where]
    if entry.waiver is not None:
        waiver = entry.waiver
        lines = [
            entry.message,
            f"waived by {waiver.owner} until {waiver.expires}: {waiver.reason}",
        ]
    for line in lines:
        console.print(f"    {escape(line)}", soft_wrap=True)


def _differences(report: Report) -> Table:
    table = Table(title="Every difference", title_justify="left", header_style="bold")
    proof = report.proof
    for column in ("resource", "property", proof.reference, proof.mirror, "decided by"):
        table.add_column(column, overflow="fold")
    for each in proof.differences:
        table.add_row(*map(escape, _row(each)))
    return table


def _row(each: Difference) -> tuple[str, ...]:
    type_, name, _ = each.node
    return (
        f"{type_.rpartition(':')[2]} {name}",
        each.path,
        shown(each.reference),
        shown(each.mirror),
        ", ".join(each.keys) or each.standing.value,
    )
