"""The report as one page that needs nothing but itself: no network, no other file."""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from policies.parity.comparison import NOTHING, Difference, Standing, shown
from policies.parity.proof import Proof
from policies.report import Entry, Report
from policies.reports.layout import WIDTH
from policies.reports.picture import OF_DIFFERENCES, sides
from policies.reports.tree import Tree, tree_of
from policies.reports.words import counted, mark, worst_first

LONGEST = 80
"""A longer value is cut; the whole of it can be opened."""
MOST_LINES = 4
"""How many lines of settings a finding shows before the rest has to be opened."""

STANDINGS = {
    Standing.UNDECLARED: "the contract does not allow it",
    Standing.WRONG_WAY: "declared, but in the other direction",
    Standing.TOO_SMALL: "declared, but below its bound",
    Standing.SCALE: "declared: how big the environment is",
    Standing.IDENTITY: "declared: who the environment is",
}
"""What the contract says of a difference; what it does not allow comes first."""


@dataclass(frozen=True)
class Value:
    """A value as it is shown."""

    text: str
    is_nothing: bool = False

    @property
    def short(self) -> str:
        """The beginning of it, where it is long."""
        return self.text if len(self.text) <= LONGEST else f"{self.text[: LONGEST - 1]}…"


@dataclass(frozen=True)
class Row:
    """One difference as it stands in the table."""

    difference: Difference
    values: tuple[Value, Value]
    places: str
    """The numbers of the components it is in."""
    waived: Entry | None


@dataclass(frozen=True)
class Finding:
    """One finding as it stands in the table."""

    entry: Entry
    mark: str
    places: str


def page(report: Report) -> str:
    """Return the report as HTML. Whatever is in the report, none of it becomes mark-up."""
    tree = tree_of(report.proof.sizes)
    text = _TEMPLATES.get_template("page.html").render(
        report=report,
        proof=report.proof,
        verdict=_mirrors(report),
        stops=_stops(report),
        sides=sides(report, tree),
        facts=_facts(report),
        shares=_shares(report.proof),
        rows=_rows(report, tree),
        standings=_standings(report.proof),
        findings=_findings(report.entries, tree),
        width=WIDTH,
        most=MOST_LINES,
        hashes={name: _hash(name) for name in ("page.css", "page.js")},
    )
    # A value from JSON text may hold half of a surrogate pair, which no file can.
    return text.encode("utf-8", "replace").decode("utf-8")


def _mirrors(report: Report) -> str:
    """Return in one sentence whether the mirror mirrors its reference."""
    proof = report.proof
    if not proof.undeclared:
        return f"{proof.mirror} mirrors {proof.reference}"
    waived = len(_waivers(report))
    return (
        f"{proof.mirror} does not mirror {proof.reference}: "
        f"{counted(len(proof.undeclared), 'undeclared difference')}"
        f"{f' ({waived} waived)' if waived else ''}"
    )


def _stops(report: Report) -> str:
    if not report.stopping:
        return "Nothing stops the deployment."
    number = len(report.stopping)
    return f"{counted(number, 'finding')} {'stops' if number == 1 else 'stop'} the deployment."


def _facts(report: Report) -> list[tuple[str, str, str, str]]:
    """Return what was looked at and what came of it: number, name, detail and where it stands."""
    proof = report.proof
    there = [
        f"{len(report.graphs[stack].resources)} in {stack}"
        for stack in (proof.reference, proof.mirror)
    ]
    undeclared = len(proof.undeclared)
    declared = len(proof.differences) - undeclared
    outcome = (
        f"{len(report.stopping)} stop, {len(report.advice)} advise, {len(report.waived)} waived"
    )
    return [
        _fact(len(proof.sizes), "resource", ", ".join(there), "picture"),
        _fact(proof.compared - len(proof.sizes), "property", "compared one by one"),
        _fact(
            len(proof.differences),
            "difference",
            f"{declared:,} declared, {undeclared:,} undeclared",
            "differences",
        ),
        _fact(report.rules, "rule", "held against each environment"),
        _fact(len(report.entries), "finding", outcome, "findings"),
    ]


def _fact(number: int, thing: str, detail: str, link: str = "") -> tuple[str, str, str, str]:
    many = f"{thing.removesuffix('y')}ies" if thing.endswith("y") else f"{thing}s"
    return f"{number:,}", thing if number == 1 else many, detail, link


def _shares(proof: Proof) -> list[tuple[str, int]]:
    return [
        ("equal", proof.equal),
        ("declared", proof.declared),
        ("undeclared", proof.compared - proof.equal - proof.declared),
    ]


def _standings(proof: Proof) -> list[tuple[Standing, str, int]]:
    found = [each.standing for each in proof.differences]
    return [(standing, about, found.count(standing)) for standing, about in STANDINGS.items()]


def _rows(report: Report, tree: Tree) -> list[Row]:
    order = list(STANDINGS)
    waivers = _waivers(report)
    return [
        Row(
            each,
            (_value(each.reference), _value(each.mirror)),
            _places(tree.numbers[each.node]),
            waivers.get((f"{each.node[0]}::{each.node[1]}", each.path)),
        )
        for each in sorted(
            report.proof.differences, key=lambda each: (order.index(each.standing), each.node)
        )
    ]


def _waivers(report: Report) -> Mapping[tuple[str, str], Entry]:
    """Return, by resource and property, the waived findings that are undeclared differences."""
    return {
        (each.resource, each.path): each for each in report.waived if each.rule in OF_DIFFERENCES
    }


def _value(value: Any) -> Value:
    return Value(shown(value), is_nothing=value == NOTHING)


def _findings(entries: Iterable[Entry], tree: Tree) -> list[Finding]:
    """Return what stops first, and what is waived last; the worst first among each."""
    order = ("stops", "advice", "waived")
    found = [
        Finding(
            entry,
            mark(entry),
            _places(n for node in tree.named(entry.resource) for n in tree.numbers[node]),
        )
        for entry in worst_first(list(entries))
    ]
    return sorted(found, key=lambda each: order.index(each.mark))


def _places(numbers: Iterable[int]) -> str:
    return " ".join(map(str, sorted(set(numbers))))


def _hash(name: str) -> str:
    """Return how a content security policy allows this text of the page and no other."""
    text = _TEMPLATES.get_template(name).render()
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _breakable(text: str) -> Markup:
    """Return a path or type, escaped, with a chance for a line break after each part."""
    return Markup("<wbr>").join(part for part in re.split(r"(?<=[.:/\]])", text) if part)


_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["breakable"] = _breakable
