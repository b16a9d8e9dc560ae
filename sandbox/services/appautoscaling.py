"""Application Auto Scaling: target, and what its policies and scheduled actions share with it.

All three are known by the service, the resource and the dimension that they scale; none has an id
of AWS's own.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.carry import kept, member, same
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props

SERVICE = "application-autoscaling"
KEYS = ("serviceNamespace", "resourceId", "scalableDimension")
LINKED_ROLES: Mapping[str, str] = {
    "dynamodb": "DynamoDBTable",
    "ec2": "EC2SpotFleetRequest",
    "ecs": "ECSService",
    "elasticache": "ElastiCacheRG",
    "kafka": "KafkaCluster",
    "lambda": "LambdaConcurrency",
    "rds": "RDSCluster",
    "sagemaker": "SageMakerEndpoint",
}
"""How the service-linked role of each service ends (Application Auto Scaling User Guide)."""
AWAKE = dict.fromkeys(
    ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended"), False
)


def key_of(props: Props) -> dict[str, Any]:
    """Return the members that name the scaled resource in every request."""
    return {name[0].upper() + name[1:]: props[name] for name in KEYS}


def described_target(aws: Aws, props: Props) -> dict[str, Any] | None:
    """Return what is registered of a resource."""
    found: dict[str, Any] | None = aws.find(
        f"{SERVICE}.describe_scalable_targets",
        "ScalableTargets[0]",
        ServiceNamespace=props["serviceNamespace"],
        ResourceIds=[props["resourceId"]],
        ScalableDimension=props["scalableDimension"],
    )
    return found


def require_target(aws: Aws, request: str, props: Props) -> None:
    """Raise SandboxError unless the resource is registered; moto does not look."""
    if described_target(aws, props) is None:
        raise SandboxError(
            f"{SERVICE}.{request}: ObjectNotFoundException: No scalable target registered for"
            f" service namespace: {props['serviceNamespace']}, resource ID:"
            f" {props['resourceId']}, scalable dimension: {props['scalableDimension']}"
        )


def bound_problems(name: str, bounds: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a lower bound above the upper one; moto takes it."""
    low, high = bounds.get("minCapacity"), bounds.get("maxCapacity")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield name, f"must be at most maxCapacity {high}, got {low}"


def policies_of(aws: Aws, props: Props) -> list[dict[str, Any]]:
    """Return the resource's policies; moto's own filter takes parts of names for names."""
    found = aws.find(
        f"{SERVICE}.describe_scaling_policies",
        "ScalingPolicies",
        ServiceNamespace=props["serviceNamespace"],
    )
    return _of(found, props)


def actions_of(aws: Aws, props: Props) -> list[dict[str, Any]]:
    """Return the resource's scheduled actions."""
    found = aws.find(
        f"{SERVICE}.describe_scheduled_actions",
        "ScheduledActions",
        ServiceNamespace=props["serviceNamespace"],
    )
    return _of(found, props)


def _of(found: list[dict[str, Any]] | None, props: Props) -> list[dict[str, Any]]:
    key = key_of(props)
    return [each for each in found or [] if all(each[name] == key[name] for name in key)]


class Target(ResourceType):
    """A resource that may be scaled, and its bounds."""

    token = "aws:appautoscaling/target:Target"
    service = SERVICE
    creates = "register_scalable_target"
    inputs = {
        "maxCapacity": same(),
        "minCapacity": same(),
        "resourceId": same(),
        "roleArn": member("RoleARN"),
        "scalableDimension": same(),
        "serviceNamespace": same(),
        "suspendedState": same(),
        "tags": kept(
            "moto has no tags of scalable targets",
            operation="register_scalable_target",
            name="Tags",
        ),
    }
    outputs = {"arn": "ScalableTargetARN"}

    def check(self, props: Props) -> Iterator[Problem]:
        """Yield bounds the wrong way round."""
        yield from bound_problems("minCapacity", props)

    def create(self, aws: Aws, new: Props) -> str:
        """Register the resource, which must be there, and return its id."""
        self._require_service(aws, new)
        aws.call(f"{SERVICE}.{self.creates}", **self.params(self.creates, new))
        return str(new["resourceId"])

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Register the resource again, with other bounds."""
        if changed - {"tags"}:
            params = {"SuspendedState": AWAKE, **self.params(self.creates, new)}
            aws.call(f"{SERVICE}.{self.creates}", **params)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Take the resource off, with its policies and actions, as AWS does; moto keeps them."""
        props = self._named(id_, old)
        if described_target(aws, props) is None:
            return
        for policy in policies_of(aws, props):
            name = policy["PolicyName"]
            aws.call(f"{SERVICE}.delete_scaling_policy", PolicyName=name, **key_of(props))
        for action in actions_of(aws, props):
            name = action["ScheduledActionName"]
            aws.call(
                f"{SERVICE}.delete_scheduled_action", ScheduledActionName=name, **key_of(props)
            )
        aws.call(f"{SERVICE}.deregister_scalable_target", **key_of(props))

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        return described_target(aws, self._named(id_, saved))

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        """Return the service-linked role, which AWS uses where no other is named."""
        suffix = LINKED_ROLES.get(props["serviceNamespace"])
        if props.get("roleArn") or suffix is None:
            return {}
        path = f"aws-service-role/{props['serviceNamespace']}.{SERVICE}.amazonaws.com"
        name = f"AWSServiceRoleForApplicationAutoScaling_{suffix}"
        return {"roleArn": f"arn:aws:iam::{aws.account}:role/{path}/{name}"}

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the resource's id, if it is registered with these bounds."""
        found = described_target(aws, inputs)
        bounds = ("maxCapacity", "minCapacity")
        same_bounds = found is not None and all(
            found[name[0].upper() + name[1:]] == inputs[name] for name in bounds
        )
        return str(inputs["resourceId"]) if same_bounds else None

    def _named(self, id_: str, props: Props) -> Props:
        """Return the three names; an import gives them as one, parted by slashes."""
        if all(name in props for name in KEYS):
            return props
        namespace, _, rest = id_.partition("/")
        resource, _, dimension = rest.rpartition("/")
        return dict(zip(KEYS, (namespace, resource, dimension), strict=True))

    def _require_service(self, aws: Aws, new: Props) -> None:
        """Raise SandboxError for a service of ECS that is deleted: moto takes it for there."""
        if new["serviceNamespace"] != "ecs":
            return
        _, cluster, name = new["resourceId"].split("/")
        status = aws.find(
            "ecs.describe_services", "services[0].status", cluster=cluster, services=[name]
        )
        if status != "ACTIVE":
            raise SandboxError(
                f"{SERVICE}.register_scalable_target: ValidationException: ECS service doesn't"
                f" exist: {new['resourceId']}"
            )
