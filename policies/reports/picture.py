"""Both environments as boxes and cells, each with the worst that was found in it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from policies.parity import rules as parity
from policies.parity.comparison import NOTHING, Difference, Node
from policies.report import Entry, Report
from policies.reports.layout import Box, Panel, columns
from policies.reports.tree import Tree
from policies.reports.words import counted, mark

OF_DIFFERENCES = frozenset(
    rule.name for rule in (parity.MISSING, parity.EXTRA, *parity.BY_STANDING.values())
)
"""The rules whose findings are the undeclared differences themselves."""


class State(IntEnum):
    """What there is to say of a resource in one environment; the worse, the higher."""

    EQUAL = 0
    DECLARED = 1
    ADVICE = 2
    UNDECLARED = 3
    FINDING = 4

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Cell:
    """One resource in one environment."""

    x: float
    y: float
    state: State
    there: bool
    title: str

    @property
    def symbol(self) -> str:
        """The name of the symbol that it is drawn with."""
        if self.there:
            return str(self.state)
        return f"missing-{State.DECLARED if self.state <= State.ADVICE else State.UNDECLARED}"


@dataclass(frozen=True)
class Drawn:
    """One component in one environment."""

    box: Box
    cells: tuple[Cell, ...]
    state: State
    there: int
    of: int
    title: str

    @property
    def count(self) -> str:
        """How many of its resources are there."""
        return _count(self.there, self.of)


@dataclass(frozen=True)
class Shown:
    """One area in one environment."""

    panel: Panel
    boxes: tuple[Drawn, ...]

    @property
    def count(self) -> str:
        """How many of its resources are there."""
        outer = [each for each in self.boxes if not each.box.depth]
        return _count(sum(each.there for each in outer), sum(each.of for each in outer))


@dataclass(frozen=True)
class Side:
    """One environment: its areas in two columns, each with its components."""

    stack: str
    there: int
    columns: tuple[Sequence[Shown], ...]


def sides(report: Report, tree: Tree) -> tuple[Side, Side]:
    """Return the reference and its mirror in one layout."""
    laid = columns(tree.areas)
    stacks = (report.proof.reference, report.proof.mirror)
    one, other = (_Side(report, tree, stack).drawn(laid) for stack in stacks)
    return one, other


class _Side:
    def __init__(self, report: Report, tree: Tree, stack: str) -> None:
        self._stack = stack
        self._nodes = report.proof.sizes.keys()
        self._differences: dict[Node, list[Difference]] = defaultdict(list)
        self._lacking: set[Node] = set()
        for each in report.proof.differences:
            self._differences[each.node].append(each)
            here = each.reference if stack == report.proof.reference else each.mirror
            if not each.path and here == NOTHING:
                self._lacking.add(each.node)
        self._findings: dict[Node, list[Entry]] = defaultdict(list)
        for entry in report.entries:
            if entry.stack == stack and entry.rule not in OF_DIFFERENCES:
                for node in tree.named(entry.resource):
                    self._findings[node].append(entry)

    def drawn(self, laid: Iterable[Sequence[Panel]]) -> Side:
        return Side(
            self._stack,
            len(self._nodes) - len(self._lacking),
            tuple(
                [Shown(panel, tuple(map(self._box, panel.boxes))) for panel in column]
                for column in laid
            ),
        )

    def _state(self, node: Node) -> State:
        findings = self._findings.get(node, ())
        differences = self._differences.get(node, ())
        if any(each.stops for each in findings):
            return State.FINDING
        if not all(each.is_declared for each in differences):
            return State.UNDECLARED
        if findings:
            return State.ADVICE
        return State.DECLARED if differences else State.EQUAL

    def _box(self, box: Box) -> Drawn:
        everything = box.place.everything
        there = sum(node not in self._lacking for node in everything)
        state = max(map(self._state, everything), default=State.EQUAL)
        cells = (
            self._cell(node, *point) for node, point in zip(box.place.nodes, box.cells, strict=True)
        )
        return Drawn(box, tuple(cells), state, there, len(everything), self._summary(box, there))

    def _cell(self, node: Node, x: float, y: float) -> Cell:
        there = node not in self._lacking
        title = f"{node[0].rpartition(':')[2]} {node[1]}: {self._words(node, there=there)}"
        return Cell(x, y, self._state(node), there, title)

    def _words(self, node: Node, *, there: bool) -> str:
        differences = self._differences.get(node, [])
        undeclared = sum(not each.is_declared for each in differences)
        words = [f"{mark(each)}: {each.rule}" for each in self._findings.get(node, ())]
        if any(not each.path for each in differences):
            where = "not in the other" if there else "missing"
            words.append(f"{where}, {'undeclared' if undeclared else 'declared'}")
        else:
            words += [
                counted(number, f"{name} difference")
                for number, name in (
                    (undeclared, "undeclared"),
                    (len(differences) - undeclared, "declared"),
                )
                if number
            ]
        return ", ".join(words) or "equal"

    def _summary(self, box: Box, there: int) -> str:
        """Return what a component's box shows, for who does not see it."""
        everything = box.place.everything
        differences = [each for node in everything for each in self._differences.get(node, ())]
        undeclared = sum(not each.is_declared for each in differences)
        findings = sum(len(self._findings.get(node, ())) for node in everything)
        return (
            f"{self._stack}: {box.place.path or 'top of the stack'}, "
            f"{there} of {counted(len(everything), 'resource')}, "
            f"{counted(len(differences), 'difference')}, {undeclared} undeclared, "
            f"{counted(findings, 'rule finding')}"
        )


def _count(there: int, of: int) -> str:
    return f"{of}" if there == of else f"{there}/{of}"
