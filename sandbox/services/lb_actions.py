"""What listeners and rules do with a request, and whom they send it to."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.resource import Problem, decoded
from sandbox.provider.values import Props, is_known
from sandbox.services.forms import known_keys

CONFIGS = {
    "authenticateCognito": "AuthenticateCognitoConfig",
    "authenticateOidc": "AuthenticateOidcConfig",
    "fixedResponse": "FixedResponseConfig",
    "forward": "ForwardConfig",
    "jwtValidation": "JwtValidationConfig",
    "redirect": "RedirectConfig",
}
"""Pulumi's name of an action's block to that of the request."""
BLOCK_OF = {
    "authenticate-cognito": "authenticateCognito",
    "authenticate-oidc": "authenticateOidc",
    "fixed-response": "fixedResponse",
    "jwt-validation": "jwtValidation",
    "redirect": "redirect",
}
"""The block that an action of each type must have; a forward may also name one target group."""
ENDS = {"fixed-response", "forward", "redirect"}


def encoded(actions: list[Props]) -> list[dict[str, Any]]:
    """Return actions with the names of the requests."""
    return [_encoded(action) for action in actions]


def _encoded(action: Props) -> dict[str, Any]:
    return {
        CONFIGS.get(name, name): _forward(value) if name == "forward" else value
        for name, value in action.items()
    }


def _forward(block: Props) -> dict[str, Any]:
    groups = block.get("targetGroups")
    found: dict[str, Any] = {name: block[name] for name in block.keys() - {"stickiness"}}
    if isinstance(groups, list):
        found["targetGroups"] = [
            {("TargetGroupArn" if key == "arn" else key): value for key, value in group.items()}
            for group in groups
        ]
    if "stickiness" in block:
        found["TargetGroupStickinessConfig"] = {
            ("DurationSeconds" if key == "duration" else key): value
            for key, value in block["stickiness"].items()
        }
    return found


def shown(actions: list[dict[str, Any]]) -> list[Props]:
    """Return actions as a program writes them."""
    names = {config: name for name, config in CONFIGS.items()}
    return [
        {
            names.get(key, key[:1].lower() + key[1:]): (
                _shown_forward(value) if key == "ForwardConfig" else decoded(value)
            )
            for key, value in action.items()
        }
        for action in actions
    ]


def _shown_forward(config: dict[str, Any]) -> Props:
    sticky = config.get("TargetGroupStickinessConfig", {})
    names = {"Enabled": "enabled", "DurationSeconds": "duration"}
    return {
        "targetGroups": [
            {"arn": group["TargetGroupArn"], "weight": group.get("Weight", 1)}
            for group in config.get("TargetGroups", [])
        ],
        "stickiness": {names[key]: value for key, value in sticky.items()},
    }


def action_problems(name: str, actions: Any) -> Iterator[Problem]:
    """Yield what Elastic Load Balancing would refuse of actions by themselves."""
    if not isinstance(actions, list) or not all(isinstance(each, Mapping) for each in actions):
        return
    if not actions:
        yield name, "must have one action at least"
    last = len(actions) - 1
    for index, action in enumerate(actions):
        where, kind = f"{name}[{index}]", action.get("type")
        if not is_known(kind):
            continue
        if kind == "forward":
            if not action.keys() & {"forward", "targetGroupArn"}:
                yield where, "must have targetGroupArn or forward, as its type is forward"
        elif (block := BLOCK_OF.get(str(kind))) and block not in action:
            yield where, f"must have {block}, as its type is {kind}"
        in_order = all("order" not in each for each in actions)
        if in_order and (kind in ENDS) != (index == last):
            yield where, "must be forward, redirect or fixed-response, and only the last may be"


def target_groups(actions: Iterable[Props]) -> set[str]:
    """Return the ARNs of the target groups that actions, as a program writes them, send to."""
    found = {action["targetGroupArn"] for action in actions if action.get("targetGroupArn")}
    for action in actions:
        found |= {group["arn"] for group in action.get("forward", {}).get("targetGroups", [])}
    return found


def refuse_target_groups(aws: Aws, request: str, balancer: str, actions: list[Props]) -> None:
    """Refuse target groups that the load balancer cannot send to."""
    vpc = aws.find(
        "elbv2.describe_load_balancers", "LoadBalancers[0].VpcId", LoadBalancerArns=[balancer]
    )
    for arn in sorted(target_groups(actions)):
        group = aws.find("elbv2.describe_target_groups", "TargetGroups[0]", TargetGroupArns=[arn])
        if group is None:
            raise AwsError(request, "TargetGroupNotFound", f"target group '{arn}' not found")
        if group.get("VpcId", vpc) != vpc:
            reason = f"target group {arn} is in {group['VpcId']}, the load balancer in {vpc}"
            raise AwsError(request, "InvalidConfigurationRequest", reason)


REWRITES = ("hostHeaderRewriteConfig", "urlRewriteConfig")


def rewrite_problems(name: str, blocks: Any) -> Iterator[Problem]:
    """Yield unknown keys beside the rewrite of a rule's transforms."""
    for index, block in enumerate(blocks if isinstance(blocks, list) else ()):
        for key in REWRITES if isinstance(block, Mapping) else ():
            yield from known_keys(f"{name}[{index}].{key}", block.get(key), ("rewrite",))


def transforms(blocks: list[Props]) -> list[dict[str, Any]]:
    """Return a rule's transforms in the form of the requests, to check them against their model."""
    return [
        {
            name: {"Rewrites": [value.get("rewrite", {})]} if name in REWRITES else value
            for name, value in block.items()
        }
        for block in blocks
    ]
