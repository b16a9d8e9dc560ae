"""Who manages what guards an account: the program, or an organisation for all of its accounts."""

from typing import Literal

from settings.section import Section

Managed = Literal["here", "elsewhere"]


class Baseline(Section):
    """Each part by itself; what is managed elsewhere the program leaves alone."""

    guard_duty: Managed
    """GuardDuty, which finds threats."""
    security_hub: Managed
    """Security Hub with AWS's Foundational Security Best Practices."""
    access_analyzer: Managed
    """IAM Access Analyzer, which finds what is reached from outside of the account."""
    config_recorder: Managed
    """The recorder of AWS Config, by which Security Hub and the backup audit judge."""
    volume_encryption: Managed
    """Whether new EBS volumes are encrypted."""
    public_access_block: Managed
    """S3's public access block of the whole account."""
