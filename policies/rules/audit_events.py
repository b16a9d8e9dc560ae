"""What must ring when the audit trail records it: the events of CIS AWS Foundations, section 4.

Each is looked for in the trail's log group by a metric filter, and an alarm watches its metric.
Left out are 4.15, for the account that manages an organization, and 4.16, which is no event.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from policies.graph import Graph, Resource
from policies.place import Place, some
from policies.rule import Severity, rule
from policies.verdict import Verdict, all_of, any_of, needed, undecided

TRAIL = "aws:cloudtrail/trail:Trail"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"

# What a filter's pattern must name at least (Security Hub User Guide, CloudWatch.1 to .14). How it
# puts the names together is its own affair.
EVENTS = {
    "CIS 4.1": "UnauthorizedOperation AccessDenied",
    "CIS 4.2": "ConsoleLogin MFAUsed",
    "CIS 4.3": "userIdentity Root",
    "CIS 4.4": "DeleteGroupPolicy DeleteRolePolicy DeleteUserPolicy PutGroupPolicy PutRolePolicy "
    "PutUserPolicy CreatePolicy DeletePolicy CreatePolicyVersion DeletePolicyVersion "
    "AttachRolePolicy DetachRolePolicy AttachUserPolicy DetachUserPolicy AttachGroupPolicy "
    "DetachGroupPolicy",
    "CIS 4.5": "CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging",
    "CIS 4.6": "ConsoleLogin Failed authentication",
    "CIS 4.7": "DisableKey ScheduleKeyDeletion",
    "CIS 4.8": "PutBucketAcl PutBucketPolicy PutBucketCors PutBucketLifecycle PutBucketReplication "
    "DeleteBucketPolicy DeleteBucketCors DeleteBucketLifecycle DeleteBucketReplication",
    "CIS 4.9": "StopConfigurationRecorder DeleteDeliveryChannel PutDeliveryChannel "
    "PutConfigurationRecorder",
    "CIS 4.10": "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress "
    "RevokeSecurityGroupIngress RevokeSecurityGroupEgress CreateSecurityGroup DeleteSecurityGroup",
    "CIS 4.11": "CreateNetworkAcl CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry "
    "ReplaceNetworkAclEntry ReplaceNetworkAclAssociation",
    "CIS 4.12": "CreateCustomerGateway DeleteCustomerGateway AttachInternetGateway "
    "CreateInternetGateway DeleteInternetGateway DetachInternetGateway",
    "CIS 4.13": "CreateRoute CreateRouteTable ReplaceRoute ReplaceRouteTableAssociation "
    "DeleteRouteTable DeleteRoute DisassociateRouteTable",
    "CIS 4.14": "CreateVpc DeleteVpc ModifyVpcAttribute AcceptVpcPeeringConnection "
    "CreateVpcPeeringConnection DeleteVpcPeeringConnection RejectVpcPeeringConnection "
    "AttachClassicLinkVpc DetachClassicLinkVpc DisableVpcClassicLink EnableVpcClassicLink",
}


@rule(
    "cloudtrail-events-alarmed",
    TRAIL,
    severity=Severity.LOW,
    why="A thief who signs in as root or switches the trail off would be noticed by chance only.",
    fix="Add a metric filter to the trail's log group that names the events, and an alarm on it.",
    controls=list(EVENTS),
)
def events_alarmed(trail: Resource, graph: Graph) -> Verdict:
    """What attackers do first rings an alarm when the trail records it."""
    groups = graph.linked(trail, "cloudWatchLogsGroupArn", LOG_GROUP)
    filters = [each for group in groups for each in graph.referring(group, FILTER, "logGroupName")]
    ringing = [(each, _rings(each, graph)) for each in filters]
    found = (
        needed(
            any_of(*(all_of(_names(each, words.split()), rings) for each, rings in ringing)),
            "cloudWatchLogsGroupArn",
            f"must be a log group of this stack where {control} rings",
        )
        for control, words in EVENTS.items()
    )
    return all_of(*found)


def _names(each: Resource, words: Iterable[str]) -> Verdict:
    return each["pattern"].satisfies(
        lambda text: isinstance(text, str) and _words_of(text).issuperset(words),
        "must name the events",
    )


@lru_cache(maxsize=64)
def _words_of(text: str) -> frozenset[str]:
    """Return a pattern's words; each is asked for once for every control."""
    return frozenset(re.findall(r"\w+", text))


def _rings(each: Resource, graph: Graph) -> Verdict:
    metric = each["metricTransformation"]
    name = metric["name"]
    # An alarm on another metric watches this one in no case.
    alarms = graph.having(ALARM, "metricName", name.text) if name.is_known else graph.of(ALARM)
    watched = some(alarms, lambda alarm: _watches(alarm, metric))
    counted = metric["value"].is_("1")
    return all_of(counted, needed(watched, metric.path, "must be watched by an alarm"))


def _watches(alarm: Resource, metric: Place) -> Verdict:
    return all_of(
        _equal(alarm["namespace"], metric["namespace"]), _equal(alarm["metricName"], metric["name"])
    )


def _equal(one: Place, other: Place) -> Verdict:
    if not other.is_known:
        return undecided(one.path, "must be the filter's")
    return one.satisfies(lambda value: value == other.value, "must be the filter's")
