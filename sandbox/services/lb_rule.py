"""Elastic Load Balancing: the rules of a listener, beside its default."""

from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.carry import Describe, by, kept, member, same
from sandbox.provider.resource import Problem
from sandbox.provider.values import Props
from sandbox.services.lb_actions import (
    action_problems,
    encoded,
    refuse_target_groups,
    rewrite_problems,
    shown,
    transforms,
)
from sandbox.services.lb_base import LB_TAGS, LbType

FIELDS = {
    "hostHeader": ("host-header", "HostHeaderConfig"),
    "httpHeader": ("http-header", "HttpHeaderConfig"),
    "httpRequestMethod": ("http-request-method", "HttpRequestMethodConfig"),
    "pathPattern": ("path-pattern", "PathPatternConfig"),
    "queryStrings": ("query-string", "QueryStringConfig"),
    "sourceIp": ("source-ip", "SourceIpConfig"),
}
"""Pulumi's block of a condition to the field that it is about and its member of the request."""
MOST_PRIORITY = 50_000


def _conditions(conditions: list[Props]) -> list[dict[str, Any]]:
    return [_condition(each) for each in conditions]


def _condition(condition: Props) -> dict[str, Any]:
    (name, block), *_ = condition.items()
    if name not in FIELDS:
        return dict(condition)
    field, config = FIELDS[name]
    return {"Field": field, config: {"Values": block} if name == "queryStrings" else block}


def _shown_conditions(conditions: list[dict[str, Any]]) -> list[Props]:
    return [_shown_condition(each) for each in conditions]


def _shown_condition(condition: dict[str, Any]) -> Props:
    for name, (field, config) in FIELDS.items():
        if condition["Field"] == field:
            # AWS shows the values of the two oldest fields beside their block, too.
            block = condition.get(config) or {"Values": condition.get("Values", [])}
            parts = {key[:1].lower() + key[1:]: value for key, value in block.items()}
            if name != "queryStrings":
                return {name: parts}
            pairs = [{key.lower(): text for key, text in pair.items()} for pair in block["Values"]]
            return {name: pairs}
    return {condition["Field"]: condition}


class ListenerRule(LbType):
    """What a listener does with requests of some kind; the first rule that fits counts."""

    token = "aws:lb/listenerRule:ListenerRule"
    creates = "create_rule"
    created = "Rules[0].RuleArn"
    describe = Describe("describe_rules", lambda id_: {"RuleArns": [id_]}, "Rules[0]")
    updates = "modify_rule"
    deletes = "delete_rule"
    identified = "RuleArn"
    inputs = {
        "actions": same(encode=encoded, decode=shown),
        "conditions": same(encode=_conditions, decode=_shown_conditions),
        "listenerArn": member("ListenerArn", unseen="a rule's ARN holds it"),
        "priority": by("create_rule", decode=int),
        "tags": LB_TAGS.carried(),
        "transforms": kept("moto drops it", operation="create_rule", encode=transforms),
    }

    def check(self, props: Props) -> Iterator[Problem]:
        """Say what would be refused by the inputs alone."""
        yield from action_problems("actions", props.get("actions"))
        yield from rewrite_problems("transforms", props.get("transforms"))
        conditions = props.get("conditions")
        for index, each in enumerate(conditions if isinstance(conditions, list) else []):
            if isinstance(each, dict) and len(each) != 1:
                kinds = ", ".join(FIELDS)
                yield f"conditions[{index}]", f"must be about one of {kinds}, got {len(each)}"

    def create(self, aws: Aws, new: Props) -> str:
        """Create the rule; one without a priority comes after all others."""
        balancer = self._balancer(new)
        refuse_target_groups(aws, "elbv2.create_rule", balancer, new["actions"])
        if "priority" not in new:
            listener = new["listenerArn"]
            rules = aws.call("elbv2.describe_rules", ListenerArn=listener)["Rules"]
            taken = [int(rule["Priority"]) for rule in rules if rule["Priority"] != "default"]
            new = {**new, "priority": min(max(taken, default=0) + 1, MOST_PRIORITY)}
        return super().create(aws, new)

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Change what the rule does; its place among the others is another request."""
        if "actions" in changed:
            refuse_target_groups(aws, "elbv2.modify_rule", self._balancer(new), new["actions"])
        if "priority" in changed and "priority" in new:
            place = {"RuleArn": id_, "Priority": new["priority"]}
            aws.call("elbv2.set_rule_priorities", RulePriorities=[place])
        super().update(aws, id_, old, new, changed - {"priority"})

    def _balancer(self, new: Props) -> str:
        """Return the load balancer's ARN, which a listener's begins with."""
        return str(new["listenerArn"]).replace(":listener/", ":loadbalancer/").rpartition("/")[0]

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        listener = id_.replace(":listener-rule/", ":listener/").rpartition("/")[0]
        return {"arn": id_, "listenerArn": props.get("listenerArn", listener)}

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the rule of the priority, if it has our tags; no two share one."""
        if "priority" not in inputs:
            return None
        listener, priority = inputs["listenerArn"], str(int(inputs["priority"]))
        path = f"Rules[?Priority=='{priority}'].RuleArn"
        arns = aws.find("elbv2.describe_rules", path, ListenerArn=listener) or []
        return self.mine(aws, aws.only(arns), inputs)
