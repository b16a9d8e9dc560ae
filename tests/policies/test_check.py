"""What stops a deployment, what only advises, and what is exempted for a time."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from policies.check import Rulebook, judge
from policies.errors import RuleBrokenError
from policies.graph import Graph, Resource
from policies.parity import rules as parity
from policies.report import Entry, Report
from policies.rule import Severity, rule
from policies.verdict import PASS, Verdict
from tests.policies.faults import changed, having, lacking
from tests.policies.recorded import graphs
from tests.policies.workspace import TODAY, Policies

pytestmark = pytest.mark.slow

DATABASE = ("aws:rds/instance:Instance", "database-instance")
ALARM = ("aws:cloudwatch/metricAlarm:MetricAlarm", "database-alarms-cpu")
PLAIN = "storageEncrypted"
REASON = "A reason that is long enough."


def plain(graph: Graph) -> Graph:
    return changed(graph, DATABASE, PLAIN, False)


def in_plain_text(policies: Policies) -> Report:
    """Judge both environments with databases that are not encrypted."""
    return policies.judged(plain(graphs()["production"]), plain(graphs()["staging"]))


def of(report: Report, rule_: str) -> list[Entry]:
    return [entry for entry in report.entries if entry.rule == rule_]


def waiver(**change: Any) -> dict[str, Any]:
    return {
        "rule": "rds-instance-storage-encrypted",
        "stack": "staging",
        "resource": "aws:rds/instance:Instance::database-*",
        "reason": REASON,
        "owner": "platform",
        "expires": TODAY.isoformat(),
        **change,
    }


def test_the_committed_program_is_clean(policies: Policies) -> None:
    report = policies.judged()

    assert report.entries == []
    assert report.proof.index == 100.0
    assert 70 < report.proof.likeness < 100


def test_a_broken_rule_of_high_severity_stops(policies: Policies) -> None:
    report = in_plain_text(policies)

    assert {(entry.rule, entry.stack) for entry in report.stopping} == {
        ("rds-instance-storage-encrypted", "production"),
        ("rds-instance-storage-encrypted", "staging"),
    }


def test_one_place_says_what_a_broken_rule_does(policies: Policies) -> None:
    policies.write(
        "enforcement",
        policies.read("enforcement") | {"rules": {"rds-instance-storage-encrypted": "advisory"}},
    )
    report = in_plain_text(policies)

    assert report.stopping == []
    assert len(report.advice) == 2


def test_a_waiver_exempts_until_its_day_is_over(policies: Policies) -> None:
    policies.write("waivers", {"waivers": [waiver()]})
    report = in_plain_text(policies)

    assert [entry.stack for entry in report.waived] == ["staging"]
    assert [entry.stack for entry in report.stopping] == ["production"]


@pytest.mark.parametrize(
    "change",
    [
        {"rule": "rds-instance-own-key"},
        {"stack": "production"},
        {"resource": "aws:rds/instance:Instance::other-*"},
        {"resource": "aws:rds/cluster:Cluster::database-instance"},
        {"path": "kmsKeyId"},
    ],
)
def test_a_waiver_exempts_only_what_it_names(policies: Policies, change: dict[str, str]) -> None:
    policies.write("waivers", {"waivers": [waiver(**change)]})
    report = policies.judged(staging=plain(graphs()["staging"]))

    assert [entry.stack for entry in of(report, "rds-instance-storage-encrypted")] == ["staging"]
    assert of(report, "rds-instance-storage-encrypted")[0].stops
    assert of(report, parity.WAIVER_UNUSED.name)[0].stops


def test_an_expired_waiver_stops_and_exempts_nothing(policies: Policies) -> None:
    policies.write("waivers", {"waivers": [waiver(expires="2031-04-30")]})
    report = in_plain_text(policies)

    assert of(report, parity.WAIVER_EXPIRED.name)[0].stops
    assert of(report, parity.WAIVER_UNUSED.name) == []
    assert len(of(report, "rds-instance-storage-encrypted")) == 2
    assert report.waived == []


def test_a_waiver_that_exempts_nothing_stops(policies: Policies) -> None:
    policies.write("waivers", {"waivers": [waiver()]})
    report = policies.judged()

    assert [entry.rule for entry in report.stopping] == [parity.WAIVER_UNUSED.name]
    assert report.stopping[0].where == ("policies/waivers.yaml: waivers[0]",)


def test_a_waiver_of_another_stack_is_left_alone(policies: Policies) -> None:
    policies.write("waivers", {"waivers": [waiver(stack="demo", expires="2000-01-01")]})

    assert policies.judged().entries == []


def test_a_waiver_exempts_from_parity_too(policies: Policies) -> None:
    exempted = waiver(rule=parity.DIFFERS.name, path="caCertIdentifier")
    policies.write("waivers", {"waivers": [exempted]})
    other = changed(graphs()["staging"], DATABASE, "caCertIdentifier", "another")
    report = policies.judged(staging=other)

    assert [entry.rule for entry in report.waived] == [parity.DIFFERS.name]
    assert report.stopping == []


def test_what_a_mirror_lacks_stops(policies: Policies) -> None:
    report = policies.judged(staging=lacking(graphs()["staging"], ALARM))
    entry = of(report, parity.MISSING.name)[0]

    assert entry.resource == "::".join(ALARM)
    assert entry.stops
    assert report.proof.index < 100


def test_what_a_mirror_has_alone_stops(policies: Policies) -> None:
    extra = Resource(ALARM[0], "extra", parent="environment")
    report = policies.judged(staging=having(graphs()["staging"], extra))

    assert of(report, parity.EXTRA.name)[0].resource == f"{ALARM[0]}::extra"


def test_a_value_that_differs_is_told_with_both_values(policies: Policies) -> None:
    report = policies.judged(staging=changed(graphs()["staging"], DATABASE, "engineVersion", "15"))
    entry = of(report, parity.DIFFERS.name)[0]

    assert entry.message == "engineVersion: production has 16.13, staging 15"


def test_a_wrong_direction_names_the_lines_that_decide(policies: Policies) -> None:
    report = policies.judged(
        staging=changed(graphs()["staging"], DATABASE, "allocatedStorage", 501)
    )
    entry = of(report, parity.WRONG_WAY.name)[0]

    assert entry.message == "allocatedStorage: production has 500, staging 501"
    file = (policies.root / "Pulumi.staging.yaml").read_text().splitlines()
    line = next(n for n, text in enumerate(file, start=1) if "storageGib: 50" in text)
    assert entry.where[0] == f"Pulumi.staging.yaml:{line}: scale.database.storageGib"
    assert entry.where[1].startswith("Pulumi.production.yaml:")


def test_a_value_below_its_bound_stops(policies: Policies) -> None:
    report = policies.judged(
        staging=changed(graphs()["staging"], DATABASE, "backupRetentionPeriod", 6)
    )

    assert of(report, parity.TOO_SMALL.name)[0].path == "backupRetentionPeriod"


def test_a_difference_that_stays_in_the_same_size_comes_from_the_environments_name(
    policies: Policies,
) -> None:
    recorded = graphs()
    resized = changed(
        replace(recorded["staging"], stack="production"), DATABASE, "instanceClass", "db.t4g.large"
    )
    report = judge(
        Rulebook.of(policies.root),
        recorded["production"],
        recorded["staging"],
        resized,
        today=TODAY,
    )

    assert "instanceClass" in {entry.path for entry in of(report, parity.SAME_SIZE.name)}


def test_a_rule_that_breaks_is_named_and_tells_no_value(policies: Policies) -> None:
    @rule("breaks", DATABASE[0], severity=Severity.LOW, why="", fix="")
    def breaks(resource: Resource, graph: Graph) -> Verdict:
        """Break."""
        if graph.resources:
            raise ValueError(f"the value was {resource.properties}")
        return PASS

    rulebook = replace(Rulebook.of(policies.root), rules=[breaks])
    with pytest.raises(RuleBrokenError) as broken:
        judge(rulebook, graphs()["production"], graphs()["staging"], today=date(2031, 5, 1))

    assert str(broken.value) == (
        "rule breaks broke at aws:rds/instance:Instance::database-instance (ValueError)"
    )
