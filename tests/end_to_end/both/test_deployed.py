"""What is deployed is held to the same rules and the same contract as what is described."""

from pathlib import Path

from tests.end_to_end.both.conftest import ByHand, report
from tests.support.project import Project


def test_what_is_deployed_mirrors_too(held: Project, tmp_path: Path) -> None:
    code, found = report(held, tmp_path)

    assert found["findings"] == []
    assert (code, found["index"]) == (0, 100.0)
    assert found["resources"] > 300


def test_what_was_changed_by_hand_is_found_once_it_is_refreshed(by_hand: ByHand) -> None:
    code, found = by_hand.deployed

    assert code == 1
    assert {
        (each["rule"], each["resource"], each["property"])
        for each in found["findings"]
        if each["property"] == "threshold"
    } == {
        (
            "parity-property-equal",
            "aws:cloudwatch/metricAlarm:MetricAlarm::database-alarms-cpu",
            "threshold",
        )
    }
    assert by_hand.deployed_again[1]["findings"] == []
