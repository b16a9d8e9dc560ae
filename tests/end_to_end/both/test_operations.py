"""Drift, audit and alert test on the real engine, with both stacks up."""

from tests.end_to_end.both.conftest import ByHand, told
from tests.support.project import Project

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm::database-alarms-cpu"
DATABASE = "aws:rds/instance:Instance::database-instance"


def test_drift_tells_what_was_changed_by_hand_and_leaves_the_state(
    held: Project, by_hand: ByHand
) -> None:
    code, found = told(held, "drift", "staging")
    assert (code, found["drifted"], found["parity"]["index"]) == (0, [], 100.0)

    code, found = by_hand.drift
    assert code == 1
    values = {
        (each["resource"], each["property"]): (each["before"], each["after"])
        for each in found["drifted"]
    }
    assert values[ALARM, "threshold"] == ("85", "99")
    assert values[DATABASE, "copyTagsToSnapshot"] == ("true", "false")
    assert {resource for resource, _ in values} == {ALARM, DATABASE}
    before, after = by_hand.states
    assert before == after


def test_an_alarm_of_staging_reaches_its_reader(held: Project) -> None:
    code, found = told(held, "alert-test", "staging", "--yes", "--probe", "--wait", "20")

    assert code == 0, [each for each in found["steps"] if each["verdict"] != "passed"]
    assert "storefront-staging-down" in found["rung"]
    parts = {each["part"] for each in found["steps"]}
    assert parts == {"actions", "readers", "action", "delivery", "probe"}


def test_the_audit_passes_every_rule_over_what_is_deployed(held: Project) -> None:
    _, found = told(held, "audit", "staging")

    deployed = [each for each in found["checks"] if each["part"] == "deployed"]
    assert not [each["name"] for each in deployed if each["status"] in ("fail", "unknown")]
    account = {
        each["name"]: each["status"] for each in found["checks"] if each["part"] == "account"
    }
    # The sandbox's accounts have no root to sign in as, and its deployer trusts everybody.
    assert {name for name, status in account.items() if status == "fail"} == {
        "account-roles-trust-known-accounts",
        "account-root-with-mfa",
    }
    assert account["account-trail-logs"] == account["account-log-archive-intact"] == "pass"
