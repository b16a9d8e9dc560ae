"""AWS's own watchmen: whether each is switched on."""

from collections.abc import Iterator
from typing import Any

from operations.audit.account import Account
from operations.audit.outcome import Evidence, bad, check, judged
from operations.aws import AwsRefusedError
from policies.rule import Severity

DETECTOR = "aws:guardduty/detector:Detector"
RECORDER = "aws:cfg/recorder:Recorder"
ANALYZER = "aws:accessanalyzer/analyzer:Analyzer"
NOT_SUBSCRIBED = ("InvalidAccessException", "ResourceNotFoundException")
"""How Security Hub says that it is off (AWS Security Hub API Reference, DescribeHub)."""


@check(
    "account-guardduty-on",
    severity=Severity.HIGH,
    why="A stolen key or a mining task would show in the bill only.",
    fix="Switch GuardDuty on in the account, or for the organization.",
    controls=["FSBP GuardDuty.1"],
)
def guardduty_on(account: Account) -> Iterator[Evidence]:
    """GuardDuty is on."""
    ids = account.ask("guardduty", "list_detectors").get("DetectorIds", [])
    if not ids:
        yield bad(account.itself, "guardduty", "is off: there is no detector")
    for id_ in ids:
        status = account.ask("guardduty", "get_detector", DetectorId=id_)["Status"]
        yield judged(f"{DETECTOR}::{id_}", "enable", str(status), well=status == "ENABLED")


@check(
    "account-security-hub-on",
    severity=Severity.MEDIUM,
    why="AWS's own controls are looked at by nobody.",
    fix="Switch Security Hub on with the standard AWS Foundational Security Best Practices.",
    controls=["CIS 4.16"],
)
def security_hub_on(account: Account) -> Iterator[Evidence]:
    """Security Hub is on."""
    try:
        hub = account.ask("securityhub", "describe_hub")
    except AwsRefusedError as error:
        if error.code not in NOT_SUBSCRIBED:
            raise
        yield bad(account.itself, "securityhub", "is off")
    else:
        yield judged(account.itself, "securityhub", str(hub.get("HubArn")), well=True)


@check(
    "account-config-records",
    severity=Severity.HIGH,
    why="Nobody could say what a resource was like yesterday; the backup audit judges nothing.",
    fix="Start a recorder of all resource types in AWS Config.",
    controls=["FSBP Config.1", "CIS 3.3"],
)
def config_records(account: Account) -> Iterator[Evidence]:
    """AWS Config records."""
    found = account.ask("config", "describe_configuration_recorder_status")
    recorders: list[dict[str, Any]] = found.get("ConfigurationRecordersStatus", [])
    if not recorders:
        yield bad(account.itself, "config", "there is no recorder")
    for each in recorders:
        well = each.get("recording") is True and each.get("lastStatus") != "FAILURE"
        words = "records" if well else "does not record"
        yield judged(f"{RECORDER}::{each['name']}", "recording", words, well=well)


@check(
    "account-access-analyzer-on",
    severity=Severity.MEDIUM,
    why="Nothing looks all the time for what is shared with others.",
    fix="Make an analyzer of external access in the account, or for the organization.",
    controls=["FSBP IAM.28", "CIS 1.20"],
)
def access_analyzer_on(account: Account) -> Iterator[Evidence]:
    """An analyzer of external access is active."""
    found = _analyzers(account)
    if not any(each["status"] == "ACTIVE" for each in found):
        yield bad(account.itself, "accessanalyzer", "there is no active analyzer")
    for each in found:
        words = str(each["status"])
        yield judged(f"{ANALYZER}::{each['name']}", "status", words, well=words == "ACTIVE")


@check(
    "account-access-analyzer-quiet",
    severity=Severity.HIGH,
    why="AWS has proved that somebody outside can reach the resource.",
    fix="Mend the resource's policy, or archive the finding where it is meant.",
    controls=["CIS 1.20"],
)
def access_analyzer_quiet(account: Account) -> Iterator[Evidence]:
    """Access Analyzer has no active finding of external access."""
    for each in _analyzers(account):
        findings = list(
            account.every(
                "accessanalyzer",
                "list_findings",
                "findings",
                analyzerArn=each["arn"],
                filter={"status": {"eq": ["ACTIVE"]}},
            )
        )
        for finding in findings:
            words = f"{finding.get('resource')} is reached from outside"
            yield bad(f"{ANALYZER}::{each['name']}", f"findings[{finding['id']}]", words)
        if not findings:
            yield judged(f"{ANALYZER}::{each['name']}", "findings", "none", well=True)


def _analyzers(account: Account) -> list[dict[str, Any]]:
    kinds = ("ACCOUNT", "ORGANIZATION")
    found = account.every("accessanalyzer", "list_analyzers", "analyzers")
    return [each for each in found if each.get("type", "ACCOUNT") in kinds]
