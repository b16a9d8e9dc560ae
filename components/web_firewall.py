"""The web application firewall in front of the load balancer.

No rule of a managed group is overridden to counting, the limit of 8 KiB on a body included
(AWS WAF Developer Guide, "Core rule set (CRS) managed rule group"): an application that takes
bigger bodies must have them sent to storage directly. The log leaves out the two headers that
carry credentials, not the query string: the application must not put secrets there.
"""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import cloudwatch, wafv2

from components.log_retention import check_retention
from components.tags import child_tags

LOG_PREFIX = "aws-waf-logs-"
REDACTED_HEADERS = ("authorization", "cookie")
RATE_WINDOW_SECONDS = 300
# AWS WAF Developer Guide, "Rate-based rule high-level settings".
REQUESTS_PER_WINDOW = (10, 2_000_000_000)
FIRST_MANAGED_PRIORITY = 10

NETWORKS_RULE = "allowed-networks-only"
RATE_RULE = "rate-limit"


@dataclass(frozen=True, kw_only=True)
class WebFirewallArgs:
    """What a caller must say; blocking, metrics and the log are not choices."""

    resource_arn: Input[str]
    """The load balancer."""
    allowed_networks: Sequence[str]
    """IPv4 networks that may reach the site; ``0.0.0.0/0`` opens it to all."""
    open_path: str
    """The one path that everybody may ask for, to the letter: the load balancer must answer it
    itself, so that no task hears of it."""
    managed_rule_groups: Sequence[str]
    """Names of AWS managed rule groups, in the order in which they are asked."""
    requests_per_5_minutes: int
    """Above this an address is blocked until it slows down."""
    log_group_name: str
    """Must begin with ``aws-waf-logs-`` (AWS WAF Developer Guide, "Amazon CloudWatch Logs")."""
    log_retention_days: int
    kms_key_arn: Input[str]
    """Encrypts the log; CloudWatch Logs must be allowed to use it."""
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Reject a firewall that AWS WAF would refuse, or that lets nobody in."""
        if not self.allowed_networks:
            raise ValueError("allowed_networks must name at least one network, got []")
        for network in self.allowed_networks:
            try:
                ipaddress.IPv4Network(network)
            except ValueError as error:
                raise ValueError(
                    f"allowed_networks must be IPv4 networks, got {network!r}: {error}"
                ) from None
        if not re.fullmatch(r"/[a-z0-9._-]+", self.open_path):
            raise ValueError(f"open_path must be a / and one name, got {self.open_path!r}")
        groups = list(self.managed_rule_groups)
        if not groups or len(set(groups)) != len(groups):
            raise ValueError(f"managed_rule_groups must be at least one, each once, got {groups}")
        if strangers := [each for each in groups if not each.startswith("AWSManagedRules")]:
            raise ValueError(f"managed_rule_groups must be AWSManagedRules..., got {strangers}")
        low, high = REQUESTS_PER_WINDOW
        if not low <= self.requests_per_5_minutes <= high:
            raise ValueError(
                f"requests_per_5_minutes must be between {low} and {high}, "
                f"got {self.requests_per_5_minutes}"
            )
        if not self.log_group_name.startswith(LOG_PREFIX):
            raise ValueError(
                f"log_group_name must begin with {LOG_PREFIX}, got {self.log_group_name!r}"
            )
        check_retention("log_retention_days", self.log_retention_days)


class WebFirewall(pulumi.ComponentResource):
    """A firewall that knows who may come in, and what nobody may send.

    Who may come in is a list; that there is such a rule is not a choice. An environment that is
    open to all has every address on its list.
    """

    arn: Output[str]
    association_id: Output[str]
    metric_name: str
    """Dimension ``WebACL`` of its metrics in ``AWS/WAFV2``."""
    rule_metric_names: Sequence[str]
    """Dimension ``Rule`` of each rule that looks at what was asked, not at who asks."""
    log_group_name: Output[str]

    def __init__(
        self, name: str, args: WebFirewallArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:edge:WebFirewall", name, None, opts)
        networks = wafv2.IpSet(
            f"{name}-networks",
            description="Networks that may reach the environment",
            scope="REGIONAL",
            # The load balancer has no IPv6 address, so nobody comes from one.
            ip_address_version="IPV4",
            addresses=as_waf_takes_them(args.allowed_networks),
            tags=child_tags(args.tags, name, f"{name}-networks"),
            opts=ResourceOptions(parent=self),
        )
        acl = wafv2.WebAcl(
            f"{name}-acl",
            description="What may reach the load balancer",
            scope="REGIONAL",
            default_action=wafv2.WebAclDefaultActionArgs(
                allow=wafv2.WebAclDefaultActionAllowArgs()
            ),
            rules=[
                networks_rule(networks.arn, args.open_path),
                rate_rule(args.requests_per_5_minutes),
                *(
                    managed_rule(group, FIRST_MANAGED_PRIORITY + place)
                    for place, group in enumerate(args.managed_rule_groups)
                ),
            ],
            visibility_config=wafv2.WebAclVisibilityConfigArgs(
                cloudwatch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
            ),
            tags=child_tags(args.tags, name, f"{name}-acl"),
            opts=ResourceOptions(parent=self),
        )
        log = self._log(name, args, acl)
        association = wafv2.WebAclAssociation(
            f"{name}-association",
            resource_arn=args.resource_arn,
            web_acl_arn=acl.arn,
            opts=ResourceOptions(parent=self),
        )
        self.arn = acl.arn
        self.association_id = association.id
        self.metric_name = name
        self.rule_metric_names = [RATE_RULE, *args.managed_rule_groups]
        self.log_group_name = log.name
        self.register_outputs(
            {
                "arn": self.arn,
                "metric_name": self.metric_name,
                "rule_metric_names": self.rule_metric_names,
                "log_group_name": self.log_group_name,
            }
        )

    def _log(self, name: str, args: WebFirewallArgs, acl: wafv2.WebAcl) -> cloudwatch.LogGroup:
        """Log every request; AWS WAF itself adds the log group's resource policy."""
        group = cloudwatch.LogGroup(
            f"{name}-log",
            name=args.log_group_name,
            retention_in_days=args.log_retention_days,
            kms_key_id=args.kms_key_arn,
            tags=child_tags(args.tags, name, f"{name}-log"),
            opts=ResourceOptions(parent=self),
        )
        wafv2.WebAclLoggingConfiguration(
            f"{name}-logging",
            resource_arn=acl.arn,
            log_destination_configs=[group.arn],
            redacted_fields=[
                wafv2.WebAclLoggingConfigurationRedactedFieldArgs(
                    single_header=wafv2.WebAclLoggingConfigurationRedactedFieldSingleHeaderArgs(
                        name=header
                    )
                )
                for header in REDACTED_HEADERS
            ],
            opts=ResourceOptions(parent=self),
        )
        return group


