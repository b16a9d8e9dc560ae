"""What ECS refuses of a service: what it names must exist and fit together."""

from collections.abc import Iterator
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.resource import Problem
from sandbox.provider.values import UNKNOWN, Props, as_block
from sandbox.services.ecs_cluster import FARGATE, active, strategy_problems

WHOLE = 100
"""Percent of the wanted number of tasks."""


def service_problems(props: Props) -> Iterator[Problem]:
    """Yield what is wrong with a service's inputs among themselves."""
    yield from strategy_problems(props, "capacityProviderStrategies")
    strategies = props.get("capacityProviderStrategies")
    if strategies and props.get("launchType"):
        yield "launchType", "cannot be given together with capacityProviderStrategies"
    if "taskDefinition" not in props:
        yield "taskDefinition", "is required (the sandbox carries no external deployments)"
    lowest = props.get("deploymentMinimumHealthyPercent")
    highest = props.get("deploymentMaximumPercent")
    if lowest == highest == WHOLE:
        yield (
            "deploymentMaximumPercent",
            "and deploymentMinimumHealthyPercent cannot both be 100, which would block deployments",
        )
    balanced = props.get("availabilityZoneRebalancing") == "ENABLED"
    if balanced and isinstance(highest, int) and highest <= WHOLE:
        yield (
            "deploymentMaximumPercent",
            f"must be above 100 with availabilityZoneRebalancing, got {highest}",
        )
    grace = props.get("healthCheckGracePeriodSeconds", 0)
    if grace not in (0, UNKNOWN) and not props.get("loadBalancers"):
        yield "healthCheckGracePeriodSeconds", "is only valid with loadBalancers"
    for name in ("alarms", "deploymentCircuitBreaker"):
        if props.get(name) and _controller(props) != "ECS":
            yield name, "needs the deployment controller ECS"


def _controller(props: Props) -> str:
    return str(as_block(props.get("deploymentController")).get("type", "ECS"))


def require_parts(aws: Aws, request: str, new: Props, definition: dict[str, Any]) -> None:
    """Raise SandboxError unless all that a service names exists and fits its task definition."""
    _require_providers(aws, request, new)
    if definition["status"] != "ACTIVE":
        arn = definition["taskDefinitionArn"]
        raise SandboxError(f"{request}: ClientException: TaskDefinition is inactive: {arn}")
    if _on_fargate(new) and "FARGATE" not in definition.get("requiresCompatibilities", []):
        raise SandboxError(
            f"{request}: InvalidParameterException: Task definition does not support launch_type"
            " FARGATE."
        )
    network = new.get("networkConfiguration")
    if definition.get("networkMode") == "awsvpc" and not network:
        raise SandboxError(
            f"{request}: InvalidParameterException: Network Configuration must be provided when"
            " networkMode 'awsvpc' is specified."
        )
    if network:
        _require_network(aws, request, network)
    for balancer in new.get("loadBalancers", []):
        _require_container(request, balancer, definition)
        advanced = balancer.get("advancedConfiguration") or {}
        for arn in (balancer.get("targetGroupArn"), advanced.get("alternateTargetGroupArn")):
            if arn:
                _require_target_group(aws, request, arn, definition)


def _require_providers(aws: Aws, request: str, new: Props) -> None:
    cluster = active(aws, new.get("cluster", "default"))
    if cluster is None:
        raise SandboxError(f"{request}: ClusterNotFoundException: Cluster not found.")
    attached = cluster.get("capacityProviders") or []
    for entry in new.get("capacityProviderStrategies", []):
        if entry["capacityProvider"] not in attached:
            raise SandboxError(
                f"{request}: InvalidParameterException: The specified capacity provider strategy"
                " cannot contain a capacity provider that is not associated with the cluster:"
                f" {entry['capacityProvider']}"
            )


def _require_network(aws: Aws, request: str, network: dict[str, Any]) -> None:
    subnets, groups = network.get("subnets", []), network.get("securityGroups", [])
    vpcs = {_vpc(aws, request, "subnet", each) for each in subnets}
    if len(vpcs) > 1:
        raise SandboxError(
            f"{request}: InvalidParameterException: subnets {', '.join(subnets)} are not all in"
            " the same VPC"
        )
    for group in groups:
        if _vpc(aws, request, "security group", group) not in vpcs:
            raise SandboxError(
                f"{request}: InvalidParameterException: security group {group} is not in the VPC"
                " of the subnets"
            )


def _vpc(aws: Aws, request: str, kind: str, id_: str) -> str:
    operation, path, named = {
        "subnet": ("describe_subnets", "Subnets[0].VpcId", "SubnetIds"),
        "security group": ("describe_security_groups", "SecurityGroups[0].VpcId", "GroupIds"),
    }[kind]
    vpc = aws.find(f"ec2.{operation}", path, **{named: [id_]})
    if vpc is None:
        raise SandboxError(f"{request}: InvalidParameterException: {kind} {id_} does not exist")
    return str(vpc)


def _require_container(request: str, balancer: dict[str, Any], definition: dict[str, Any]) -> None:
    name, port = balancer["containerName"], balancer["containerPort"]
    containers = {each["name"]: each for each in definition["containerDefinitions"]}
    if name not in containers:
        raise SandboxError(
            f"{request}: InvalidParameterException: The container {name} does not exist in the"
            " task definition."
        )
    ports = [each.get("containerPort") for each in containers[name].get("portMappings", [])]
    if port not in ports:
        raise SandboxError(
            f"{request}: InvalidParameterException: The container {name} did not have a container"
            f" port {port} defined."
        )


def _require_target_group(aws: Aws, request: str, arn: str, definition: dict[str, Any]) -> None:
    group = aws.find("elbv2.describe_target_groups", "TargetGroups[0]", TargetGroupArns=[arn])
    if group is None:
        raise SandboxError(
            f"{request}: InvalidParameterException: The specified target group does not exist:"
            f" {arn}"
        )
    if not group.get("LoadBalancerArns") and not _listened(aws, arn):
        raise SandboxError(
            f"{request}: InvalidParameterException: The target group with targetGroupArn {arn}"
            " does not have an associated load balancer."
        )
    kind = group.get("TargetType", "instance")
    if definition.get("networkMode") == "awsvpc" and kind != "ip":
        raise SandboxError(
            f"{request}: InvalidParameterException: The provided target group {arn} has target"
            f" type {kind}, which is incompatible with the awsvpc network mode specified in the"
            " task definition."
        )


def _listened(aws: Aws, arn: str) -> bool:
    """Return whether a listener or a rule sends to the target group; moto counts few of them."""
    balancers = aws.every("elbv2.describe_load_balancers", "LoadBalancers[].LoadBalancerArn")
    for balancer in balancers:
        listeners = aws.find("elbv2.describe_listeners", "Listeners", LoadBalancerArn=balancer)
        for listener in listeners or []:
            rules = aws.find("elbv2.describe_rules", "Rules", ListenerArn=listener["ListenerArn"])
            if arn in str(listener.get("DefaultActions")) or arn in str(rules):
                return True
    return False


def _on_fargate(new: Props) -> bool:
    """Return whether a service says that it runs on Fargate."""
    entries = new.get("capacityProviderStrategies", [])
    return new.get("launchType") == "FARGATE" or any(
        entry.get("capacityProvider") in FARGATE for entry in entries
    )
