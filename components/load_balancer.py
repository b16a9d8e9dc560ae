"""The entrance: a public load balancer, its listeners, its targets and its names.

HSTS is left to the application, which alone knows when every name under the domain speaks TLS;
the load balancer could add the header, and taking it back later would not reach a browser that
has seen it. The firewall is ``web_firewall.py``.

The names have A records and no AAAA: the network has no IPv6 addresses, so a load balancer that
answered on both stacks would find no subnet to stand in.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import lb, route53

from components.health_check import HealthCheck
from components.tags import child_tags
from components.zone import DOMAIN

# Those with TLS 1.2 at least and forward secrecy only (Elastic Load Balancing User Guide,
# "Security policies for your Application Load Balancer"); -Ext1 and -Ext2 also do without it.
TLS_POLICY = re.compile(r"ELBSecurityPolicy-TLS13-(1-3|1-2|1-2-Res)-(2021-06|PQ-2025-09)")
# An ALB's or target group's name has at most 32 characters; autonaming takes 8, "-targets" 8.
LONGEST_NAME = 16

IDLE_SECONDS = 60
# Fargate gives a Spot task two minutes' notice; draining and stopping must both fit in them.
DEREGISTRATION_SECONDS = 60
# The shortest ramp there is: a new task is not given its full share while it fills its caches.
SLOW_START_SECONDS = 30

ROBOTS_PATH = "/robots.txt"
ROBOTS_BEGIN = "User-agent: *"
"""What the answer holds in every environment."""
INDEX_EVERYTHING = f"{ROBOTS_BEGIN}\nAllow: /\n"
INDEX_NOTHING = f"{ROBOTS_BEGIN}\nDisallow: /\n"


@dataclass(frozen=True, kw_only=True)
class LoadBalancerArgs:
    """What a caller must say; TLS, redirects, logs and header hygiene are not choices."""

    vpc_id: Input[str]
    subnet_ids: Sequence[Input[str]]
    """Public subnets, one for each zone."""
    security_group_id: Input[str]
    domain: str
    subdomains: Sequence[str]
    """First labels of further names under ``domain``."""
    zone_id: Input[str]
    certificate_arn: Input[str]
    """A certificate that has been issued, for all of these names."""
    tls_policy: str
    target_port: int
    health_check: HealthCheck
    access_log_bucket: Input[str]
    """A bucket whose policy already lets Elastic Load Balancing write: it tries at once."""
    access_log_prefix: str
    indexed: bool
    """Whether search engines may index the site: the body of ``/robots.txt``, nothing else."""
    protect: bool
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Reject an entrance that would be weak, or stand in one zone only."""
        if len(self.subnet_ids) < 2:  # noqa: PLR2004  (Elastic Load Balancing wants two zones)
            raise ValueError(f"subnet_ids must have at least 2 subnets, got {len(self.subnet_ids)}")
        for host in self.hosts.values():
            if not DOMAIN.fullmatch(host):
                raise ValueError(f"domain and subdomains must be lower-case names, got {host!r}")
        if not TLS_POLICY.fullmatch(self.tls_policy):
            raise ValueError(
                "tls_policy must be ELBSecurityPolicy-TLS13-1-2, -1-2-Res or -1-3, of 2021-06 or "
                f"PQ-2025-09, got {self.tls_policy!r}"
            )
        if not 1 <= self.target_port <= 65_535:  # noqa: PLR2004  (the range of TCP ports)
            raise ValueError(f"target_port must be between 1 and 65535, got {self.target_port}")
        if self.access_log_prefix.startswith("/") or "AWSLogs" in self.access_log_prefix:
            raise ValueError(
                "access_log_prefix must not begin with / nor contain AWSLogs, "
                f"got {self.access_log_prefix!r}"
            )

    @property
    def hosts(self) -> dict[str, str]:
        """Every name of the site, by the label that its record's logical name carries."""
        return {"apex": self.domain, **{each: f"{each}.{self.domain}" for each in self.subdomains}}