def as_waf_takes_them(networks: Sequence[str]) -> list[str]:
    """Return ``networks``, merged where they touch, with two halves in place of ``0.0.0.0/0``.

    An IP set takes every range but /0 (AWS WAF API reference, IPSet).
    """
    merged = ipaddress.collapse_addresses(ipaddress.IPv4Network(each) for each in networks)
    return [
        str(part) for each in merged for part in (each.subnets() if not each.prefixlen else [each])
    ]


def _measured(metric_name: str) -> wafv2.WebAclRuleVisibilityConfigArgs:
    """Return what makes a rule measured.

    No samples: they would show the headers that the log leaves out.
    """
    return wafv2.WebAclRuleVisibilityConfigArgs(
        cloudwatch_metrics_enabled=True, metric_name=metric_name, sampled_requests_enabled=False
    )


def _block() -> wafv2.WebAclRuleActionArgs:
    return wafv2.WebAclRuleActionArgs(block=wafv2.WebAclRuleActionBlockArgs())


def networks_rule(networks_arn: Input[str], open_path: str) -> wafv2.WebAclRuleArgs:
    """Return the rule, first of all, that blocks whoever comes from elsewhere for another path."""
    known = wafv2.WebAclRuleStatementArgs(
        ip_set_reference_statement=wafv2.WebAclRuleStatementIpSetReferenceStatementArgs(
            arn=networks_arn
        )
    )
    # As it came: a listener's rule compares paths undecoded too.
    asked = wafv2.WebAclRuleStatementArgs(
        byte_match_statement=wafv2.WebAclRuleStatementByteMatchStatementArgs(
            search_string=open_path,
            positional_constraint="EXACTLY",
            field_to_match=wafv2.WebAclRuleStatementByteMatchStatementFieldToMatchArgs(
                uri_path=wafv2.WebAclRuleStatementByteMatchStatementFieldToMatchUriPathArgs()  # type: ignore[no-untyped-call]
            ),
            text_transformations=[
                wafv2.WebAclRuleStatementByteMatchStatementTextTransformationArgs(
                    priority=0, type="NONE"
                )
            ],
        )
    )
    either = wafv2.WebAclRuleStatementArgs(
        or_statement=wafv2.WebAclRuleStatementOrStatementArgs(statements=[known, asked])
    )
    return wafv2.WebAclRuleArgs(
        name=NETWORKS_RULE,
        priority=0,
        action=_block(),
        statement=wafv2.WebAclRuleStatementArgs(
            not_statement=wafv2.WebAclRuleStatementNotStatementArgs(statement=either)
        ),
        visibility_config=_measured(NETWORKS_RULE),
    )


def rate_rule(requests: int) -> wafv2.WebAclRuleArgs:
    """Return the rule that blocks an address with more than ``requests`` in five minutes."""
    return wafv2.WebAclRuleArgs(
        name=RATE_RULE,
        priority=1,
        action=_block(),
        statement=wafv2.WebAclRuleStatementArgs(
            rate_based_statement=wafv2.WebAclRuleStatementRateBasedStatementArgs(
                limit=requests, aggregate_key_type="IP", evaluation_window_sec=RATE_WINDOW_SECONDS
            )
        ),
        visibility_config=_measured(RATE_RULE),
    )


def managed_rule(group: str, priority: int) -> wafv2.WebAclRuleArgs:
    """Return the rule that asks an AWS managed group and does what the group says."""
    return wafv2.WebAclRuleArgs(
        name=group,
        priority=priority,
        override_action=wafv2.WebAclRuleOverrideActionArgs(
            none=wafv2.WebAclRuleOverrideActionNoneArgs()  # type: ignore[no-untyped-call]
        ),
        statement=wafv2.WebAclRuleStatementArgs(
            managed_rule_group_statement=wafv2.WebAclRuleStatementManagedRuleGroupStatementArgs(
                vendor_name="AWS", name=group
            )
        ),
        visibility_config=_measured(group),
    )
