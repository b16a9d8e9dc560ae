"""What is billed by the piece, what by use, and what AWS gives for nothing, by type of resource.

A type in none of the tables is named as unknown: a total without it is no total.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from operations.cost.line import Line, Usage, steady
from operations.cost.where import BLUEPRINT, Where
from policies.graph import Graph, Resource

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
ACL = "aws:wafv2/webAcl:WebAcl"


@dataclass(frozen=True)
class Piece:
    """A type that is billed by the piece."""

    key: str
    setting: str = BLUEPRINT
    many: Callable[[Resource], int] = lambda _: 1
    """How many of the unit one resource is."""


def _metrics(alarm: Resource) -> int:
    """Return how many metrics an alarm looks at; these are billed (Amazon CloudWatch Pricing)."""
    queries = alarm["metricQueries"].items()
    return sum(1 for each in queries if not each["metric"].is_absent) or 1


PIECES: dict[str, tuple[Piece, ...]] = {
    "aws:kms/key:Key": (Piece("kms-keys"),),
    "aws:secretsmanager/secret:Secret": (
        Piece("secrets", f"{Where.shape('variables')}, and the blueprint"),
    ),
    ALARM: (Piece("alarm-metrics", f"{Where.shape('alarms')}, and the blueprint", _metrics),),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": (Piece("composite-alarms"),),
    "aws:cloudwatch/dashboard:Dashboard": (Piece("dashboards"),),
    ACL: (
        Piece("web-acls"),
        Piece(
            "web-acl-rules",
            Where.shape("webFirewall.managedRuleGroups"),
            lambda acl: len(acl["rules"].items()),
        ),
    ),
    "aws:route53/zone:Zone": (Piece("hosted-zones"),),
    "aws:route53/healthCheck:HealthCheck": (Piece("health-checks"),),
}

USED: dict[str, tuple[str, ...]] = {
    "aws:ec2/natGateway:NatGateway": ("nat-gateway-gb", "egress-gb"),
    "aws:lb/loadBalancer:LoadBalancer": ("load-balancer-lcu-hours",),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("interface-endpoint-gb",),
    "aws:cloudwatch/logGroup:LogGroup": ("logs-ingested-gb", "logs-stored-gb-months"),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": ("custom-metrics",),
    "aws:ecs/cluster:Cluster": ("custom-metrics",),
    "aws:backup/plan:Plan": ("backup-changed-gib-months",),
    "aws:backup/restoreTestingPlan:RestoreTestingPlan": ("restore-gib", "restored-rds-hours"),
    "aws:backup/framework:Framework": ("backup-evaluations",),
    "aws:s3/bucket:Bucket": ("s3-gb-months",),
    "aws:ecr/repository:Repository": ("ecr-gb-months",),
    "aws:kms/key:Key": ("kms-requests-10k",),
    ACL: ("waf-requests-1m",),
    "aws:route53/zone:Zone": ("dns-queries-1m",),
    "aws:cloudtrail/trail:Trail": ("trail-events-100k",),
    "aws:sfn/stateMachine:StateMachine": ("state-transitions-1k", "restored-rds-hours"),
    "aws:sns/topic:Topic": ("notifications-100k",),
    "aws:scheduler/schedule:Schedule": ("schedules-1m",),
    "aws:cfg/recorder:Recorder": ("configuration-items",),
    "aws:guardduty/detector:Detector": ("threat-detection-1m-events", "threat-detection-gb"),
    "aws:securityhub/account:Account": ("security-checks",),
}

BOUNDS = {
    "logs-stored-gb-months": Where.shape("logs.retentionDays"),
    "ecr-gb-months": Where.shape("registry.keepImages"),
    "backup-changed-gib-months": "scale.backup",
    "load-balancer-lcu-hours": Where.shape("web.scaling"),
}
"""Settings that bound a use, where one does."""

COUNTED_APART = (
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/eip:Eip",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:ecs/service:Service",
    "aws:rds/instance:Instance",
    "aws:backup/plan:Plan",
)

FREE = (
    # Of access from outside; one of unused access would be billed by role.
    "aws:accessanalyzer/",
    "aws:acm/",
    "aws:appautoscaling/",
    "aws:backup/reportPlan:",
    "aws:backup/restoreTestingSelection:",
    "aws:backup/selection:",
    "aws:backup/vault",
    # AWS Budgets Pricing: a budget that only tells, without actions, costs nothing.
    "aws:budgets/budget:",
    "aws:cfg/deliveryChannel:",
    "aws:cfg/recorderStatus:",
    "aws:cloudwatch/eventRule:",
    "aws:cloudwatch/eventTarget:",
    "aws:cloudwatch/logResourcePolicy:",
    "aws:costexplorer/",
    "aws:ebs/encryptionByDefault:",
    "aws:ec2/defaultSecurityGroup:",
    "aws:ec2/flowLog:",
    "aws:ec2/internetGateway:",
    "aws:ec2/route",
    "aws:ec2/securityGroup",
    "aws:ec2/subnet:",
    "aws:ec2/vpc:",
    "aws:ecr/lifecyclePolicy:",
    "aws:ecs/clusterCapacityProviders:",
    "aws:ecs/taskDefinition:",
    "aws:iam/",
    "aws:kms/alias:",
    "aws:lb/listener",
    "aws:lb/targetGroup:",
    "aws:rds/eventSubscription:",
    "aws:rds/parameterGroup:",
    "aws:rds/subnetGroup:",
    "aws:route53/hostedZoneDnsSec:",
    "aws:route53/keySigningKey:",
    "aws:route53/queryLog:",
    "aws:route53/record:",
    "aws:s3/accountPublicAccessBlock:",
    "aws:s3/bucket",
    "aws:scheduler/scheduleGroup:",
    "aws:secretsmanager/secretVersion:",
    "aws:securityhub/standardsSubscription:",
    "aws:sns/topic",
    "aws:vpc/securityGroup",
    "aws:wafv2/ipSet:",
    "aws:wafv2/webAclAssociation:",
    "aws:wafv2/webAclLoggingConfiguration:",
    "pulumi:",
    "random:",
    "understudy:",
)
"""What costs nothing by being there, by how its type begins."""


def pieces(graph: Graph) -> Iterator[Line]:
    """Yield what is billed by the piece."""
    for type_, billed in PIECES.items():
        found = graph.of(type_)
        for piece in billed if found else ():
            number = sum(piece.many(each) for each in found)
            names = tuple(each.name for each in found)
            yield steady(piece.key, number, names, piece.setting)


def usage(graph: Graph) -> Iterator[Usage]:
    """Yield what is billed by use, and where it can be stated."""
    there: dict[str, int] = {}
    for type_, keys in USED.items():
        for key in keys:
            there[key] = there.get(key, 0) + len(graph.of(type_))
    for key, number in there.items():
        if number:
            yield Usage(
                key=key,
                resources=number,
                bound=BOUNDS.get(key, ""),
                stated=f"usage.{graph.stack}.{key}",
            )


def unknown(graph: Graph) -> Iterator[str]:
    """Yield the types of which nothing is known here."""
    known = {*PIECES, *USED, *COUNTED_APART}
    for type_ in sorted({each.type for each in graph.resources}):
        if type_ not in known and not type_.startswith(FREE):
            yield type_
