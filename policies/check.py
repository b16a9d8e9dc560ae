"""The whole check: both environments' graphs, the rules, parity, waivers."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from policies import catalogue, enforcement, waivers
from policies.enforcement import Enforcement
from policies.errors import PolicyError
from policies.evaluation import Finding, evaluate
from policies.graph import Graph
from policies.manifest import load_sanitised
from policies.parity import rules as parity
from policies.parity.causes import Search, Spot, lines_of
from policies.parity.comparison import NOTHING, Difference, Standing, shown
from policies.parity.contract import Contract, load_contract
from policies.parity.proof import Proof, Settings, prove
from policies.parity.rules import ParityRule
from policies.recorder_process import Recorder, Told
from policies.recording import graphs_of, mixtures
from policies.releases import load_verified
from policies.report import Entry, Report
from policies.rule import Rule
from policies.stackfile import as_deployed, settings_of
from policies.waivers import Waiver


@dataclass(frozen=True)
class Rulebook:
    """What is checked, read once from the policies' files."""

    root: Path
    contract: Contract
    waivers: Sequence[Waiver]
    enforcement: Enforcement
    verified: frozenset[str]
    sanitised: frozenset[str] = frozenset()
    rules: Sequence[Rule] = catalogue.RULES

    @classmethod
    def of(cls, root: Path) -> "Rulebook":
        """Read the files; PolicyError, a line for each mistake, where one is refused."""
        names = {rule.name for rule in catalogue.RULES} | {rule.name for rule in parity.RULES}
        found = waivers.load_waivers(root)
        for n, waiver in enumerate(found):
            if waiver.rule not in names:
                raise PolicyError(f"{waivers.FILE}: waivers[{n}].rule: is no rule")
        contract = load_contract(root)
        return cls(
            root,
            contract,
            found,
            enforcement.load_enforcement(root, names),
            load_verified(root, contract.reference),
            load_sanitised(root),
        )

    @property
    def reference(self) -> str:
        """The stack that the others mirror."""
        return self.contract.reference

    def informed(self, graph: Graph) -> Graph:
        """Return a graph with what is known beside it."""
        return dataclasses.replace(graph, verified=self.verified, sanitised=self.sanitised)

    def compared(self, mirror: str) -> list[str]:
        """Return what is recorded: the reference, the mirror, the first in the second's size."""
        return [self.reference, mirror, f"{self.reference}@{mirror}"]

    def mirrors(self) -> list[str]:
        """Return the stacks that mirror the reference: every stack file but its own."""
        stacks = (path.name.split(".")[1] for path in self.root.glob("Pulumi.*.yaml"))
        return sorted(stack for stack in stacks if stack != self.reference)


def check(
    rulebook: Rulebook,
    mirror: str,
    today: date | None = None,
    say: Callable[[str], None] = lambda _: None,
    recorder: Told | None = None,
) -> Report:
    """Check the reference and one mirror, as the program describes them.

    ``say`` hears of what takes long; ``recorder`` is one that waits already.
    """
    stacks = rulebook.compared(mirror)
    told = recorder(stacks) if recorder else Recorder.started(rulebook.root, stacks)
    graphs = graphs_of(told, reference=rulebook.reference)
    look = Look.at(rulebook, next(graphs), next(graphs))
    search = searching(rulebook, look.reference, look.mirror)

    def explain(unclear: Sequence[Difference], staying: Set[Spot]) -> Sequence[Difference]:
        say("looking for the settings behind what is not declared")
        return search(unclear, staying)

    (resized,) = graphs
    return look.report(resized, explain=explain, today=today)


Explain = Callable[[Sequence[Difference], Set[Spot]], Sequence[Difference]]
"""Finds the settings that cause differences, told which of them stay in the same size."""


def searching(rulebook: Rulebook, *graphs: Graph) -> Explain:
    """Return what finds the settings behind differences, by describing environments again."""

    def search(differences: Sequence[Difference], staying: Set[Spot]) -> Sequence[Difference]:
        settings = {graph.stack: settings_of(rulebook.root, graph.stack) for graph in graphs}
        try_ = partial(mixtures, rulebook.root)
        return Search(graphs, settings, rulebook.contract, try_)(differences, staying)

    return search


def unexplained(differences: Sequence[Difference], _: Set[Spot]) -> Sequence[Difference]:
    """Leave the differences as they are: of what is deployed, the program tells no cause."""
    return differences


def judge(
    rulebook: Rulebook,
    reference: Graph,
    mirror: Graph,
    resized: Graph | None = None,
    *,
    explain: Explain = unexplained,
    today: date | None = None,
) -> Report:
    """Judge graphs that are there; ``resized`` is the reference in the mirror's size, if known."""
    return Look.at(rulebook, reference, mirror).report(resized, explain=explain, today=today)


