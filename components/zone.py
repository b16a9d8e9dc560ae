"""A public DNS zone: signed, logged, and closed to issuers that were not named.

Left out: the delegation from the parent zone (``delegation.py``) and the records of what runs in
the environment, which belong to the components that make those things.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import cloudwatch, kms, route53

from components.known_once import known_once
from components.log_retention import check_retention
from components.policy_documents import policy_document
from components.tags import child_tags

# Route 53 signs with keys of this region only, and logs queries only there (Route 53 Developer
# Guide, "Working with customer managed keys for DNSSEC" and "Public DNS query logging").
ROUTE53_REGION = "us-east-1"

DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
KMS_WAITS_DAYS = (7, 30)
TTL_SECONDS = (60, 86_400)


@dataclass(frozen=True, kw_only=True)
class ZoneArgs:
    """What a caller must say; signing, logging and the CAA record are not choices."""

    domain: str
    """Name of the zone, in lower case, without a dot at its end."""
    account: str
    """Account of the zone, 12 digits: it owns the signing key."""
    caa_issuers: Sequence[str]
    """Domains of the certificate authorities that may issue for the zone, as CAA names them."""
    ttl_seconds: int
    query_log_retention_days: int
    query_log_key_arn: Input[str]
    """A symmetric KMS key in us-east-1 that CloudWatch Logs may use."""
    recovery_days: int
    """How long KMS waits before it deletes the signing key, 7 to 30 days."""
    protect: bool
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Reject a zone that Route 53 would refuse or that any issuer could serve."""
        if not DOMAIN.fullmatch(self.domain):
            raise ValueError(f"domain must be a lower-case domain name, got {self.domain!r}")
        if not re.fullmatch(r"\d{12}", self.account):
            raise ValueError(f"account must be 12 digits, got {self.account!r}")
        if not self.caa_issuers or not all(DOMAIN.fullmatch(each) for each in self.caa_issuers):
            raise ValueError(
                f"caa_issuers must name at least one issuer's domain, got {list(self.caa_issuers)}"
            )
        low, high = TTL_SECONDS
        if not low <= self.ttl_seconds <= high:
            raise ValueError(
                f"ttl_seconds must be between {low} and {high}, got {self.ttl_seconds}"
            )
        low, high = KMS_WAITS_DAYS
        if not low <= self.recovery_days <= high:
            raise ValueError(
                f"recovery_days must be between {low} and {high}, got {self.recovery_days}"
            )
        check_retention("query_log_retention_days", self.query_log_retention_days)


