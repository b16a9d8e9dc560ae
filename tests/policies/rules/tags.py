"""Trials of the rules for tags."""

from policies.graph import STACK, Resource
from policies.rules import tags as rules
from policies.verdict import Kind
from tests.policies.rules.trials import Trial, added, all_changes, put, unknown, without

TAGS = dict.fromkeys(rules.WANTED, "storefront")


def tagged(type_: str) -> Resource:
    """Return a resource with the tags that are wanted, and another."""
    return Resource(type_, "tagged", properties={"tags": {**TAGS, "Tier": "private"}})


UNTAGGED = {
    "yes": Resource("aws:lambda/function:Function", "untagged"),
    "deeper": Resource("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "untagged"),
    "no": Resource("aws:sns/topicPolicy:TopicPolicy", "untagged"),
    "not there": Resource("aws:sns/nothing:Nothing", "untagged"),
    "not AWS's": Resource("random:index/randomPassword:RandomPassword", "untagged"),
    "a component": Resource("understudy:network:Network", "untagged"),
    "no type": Resource("nothing", "untagged"),
}

TRIALS = [
    Trial(
        rules.tags_on_everything,
        good=[Resource(STACK, "staging"), tagged("aws:sns/topic:Topic")],
        wrong=[
            *(without(f"tags.{name}", at=1) for name in rules.WANTED),
            put("tags.Owner", "", at=1),
            put("tags", [], at=1),
            put("tags", "Owner", at=1),
            added(UNTAGGED["yes"]),
            added(UNTAGGED["deeper"]),
        ],
        absent=(without("tags", at=1), Kind.FAIL),
        unknown=(unknown("tags", at=1), Kind.UNKNOWN),
        nested=[
            (unknown("tags.Owner", at=1), Kind.PASS),
            (all_changes(unknown("tags.Owner", at=1), without("tags.Component", at=1)), Kind.FAIL),
            (all_changes(unknown("tags", at=1), added(UNTAGGED["yes"])), Kind.FAIL),
            *(
                (added(UNTAGGED[why]), Kind.PASS)
                for why in ("no", "not there", "not AWS's", "a component", "no type")
            ),
        ],
    ),
]