@dataclass(frozen=True)
class Look:
    """What two graphs show by themselves, before anything is known of the reference resized."""

    rulebook: Rulebook
    reference: Graph
    mirror: Graph
    settings: Mapping[str, Settings]
    proof: Proof
    findings: Sequence[Entry]

    @classmethod
    def at(cls, rulebook: Rulebook, reference: Graph, mirror: Graph) -> "Look":
        """Hold the rules against both graphs, and one graph against the other."""
        graphs = (reference, mirror)
        settings = {
            graph.stack: as_deployed(settings_of(rulebook.root, graph.stack), graph.runs)
            for graph in graphs
        }
        findings = [
            entry
            for graph in graphs
            for finding in evaluate(rulebook.informed(graph), rulebook.rules)
            for entry in of_finding(finding, graph.stack, rulebook.enforcement)
        ]
        proof = prove(reference, mirror, rulebook.contract, settings)
        return cls(rulebook, reference, mirror, settings, proof, findings)

    def report(
        self, resized: Graph | None, *, explain: Explain = unexplained, today: date | None = None
    ) -> Report:
        """Return the verdict; ``resized`` is the reference in the mirror's size, if known."""
        rulebook, proof, levels = self.rulebook, self.proof, self.rulebook.enforcement
        same_size = (
            prove(resized, self.mirror, rulebook.contract, self.settings) if resized else None
        )
        staying = {(each.node, each.path) for each in same_size.differences} if same_size else set()
        stubborn = undue(same_size, proof) if same_size else []
        # All at once: each setting is tried one time.
        unclear = [*proof.undeclared, *stubborn]
        found = explain(unclear, staying) if unclear else []
        proof = proof.with_undeclared(found[: len(proof.undeclared)])
        stubborn = list(found[len(proof.undeclared) :])
        entries = [*self.findings, *of_differences(proof, stubborn, self.settings, levels)]
        graphs = {graph.stack: graph for graph in (self.reference, self.mirror)}
        return Report(
            graphs,
            len(rulebook.rules),
            proof,
            waived(entries, rulebook, set(graphs), today),
        )


def undue(same_size: Proof, proof: Proof) -> list[Difference]:
    """Return each difference that stays in the same size, is not identity's, and is news."""
    known = {(each.node, each.path) for each in proof.undeclared}
    return [
        each
        for each in same_size.differences
        if each.standing is not Standing.IDENTITY and (each.node, each.path) not in known
    ]


def of_finding(finding: Finding, stack: str, levels: Enforcement) -> list[Entry]:
    """Return an entry for each property that breaks a rule."""
    rule = finding.rule
    return [
        Entry(
            rule=rule.name,
            severity=rule.severity,
            level=levels.of(rule.name, rule.severity),
            stack=stack,
            resource=str(finding.resource),
            path=problem.path,
            message=str(problem),
            fix=rule.fix,
            urn=finding.resource.urn,
        )
        for problem in finding.problems
    ]


def of_differences(
    proof: Proof,
    stubborn: Iterable[Difference],
    settings: Mapping[str, Settings],
    levels: Enforcement,
) -> list[Entry]:
    """Return an entry for each difference that is not declared, goes too far or stays undue."""
    files = (settings[proof.mirror], settings[proof.reference])
    ruled = [
        *((_rule_of(each), each) for each in proof.undeclared),
        *((parity.SAME_SIZE, each) for each in stubborn),
    ]
    return [
        _parity_entry(rule, each, proof, levels, tuple(lines_of(each.keys, files)))
        for rule, each in ruled
    ]


def waived(
    entries: Iterable[Entry], rulebook: Rulebook, stacks: set[str], today: date | None
) -> list[Entry]:
    """Return the entries with their waivers, and one for each waiver that is over or of no use."""
    day = today or datetime.now(UTC).date()
    found = [
        dataclasses.replace(entry, waiver=_waiver_for(entry, rulebook.waivers, day))
        for entry in entries
    ]
    for n, waiver in enumerate(rulebook.waivers):
        if waiver.stack not in stacks:
            continue
        where = f"{waivers.FILE}: waivers[{n}]"
        if waiver.expires < day:
            found.append(_waiver_entry(parity.WAIVER_EXPIRED, waiver, where, rulebook))
        elif not any(entry.waiver is waiver for entry in found):
            found.append(_waiver_entry(parity.WAIVER_UNUSED, waiver, where, rulebook))
    return found


def _waiver_for(entry: Entry, all_waivers: Iterable[Waiver], day: date) -> Waiver | None:
    for waiver in all_waivers:
        if waiver.expires >= day and waiver.covers(
            entry.rule, entry.stack, entry.resource, entry.path
        ):
            return waiver
    return None


def _rule_of(difference: Difference) -> ParityRule:
    if difference.path:
        return parity.BY_STANDING[difference.standing]
    return parity.EXTRA if difference.reference == NOTHING else parity.MISSING


def _parity_entry(
    rule: ParityRule, each: Difference, proof: Proof, levels: Enforcement, where: tuple[str, ...]
) -> Entry:
    type_, name, _ = each.node
    one, other = shown(each.reference, _LONGEST), shown(each.mirror, _LONGEST)
    values = f"{proof.reference} has {one}, {proof.mirror} {other}"
    return Entry(
        rule=rule.name,
        severity=rule.severity,
        level=levels.of(rule.name, rule.severity),
        stack=proof.mirror,
        resource=f"{type_}::{name}",
        path=each.path,
        message=f"{each.path or 'the resource'}: {values}",
        fix=rule.fix,
        where=where,
    )


def _waiver_entry(rule: ParityRule, waiver: Waiver, where: str, rulebook: Rulebook) -> Entry:
    return Entry(
        rule=rule.name,
        severity=rule.severity,
        level=rulebook.enforcement.of(rule.name, rule.severity),
        stack=waiver.stack,
        resource=waiver.resource,
        path=waiver.path,
        message=f"waiver of {waiver.rule} by {waiver.owner} until {waiver.expires}",
        fix=rule.fix,
        where=(where,),
    )


_LONGEST = 60