class LoadBalancer(pulumi.ComponentResource):
    """A load balancer that serves TLS only, drops malformed headers and logs every request."""

    arn: Output[str]
    arn_suffix: Output[str]
    dns_name: Output[str]
    zone_id: Output[str]
    """Elastic Load Balancing's own zone, for alias records; not the environment's."""
    https_listener_arn: Output[str]
    target_group_arn: Output[str]
    """ECS refuses a service for it until the HTTPS listener stands; wait for that one too."""
    target_group_arn_suffix: Output[str]
    target_group_name: Output[str]

    def __init__(
        self, name: str, args: LoadBalancerArgs, opts: ResourceOptions | None = None
    ) -> None:
        if len(name) > LONGEST_NAME:
            raise ValueError(f"name must have at most {LONGEST_NAME} characters, got {name!r}")
        super().__init__("understudy:edge:LoadBalancer", name, None, opts)
        balancer = self._balancer(name, args)
        targets = self._targets(name, args)
        https = self._listeners(name, args, balancer, targets)
        self._robots(name, args, https)
        self._names(name, args, balancer)

        self.arn = balancer.arn
        self.arn_suffix = balancer.arn_suffix
        self.dns_name = balancer.dns_name
        self.zone_id = balancer.zone_id
        self.https_listener_arn = https.arn
        self.target_group_arn = targets.arn
        self.target_group_arn_suffix = targets.arn_suffix
        self.target_group_name = targets.name
        self.register_outputs(
            {
                "arn": self.arn,
                "arn_suffix": self.arn_suffix,
                "dns_name": self.dns_name,
                "zone_id": self.zone_id,
                "https_listener_arn": self.https_listener_arn,
                "target_group_arn": self.target_group_arn,
                "target_group_arn_suffix": self.target_group_arn_suffix,
                "target_group_name": self.target_group_name,
            }
        )

    def _balancer(self, name: str, args: LoadBalancerArgs) -> lb.LoadBalancer:
        return lb.LoadBalancer(
            f"{name}-alb",
            load_balancer_type="application",
            internal=False,
            ip_address_type="ipv4",
            subnets=args.subnet_ids,
            security_groups=[args.security_group_id],
            enable_deletion_protection=args.protect,
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            # The client's address is appended to what the client claims: only the last one of
            # X-Forwarded-For is worth anything. Its port is nobody's business.
            xff_header_processing_mode="append",
            enable_xff_client_port=False,
            # Without the firewall the site is closed, not open.
            enable_waf_fail_open=False,
            enable_http2=True,
            idle_timeout=IDLE_SECONDS,
            access_logs=lb.LoadBalancerAccessLogsArgs(
                bucket=args.access_log_bucket, prefix=args.access_log_prefix, enabled=True
            ),
            tags=child_tags(args.tags, name, f"{name}-alb"),
            opts=ResourceOptions(parent=self, protect=args.protect),
        )

    def _targets(self, name: str, args: LoadBalancerArgs) -> lb.TargetGroup:
        check = args.health_check
        return lb.TargetGroup(
            f"{name}-targets",
            vpc_id=args.vpc_id,
            target_type="ip",
            ip_address_type="ipv4",
            port=args.target_port,
            # TLS ends at the load balancer; from there to the task it is the VPC's own network.
            protocol="HTTP",
            protocol_version="HTTP1",
            deregistration_delay=DEREGISTRATION_SECONDS,
            # Slow start works with round robin only (Elastic Load Balancing User Guide, "Edit
            # target group attributes for your Application Load Balancer").
            load_balancing_algorithm_type="round_robin",
            slow_start=SLOW_START_SECONDS,
            health_check=lb.TargetGroupHealthCheckArgs(
                enabled=True,
                protocol="HTTP",
                port="traffic-port",
                path=check.path,
                matcher="200",
                interval=check.interval_seconds,
                timeout=check.timeout_seconds,
                healthy_threshold=check.healthy_count,
                unhealthy_threshold=check.unhealthy_count,
            ),
            tags=child_tags(args.tags, name, f"{name}-targets"),
            opts=ResourceOptions(parent=self),
        )

    def _listeners(
        self,
        name: str,
        args: LoadBalancerArgs,
        balancer: lb.LoadBalancer,
        targets: lb.TargetGroup,
    ) -> lb.Listener:
        """Redirect HTTP, and return the listener that serves HTTPS."""
        lb.Listener(
            f"{name}-http",
            load_balancer_arn=balancer.arn,
            port=80,
            protocol="HTTP",
            default_actions=[
                lb.ListenerDefaultActionArgs(
                    type="redirect",
                    redirect=lb.ListenerDefaultActionRedirectArgs(
                        port="443", protocol="HTTPS", status_code="HTTP_301"
                    ),
                )
            ],
            tags=child_tags(args.tags, name, f"{name}-http"),
            opts=ResourceOptions(parent=self),
        )
        return lb.Listener(
            f"{name}-https",
            load_balancer_arn=balancer.arn,
            port=443,
            protocol="HTTPS",
            ssl_policy=args.tls_policy,
            certificate_arn=args.certificate_arn,
            routing_http_response_server_enabled=False,
            default_actions=[
                lb.ListenerDefaultActionArgs(type="forward", target_group_arn=targets.arn)
            ],
            tags=child_tags(args.tags, name, f"{name}-https"),
            opts=ResourceOptions(parent=self),
        )

    def _robots(self, name: str, args: LoadBalancerArgs, https: lb.Listener) -> None:
        """Answer for the application: its own file would be the same in every environment."""
        lb.ListenerRule(
            f"{name}-robots",
            listener_arn=https.arn,
            priority=1,
            conditions=[
                lb.ListenerRuleConditionArgs(
                    path_pattern=lb.ListenerRuleConditionPathPatternArgs(values=[ROBOTS_PATH])
                )
            ],
            actions=[
                lb.ListenerRuleActionArgs(
                    type="fixed-response",
                    fixed_response=lb.ListenerRuleActionFixedResponseArgs(
                        status_code="200",
                        content_type="text/plain",
                        message_body=INDEX_EVERYTHING if args.indexed else INDEX_NOTHING,
                    ),
                )
            ],
            tags=child_tags(args.tags, name, f"{name}-robots"),
            opts=ResourceOptions(parent=self),
        )

    def _names(self, name: str, args: LoadBalancerArgs, balancer: lb.LoadBalancer) -> None:
        for label, host in args.hosts.items():
            route53.Record(
                f"{name}-a-{label}",
                zone_id=args.zone_id,
                name=host,
                type="A",
                aliases=[
                    route53.RecordAliasArgs(
                        name=balancer.dns_name,
                        zone_id=balancer.zone_id,
                        evaluate_target_health=True,
                    )
                ],
                opts=ResourceOptions(parent=self),
            )