class Zone(pulumi.ComponentResource):
    """A zone whose answers can be verified and whose queries are on record."""

    zone_id: Output[str]
    name_servers: Output[Sequence[str]]
    ds_record: Output[str]
    """What the parent zone must publish; known only once Route 53 signs the zone."""
    query_log_group_name: Output[str]
    """Name of the log group, in us-east-1."""

    def __init__(self, name: str, args: ZoneArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("understudy:edge:Zone", name, None, opts)
        zone = route53.Zone(
            f"{name}-zone",
            name=args.domain,
            comment="Public zone of the environment",
            # Every record of the zone is described; one that is not stops the zone's deletion.
            force_destroy=False,
            tags=child_tags(args.tags, name, f"{name}-zone"),
            opts=ResourceOptions(parent=self, protect=args.protect),
        )
        self.zone_id = zone.zone_id
        self.name_servers = zone.name_servers
        self._restrict_issuers(name, args)
        self.ds_record = self._sign(name, args)
        self.query_log_group_name = self._log_queries(name, args)
        self.register_outputs(
            {
                "zone_id": self.zone_id,
                "name_servers": self.name_servers,
                "ds_record": self.ds_record,
                "query_log_group_name": self.query_log_group_name,
            }
        )

    def _restrict_issuers(self, name: str, args: ZoneArgs) -> None:
        route53.Record(
            f"{name}-caa",
            zone_id=self.zone_id,
            name=args.domain,
            type="CAA",
            ttl=args.ttl_seconds,
            # No wildcard certificate is ever asked for, so none may be issued.
            records=[*(f'0 issue "{issuer}"' for issuer in args.caa_issuers), '0 issuewild ";"'],
            opts=ResourceOptions(parent=self),
        )

    def _sign(self, name: str, args: ZoneArgs) -> Output[str]:
        """Sign the zone and return its DS record."""
        key = kms.Key(
            f"{name}-signing-key",
            description=f"Signs the DNS zone {args.domain}",
            customer_master_key_spec="ECC_NIST_P256",
            key_usage="SIGN_VERIFY",
            # KMS can't rotate an asymmetric key: a new key-signing key takes its place instead.
            enable_key_rotation=False,
            deletion_window_in_days=args.recovery_days,
            policy=signing_key_policy(args.account),
            region=ROUTE53_REGION,
            tags=child_tags(args.tags, name, f"{name}-signing-key"),
            opts=ResourceOptions(parent=self, protect=args.protect),
        )
        signing_key = route53.KeySigningKey(
            f"{name}-key-signing-key",
            hosted_zone_id=self.zone_id,
            key_management_service_arn=key.arn,
            # Letters, digits and underscores only, so autonaming's hyphen would be refused (API
            # reference, CreateKeySigningKey); it need be unique in its zone only.
            name="signing",
            status="ACTIVE",
            opts=ResourceOptions(parent=self),
        )
        signing = route53.HostedZoneDnsSec(
            f"{name}-dnssec",
            hosted_zone_id=self.zone_id,
            signing_status="SIGNING",
            opts=ResourceOptions(parent=self, depends_on=[signing_key]),
        )
        # Published before the zone is signed, or left after it is not, the record takes the domain
        # off the air for whoever validates: so it hangs on the signing as well as on the key.
        return known_once(signing_key.ds_record, signing.id)

    def _log_queries(self, name: str, args: ZoneArgs) -> Output[str]:
        """Log every query and return the log group's name."""
        group = cloudwatch.LogGroup(
            f"{name}-queries",
            name=f"/aws/route53/{args.domain}",
            retention_in_days=args.query_log_retention_days,
            kms_key_id=args.query_log_key_arn,
            region=ROUTE53_REGION,
            tags=child_tags(args.tags, name, f"{name}-queries"),
            opts=ResourceOptions(parent=self),
        )
        policy = cloudwatch.LogResourcePolicy(
            f"{name}-queries-policy",
            policy_name=f"route53-queries-{args.domain}",
            policy_document=query_log_policy(args.account, args.domain),
            region=ROUTE53_REGION,
            opts=ResourceOptions(parent=self),
        )
        route53.QueryLog(
            f"{name}-query-log",
            zone_id=self.zone_id,
            cloudwatch_log_group_arn=group.arn,
            # Route 53 tries the log group at once and refuses one that it may not write to.
            opts=ResourceOptions(parent=self, depends_on=[policy]),
        )
        return group.name


def _only_zones_of(account: str) -> dict[str, dict[str, str]]:
    """Return the condition that the service acts for a zone of ``account``.

    The zone's own ARN would be narrower, but unknown in a preview: the document must be readable
    there, and one account holds one environment.
    """
    return {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": "arn:aws:route53:::hostedzone/*"},
    }


def signing_key_policy(account: str) -> str:
    """Return the policy, as JSON, of a key that Route 53 signs with.

    Source: Route 53 Developer Guide, "Route 53 customer managed key permissions required for
    DNSSEC signing".
    """
    service = {"Service": "dnssec-route53.amazonaws.com"}
    return policy_document(
        {
            "Sid": "AccountAdministersKey",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Sid": "Route53Signs",
            "Effect": "Allow",
            "Principal": service,
            "Action": ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"],
            "Resource": "*",
            "Condition": _only_zones_of(account),
        },
        {
            "Sid": "Route53GrantsToItself",
            "Effect": "Allow",
            "Principal": service,
            "Action": "kms:CreateGrant",
            "Resource": "*",
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    )


def query_log_policy(account: str, domain: str) -> str:
    """Return the resource policy, as JSON, by which Route 53 may write the zone's query log.

    Source: Route 53 Developer Guide, "Public DNS query logging".
    """
    group = f"arn:aws:logs:{ROUTE53_REGION}:{account}:log-group:/aws/route53/{domain}"
    return policy_document(
        {
            "Sid": "Route53WritesQueries",
            "Effect": "Allow",
            "Principal": {"Service": "route53.amazonaws.com"},
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": [group, f"{group}:*"],
            "Condition": _only_zones_of(account),
        }
    )
