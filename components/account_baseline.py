"""What guards a whole account: GuardDuty, Security Hub, Access Analyzer, AWS Config, two switches.

All but the public access block hold for the one region. What an organisation manages for its
accounts from elsewhere is left out, part by part; its findings are passed on all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import Input, ResourceOptions
from pulumi_aws import accessanalyzer, cfg, ebs, guardduty, s3, securityhub

from components.security_findings import pass_on_findings
from components.tags import child_tags

ONLY_ONE = "default"
"""The name that AWS Config itself gives the one recorder and the one channel of a region."""
BEST_PRACTICES = "standards/aws-foundational-security-best-practices/v/1.0.0"


@dataclass(frozen=True, kw_only=True)
class AccountBaselineArgs:
    """Which account, what is managed here, where the recorder delivers to, and who is told."""

    account_id: str
    region: str
    analyzer_name: str
    guard_duty: bool
    security_hub: bool
    access_analyzer: bool
    config_recorder: bool
    volume_encryption: bool
    public_access_block: bool
    bucket: Input[str]
    """Its policy needs ``bucket_statements.config_may_deliver``."""
    folder: str
    topic_arn: Input[str]
    """Its policy must let EventBridge publish."""
    protect: bool
    """Whether the engine keeps the detector and the hub, which hold findings, from deletion."""
    tags: Mapping[str, str]


class AccountBaseline(pulumi.ComponentResource):
    """What of an account's guards is managed here is on, and what any of them finds is told."""

    def __init__(
        self, name: str, args: AccountBaselineArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:security:AccountBaseline", name, None, opts)
        self._name = name
        self._args = args
        self._child = ResourceOptions(parent=self)
        self._kept = ResourceOptions(parent=self, protect=args.protect)
        if args.guard_duty:
            self._detect()
        if args.security_hub:
            self._hold_against_best_practices()
        if args.access_analyzer:
            self._analyze()
        if args.config_recorder:
            self._record()
        if args.volume_encryption:
            ebs.EncryptionByDefault(f"{name}-volumes", enabled=True, opts=self._child)
        if args.public_access_block:
            self._block()
        pass_on_findings(name, topic_arn=args.topic_arn, tags=args.tags, parent=self)
        self.register_outputs({})

    def _tags(self, child: str) -> dict[str, str]:
        return child_tags(self._args.tags, self._name, child)

    def _detect(self) -> None:
        """Watch the trail, the flow logs and DNS, which GuardDuty reads by itself."""
        child = f"{self._name}-detector"
        guardduty.Detector(
            child,
            enable=True,
            # What changes of a finding is told at the shortest interval; a new one at once.
            finding_publishing_frequency="FIFTEEN_MINUTES",
            tags=self._tags(child),
            opts=self._kept,
        )

    def _hold_against_best_practices(self) -> None:
        hub = securityhub.Account(
            f"{self._name}-hub",
            # One finding for a control, however many standards have it.
            control_finding_generator="SECURITY_CONTROL",
            # The standards are chosen here; by default there would be CIS 1.2 too.
            enable_default_standards=False,
            opts=self._kept,
        )
        securityhub.StandardsSubscription(
            f"{self._name}-best-practices",
            standards_arn=f"arn:aws:securityhub:{self._args.region}::{BEST_PRACTICES}",
            opts=ResourceOptions(parent=self, depends_on=[hub]),
        )

    def _analyze(self) -> None:
        """Find what somebody outside of the account can reach; unused access costs extra."""
        child = f"{self._name}-analyzer"
        accessanalyzer.Analyzer(
            child,
            analyzer_name=self._args.analyzer_name,
            type="ACCOUNT",
            tags=self._tags(child),
            opts=self._child,
        )

    def _record(self) -> None:
        """Record what there is and how it changes, without which Security Hub judges nothing."""
        args = self._args
        recorder = cfg.Recorder(
            f"{self._name}-recorder",
            name=ONLY_ONE,
            role_arn=recorder_role_arn(args.account_id),
            recording_group=cfg.RecorderRecordingGroupArgs(
                all_supported=True, include_global_resource_types=True
            ),
            opts=self._child,
        )
        channel = cfg.DeliveryChannel(
            f"{self._name}-delivery",
            name=ONLY_ONE,
            s3_bucket_name=args.bucket,
            s3_key_prefix=args.folder,
            snapshot_delivery_properties=cfg.DeliveryChannelSnapshotDeliveryPropertiesArgs(
                delivery_frequency="TwentyFour_Hours"
            ),
            # AWS Config takes a channel only where there is a recorder.
            opts=ResourceOptions(parent=self, depends_on=[recorder]),
        )
        cfg.RecorderStatus(
            f"{self._name}-recording",
            name=recorder.name,
            is_enabled=True,
            # It starts only with somewhere to deliver to, and stops before that goes.
            opts=ResourceOptions(parent=self, depends_on=[channel]),
        )

    def _block(self) -> None:
        """Keep every bucket of the account, whoever makes it, from becoming public."""
        s3.AccountPublicAccessBlock(
            f"{self._name}-no-public-buckets",
            account_id=self._args.account_id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._child,
        )


def recorder_role_arn(account_id: str) -> str:
    """Return the ARN of AWS Config's service-linked role, which must be there beforehand.

    Security Hub's control Config.1 asks for this role and no other.
    """
    role = "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
    return f"arn:aws:iam::{account_id}:role/{role}"
