"""The policies as the engine runs them: rules and parity, each at both levels.

A policy of its own for each rule would have the SDK read every resource anew for each of over a
hundred rules; the message says which rule is meant.
"""

from collections.abc import Callable, Iterable
from functools import cached_property

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    ReportViolation,
    StackValidationArgs,
    StackValidationPolicy,
)

from policies.check import Rulebook, judge, of_finding, searching, waived
from policies.enforcement import Level
from policies.evaluation import evaluate
from policies.graph import Graph
from policies.parity import rules as parity
from policies.recorder_process import Recorder
from policies.recording import graphs_of
from policies.report import Entry, Report
from policies.seen import completed, seen, stack_of

LEVELS: dict[Level, EnforcementLevel] = {
    "mandatory": EnforcementLevel.MANDATORY,
    "advisory": EnforcementLevel.ADVISORY,
}


class Recordings:
    """What the program describes, recorded while the engine still works on it."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        every = (stack for mirror in rulebook.mirrors() for stack in rulebook.compared(mirror))
        self._wanted = list(dict.fromkeys((rulebook.reference, *every)))
        self._recorder = Recorder.begun(rulebook.root, self._wanted)
        self._reports: dict[str, Report] = {}

    def __getitem__(self, name: str) -> Graph:
        return self._graphs[self._wanted.index(name)]

    @cached_property
    def _graphs(self) -> list[Graph]:
        return list(graphs_of(self._recorder, reference=self._rulebook.reference))

    def report(self, mirror: str) -> Report:
        """Return what the recordings of a mirror come to, which both levels ask for."""
        if mirror not in self._reports:
            graphs = [self[stack] for stack in self._rulebook.compared(mirror)]
            explain = searching(self._rulebook, *graphs[:2])
            self._reports[mirror] = judge(self._rulebook, *graphs, explain=explain)
        return self._reports[mirror]


def policies_of(rulebook: Rulebook) -> list[Policy]:
    """Return every policy of the pack."""
    recordings = Recordings(rulebook)
    return [kind(rulebook, recordings, level) for kind in (_rules, _parity) for level in LEVELS]


def _rules(rulebook: Rulebook, recordings: Recordings, level: Level) -> Policy:
    chosen = [
        rule
        for rule in rulebook.rules
        if rulebook.enforcement.of(rule.name, rule.severity) == level
    ]

    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        graph = seen(args.resources, reference=rulebook.reference)
        whole = completed(graph, recordings[graph.stack])
        found = evaluate(rulebook.informed(whole), chosen)
        entries = [
            entry
            for finding in found
            for entry in of_finding(finding, graph.stack, rulebook.enforcement)
        ]
        _report(waived(entries, rulebook, set(), None), report)

    return _policy("rules", level, f"{len(chosen)} rules over resources.", validate)


def _parity(rulebook: Rulebook, recordings: Recordings, level: Level) -> Policy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        stack = stack_of(args.resources)
        mirrors = rulebook.mirrors() if stack == rulebook.reference else [stack]
        for mirror in mirrors:
            own = [
                entry
                for entry in recordings.report(mirror).entries
                if entry.rule in parity.NAMES and entry.level == level
            ]
            _report(own, report)

    return _policy("parity", level, "The mirror has what its reference has.", validate)


Validate = Callable[[StackValidationArgs, ReportViolation], None]


def _policy(name: str, level: Level, description: str, validate: Validate) -> Policy:
    return StackValidationPolicy(
        name=name if level == "mandatory" else f"{name}-advice",
        description=description,
        enforcement_level=LEVELS[level],
        validate=validate,
    )


def _report(entries: Iterable[Entry], report: ReportViolation) -> None:
    for entry in entries:
        if entry.waiver is None:
            where = f" ({', '.join(entry.where)})" if entry.where else ""
            report(
                f"{entry.rule}, {entry.severity}: {entry.resource}: {entry.message}{where}. "
                f"{entry.fix}",
                entry.urn or None,
            )
