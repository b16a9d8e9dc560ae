"""Rules for alarms, for who hears of them, and for logs."""

from policies.documents import allowing, denies_everybody, names_principals, statements
from policies.graph import Graph, Resource
from policies.place import Place, some
from policies.rule import Severity, rule
from policies.verdict import PASS, Verdict, all_of, any_of, fail, needed, wanting

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
TOPIC = "aws:sns/topic:Topic"
TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
DATABASE = "aws:rds/instance:Instance"
LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
NAT_GATEWAY = "aws:ec2/natGateway:NatGateway"
HEALTH_CHECK = "aws:route53/healthCheck:HealthCheck"
SERVICE = "aws:ecs/service:Service"

A_YEAR = 365
WITHOUT_TLS = [
    {"Bool": {"aws:SecureTransport": value}} for value in ("false", ["false"], False, [False])
]
"""The forms that AWS takes, and gives back as it was given them."""


@rule(
    "cloudwatch-alarm-actions-on",
    ALARM,
    COMPOSITE,
    severity=Severity.HIGH,
    why="An alarm whose actions are off rings without telling anybody.",
    fix="Leave actionsEnabled on.",
    controls=["Security Hub CloudWatch.17", "CKV_AWS_319"],
)
def actions_on(alarm: Resource, _: Graph) -> Verdict:
    """The actions of an alarm are switched on."""
    return alarm["actionsEnabled"].or_else(True).is_(True)


@rule(
    "cloudwatch-alarm-heard",
    ALARM,
    COMPOSITE,
    severity=Severity.HIGH,
    why="An alarm that nobody hears changes nothing.",
    fix="Set alarmActions to a topic that has a subscription, or make it part of such an alarm.",
    controls=["Security Hub CloudWatch.15"],
)
def alarm_heard(alarm: Resource, graph: Graph) -> Verdict:
    """An alarm is heard by somebody, or by a deployment that then rolls back."""
    heard = any_of(
        _told(alarm, graph),
        *(_told(whole, graph) for whole in graph.referring(alarm, COMPOSITE, "alarmRule")),
        *(_rolls_back(service) for service in graph.referring(alarm, SERVICE, "alarms")),
    )
    return wanting(heard, "alarmActions", "must lead to a topic of this stack with a subscription")


def _told(alarm: Resource, graph: Graph) -> Verdict:
    topics = graph.linked(alarm, "alarmActions", TOPIC)
    heard = some(topics, lambda topic: _subscribed(topic, graph))
    return all_of(alarm["alarmActions"].given(), needed(heard, "alarmActions", "must be a topic"))


def _subscribed(topic: Resource, graph: Graph) -> Verdict:
    if graph.referring(topic, SUBSCRIPTION, "topic"):
        return PASS
    return fail("", "needs a subscription")


def _rolls_back(service: Resource) -> Verdict:
    alarms = service["alarms"]
    return all_of(alarms["enable"].is_(True), alarms["rollback"].is_(True))


@rule(
    "sns-topic-subscribed",
    TOPIC,
    severity=Severity.MEDIUM,
    why="What is told to a topic that nobody reads is lost.",
    fix="Add a subscription to the topic, or take the topic away.",
    controls=["WA REL06"],
)
def topic_subscribed(topic: Resource, graph: Graph) -> Verdict:
    """A topic has a subscription."""
    return _subscribed(topic, graph)


@rule(
    "cloudwatch-critical-alarmed",
    DATABASE,
    HEALTH_CHECK,
    LOAD_BALANCER,
    NAT_GATEWAY,
    SERVICE,
    severity=Severity.MEDIUM,
    why="Users would be the first to notice that it fails.",
    fix="Add an alarm that has it among the dimensions of its metrics.",
    controls=["WA REL06"],
)
def critical_alarmed(resource: Resource, graph: Graph) -> Verdict:
    """What every request needs, and what checks it from outside, is watched by an alarm."""
    if graph.referring(resource, ALARM, "dimensions"):
        return PASS
    if graph.referring(resource, ALARM, "metricQueries"):
        return PASS
    return fail("", "must be among the dimensions of an alarm")


@rule(
    "cloudwatch-log-group-kept",
    LOG_GROUP,
    severity=Severity.MEDIUM,
    why="An intrusion is often found months later; logs kept for ever only cost.",
    fix="Set retentionInDays to 365 or more.",
    controls=["Security Hub CloudWatch.16", "CKV_AWS_338"],
)
def log_group_kept(group: Resource, _: Graph) -> Verdict:
    """Logs are kept for a year at least, and not for ever."""
    # Left out, and as 0, it means for ever.
    return group["retentionInDays"].or_else(0).at_least(A_YEAR)


@rule(
    "cloudwatch-log-group-own-key",
    LOG_GROUP,
    severity=Severity.MEDIUM,
    why="With AWS's own key nobody can say who may decrypt what people did and asked for.",
    fix="Set kmsKeyId to the key of the environment in the log group's region.",
    controls=["CKV_AWS_158"],
)
def log_group_own_key(group: Resource, _: Graph) -> Verdict:
    """Logs are encrypted with a key of our own."""
    return group["kmsKeyId"].given()


@rule(
    "sns-topic-own-key",
    TOPIC,
    severity=Severity.MEDIUM,
    why="With AWS's own key no alarm can publish, and without one messages lie open.",
    fix="Set kmsMasterKeyId to the environment's key.",
    controls=["FSBP SNS.1"],
)
def topic_own_key(topic: Resource, _: Graph) -> Verdict:
    """What a topic holds is encrypted with a key of our own."""
    key = topic["kmsMasterKeyId"]
    # What another resource says of itself, and is not known yet, is never AWS's own key.
    if "alias/aws/" in key.text:
        return fail(key.path, "must not be AWS's own key")
    return key.given()


@rule(
    "sns-topic-not-public",
    TOPIC_POLICY,
    severity=Severity.CRITICAL,
    why="Anybody could read what the topic tells, or tell false alarms.",
    fix="Let each statement that allows something name a service, an account or a role.",
    controls=["FSBP SNS.4", "CKV_AWS_169"],
)
def topic_not_public(policy: Resource, _: Graph) -> Verdict:
    """A topic's policy allows nothing to everybody."""
    return allowing(policy["policy"], names_principals)


@rule(
    "sns-topic-tls-only",
    TOPIC,
    severity=Severity.MEDIUM,
    why="Whoever listens on the way could read and change what is told.",
    fix="Deny everybody sns:Publish where aws:SecureTransport is false, in the topic's policy.",
    controls=["AwsSolutions-SNS3"],
)
def topic_tls_only(topic: Resource, graph: Graph) -> Verdict:
    """A topic takes nothing that comes without TLS."""
    found = some(
        graph.referring(topic, TOPIC_POLICY, "arn"),
        lambda policy: some(statements(policy["policy"]), _refuses_plain),
    )
    return needed(found, "", "needs a policy that denies sns:Publish without TLS")


def _refuses_plain(statement: Place) -> Verdict:
    return all_of(
        denies_everybody(statement, "*", "SNS:*", "sns:*", "sns:Publish"),
        statement["Condition"].satisfies(lambda how: how in WITHOUT_TLS, "must be only no TLS"),
    )
