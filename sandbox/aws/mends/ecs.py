"""What moto 5.2.5 does wrong with ECS services and their scaling, mended with the reason."""

from typing import Any

from moto.applicationautoscaling.models import (
    ApplicationAutoscalingBackend,
    FakeApplicationAutoscalingPolicy,
)
from moto.core.utils import utcnow
from moto.ecs.models import EC2ContainerServiceBackend
from moto.moto_api._internal import mock_random

_update_service = EC2ContainerServiceBackend.update_service
_put_scaling_policy = ApplicationAutoscalingBackend.put_scaling_policy


def update_service(self: Any, service_properties: dict[str, Any]) -> Any:
    """End the deployment at once: in moto none ever ends, nor shows what it deploys.

    moto also forgets the cluster's count of tasks where the wanted number is not given again.
    """
    forced = service_properties.get("force_new_deployment", False)
    counted = service_properties.get("desired_count") is not None
    cluster = self._get_cluster(service_properties.get("cluster", "default"))
    service = _update_service(self, service_properties)
    service.running_count, service.pending_count = service.desired_count, 0
    if not counted:
        self.update_cluster_resources(cluster, service.running_count, task_state="RUNNING")
    for deployment in service.deployments:
        now = utcnow()
        if forced or deployment["taskDefinition"] != service.task_definition:
            deployment["id"] = f"ecs-svc/{mock_random.randint(10**18, 10**19 - 1)}"
            deployment["createdAt"] = now
        deployment.update(
            taskDefinition=service.task_definition,
            desiredCount=service.desired_count,
            runningCount=service.desired_count,
            pendingCount=0,
            failedTasks=0,
            rolloutState="COMPLETED",
            rolloutStateReason=f"ECS deployment {deployment['id']} completed.",
            updatedAt=now,
        )
    return service


def put_scaling_policy(self: Any, policy_name: str, *rest: Any, **named: Any) -> Any:
    """Keep a changed policy's ARN and alarms: moto gives it others and leaves the old alarms."""
    names = ("service_namespace", "resource_id", "scalable_dimension")
    given = {**dict(zip(names, rest, strict=False)), **named}
    key = FakeApplicationAutoscalingPolicy.formulate_key(
        *(given[name] for name in names), policy_name
    )
    old = self.policies.get(key)
    policy = _put_scaling_policy(self, policy_name, *rest, **named)
    if old is None:
        return policy
    policy.policy_arn = old.policy_arn
    spare = policy if old.alarms and policy.alarms else old
    spare.delete_alarms(self.account_id, self.region_name)
    if spare is policy:
        policy.alarms = old.alarms
    return policy


def apply() -> None:
    """Put the mends in place; call before the server starts."""
    EC2ContainerServiceBackend.update_service = update_service
    ApplicationAutoscalingBackend.put_scaling_policy = put_scaling_policy
