"""Alarms of what is not looked at daily: NAT, certificate, backups, DNS."""

from dataclasses import replace

import pytest

from tests.support.monitoring import (
    LARGE,
    METRIC_ALARM,
    SMALL,
    backup_args,
    certificate_args,
    monitored,
    network_args,
)


def test_each_nat_gateway_has_its_own_alarms() -> None:
    graph = monitored(LARGE)

    for zone in "abc":
        inputs = graph.one(METRIC_ALARM, f"network-alarms-nat-{zone}-ports").inputs
        assert inputs["dimensions"] == {"NatGatewayId": f"nat-{zone}"}


@pytest.mark.parametrize("gateways", [{}, {"0": "nat"}])
def test_nat_gateway_that_is_not_named_by_zone_is_refused(gateways: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="nat_gateway_ids must be named by the letter"):
        replace(network_args(SMALL), nat_gateway_ids=gateways)


def test_certificate_rings_a_month_before_its_end_and_its_silence_is_told() -> None:
    inputs = monitored(SMALL).one(METRIC_ALARM, "certificate-alarms-certificate-expiry").inputs

    assert inputs["threshold"] == 30
    assert inputs["comparisonOperator"] == "LessThanThreshold"
    assert inputs["treatMissingData"] == "missing"


def test_certificate_warning_after_the_end_is_refused() -> None:
    with pytest.raises(ValueError, match="days_left must be more than 0, got 0"):
        replace(certificate_args(), days_left=0)


def test_backup_that_did_not_run_rings_though_it_reports_nothing() -> None:
    inputs = monitored(SMALL).one(METRIC_ALARM, "backup-alarms-backup-absent").inputs

    assert inputs["treatMissingData"] == "breaching"
    assert inputs["period"] * inputs["evaluationPeriods"] == 36 * 3_600
    assert inputs["dimensions"] == {"BackupVaultName": "storefront"}


def test_failed_job_rings_at_the_first() -> None:
    for key in ("failed", "expired", "copy-failed", "restore-failed"):
        inputs = monitored(SMALL).one(METRIC_ALARM, f"backup-alarms-backup-{key}").inputs
        assert inputs["threshold"] == 0
        assert inputs["datapointsToAlarm"] == 1


@pytest.mark.parametrize("hours", [0, 169])
def test_gap_between_backups_that_cannot_be_watched_is_refused(hours: int) -> None:
    with pytest.raises(ValueError, match=f"longest_gap_hours must be .* got {hours}"):
        replace(backup_args(), longest_gap_hours=hours)


def test_dns_alarms_are_where_route_53_reports() -> None:
    names = {node.name for node in monitored(SMALL).of(METRIC_ALARM) if "region" in node.inputs}

    assert names == {
        "dns-alarms-dnssec-failure",
        "dns-alarms-dnssec-key",
        "outside-alarms-entrance-unreachable",
        "outside-alarms-payments-unreachable",
        "outside-alarms-search-unreachable",
    }
    for name in names:
        assert monitored(SMALL).one(METRIC_ALARM, name).inputs["region"] == "us-east-1"
