"""What the whole internet may reach."""

from collections.abc import Iterator
from typing import Any

from operations.audit.account import Account
from operations.audit.outcome import Evidence, check, judged
from policies.rule import Severity

GROUP = "aws:ec2/securityGroup:SecurityGroup"
EVERYBODY = ("0.0.0.0/0", "::/0")
PUBLIC_PORTS = (80, 443)


@check(
    "account-security-groups-closed",
    severity=Severity.HIGH,
    why="Everybody finds an open port within hours, and tries it.",
    fix="Take the rule away, or name the addresses that need it.",
    controls=["FSBP EC2.18", "FSBP EC2.19", "CIS 5.2", "CIS 5.3"],
)
def security_groups_closed(account: Account) -> Iterator[Evidence]:
    """Security groups let the whole internet in on ports 80 and 443 only."""
    for region in account.regions:
        groups = account.every("ec2", "describe_security_groups", "SecurityGroups", region)
        for group in groups:
            wide = [_shown(rule) for rule in group.get("IpPermissions", []) if _is_wide(rule)]
            words = f"open to everybody: {', '.join(wide)}" if wide else "closed, or web only"
            yield judged(f"{GROUP}::{group['GroupId']}", "ingress", words, well=not wide)


def _is_wide(rule: dict[str, Any]) -> bool:
    sources = {each.get("CidrIp") for each in rule.get("IpRanges", [])}
    sources |= {each.get("CidrIpv6") for each in rule.get("Ipv6Ranges", [])}
    if not sources.intersection(EVERYBODY):
        return False
    ports = {rule.get("FromPort"), rule.get("ToPort")}
    return rule.get("IpProtocol") not in ("tcp", "6") or ports not in [{p} for p in PUBLIC_PORTS]


def _shown(rule: dict[str, Any]) -> str:
    protocol = "all" if rule.get("IpProtocol") == "-1" else rule.get("IpProtocol")
    if "FromPort" not in rule:
        return str(protocol)
    return f"{protocol} {rule['FromPort']} to {rule['ToPort']}"
