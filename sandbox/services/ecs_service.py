"""ECS: service."""

from collections.abc import Iterator
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Autoname, by, kept, member, same
from sandbox.provider.resource import Problem, decoded
from sandbox.provider.values import Props
from sandbox.services.ecs_cluster import described
from sandbox.services.ecs_service_check import require_parts, service_problems
from sandbox.services.ecs_tags import ECS_TAGGING, EcsType, same_target
from sandbox.services.ecs_task import described_task
from sandbox.services.forms import Renamed, first

BALANCERS = Renamed({"elbName": "loadBalancerName"})
CONNECT = Renamed(
    {"clientAlias": "clientAliases", "issuerCertAuthority": "issuerCertificateAuthority"}
)
STRATEGY = (
    "bakeTimeInMinutes",
    "canaryConfiguration",
    "lifecycleHooks",
    "linearConfiguration",
    "strategy",
)
DEPLOYMENT = {
    "alarms",
    "deploymentCircuitBreaker",
    "deploymentConfiguration",
    "deploymentMaximumPercent",
    "deploymentMinimumHealthyPercent",
}
"""What one member of the request holds together: sent whole, or the rest is lost."""
DEPLOYS = {
    "capacityProviderStrategies",
    "loadBalancers",
    "networkConfiguration",
    "platformVersion",
    "serviceConnectConfiguration",
    "serviceRegistries",
    "taskDefinition",
}
"""Whose change makes new tasks (API reference, "UpdateService")."""
ONLY_HOW = "says only how a request is made"
DEFAULTS: Props = {
    "alarms": {"alarmNames": [], "enable": False, "rollback": False},
    "availabilityZoneRebalancing": "DISABLED",
    "capacityProviderStrategies": [],
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "deploymentMaximumPercent": 200,
    "deploymentMinimumHealthyPercent": 100,
    "enableEcsManagedTags": False,
    "enableExecuteCommand": False,
    "healthCheckGracePeriodSeconds": 0,
    "loadBalancers": [],
    "orderedPlacementStrategies": [],
    "placementConstraints": [],
    "propagateTags": "NONE",
    "serviceRegistries": [],
}
"""What holds again once the program no longer says anything."""
SHOWN: Props = {
    "availabilityZoneRebalancing": "DISABLED",
    "capacityProviderStrategy": [],
    "enableECSManagedTags": False,
    "enableExecuteCommand": False,
    "healthCheckGracePeriodSeconds": 0,
}
"""What ECS shows of a service that was told nothing; moto shows nothing."""
SHOWN_DEPLOYMENT: Props = {
    "alarms": DEFAULTS["alarms"],
    "deploymentCircuitBreaker": DEFAULTS["deploymentCircuitBreaker"],
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
}
ROLLED_BACK = "Service deployment rolled back because the circuit breaker threshold was exceeded."
ROLLED_BACK_BY_ALARM = "Service deployment rolled back because an alarm went off."
NOTHING_BEFORE = "Deployment failed: there is no completed deployment to roll back to."
NEVER_STEADY = (
    "timeout while waiting for state to become 'tfSTABLE' (last state: 'tfPENDING', timeout: 20m0s)"
)


def _network(network: dict[str, Any]) -> dict[str, Any]:
    """Return the network as ECS takes it; moto fails without a list of groups."""
    public = "ENABLED" if network.get("assignPublicIp") else "DISABLED"
    return {"awsvpcConfiguration": {"securityGroups": [], **network, "assignPublicIp": public}}


def _network_shown(network: dict[str, Any]) -> dict[str, Any]:
    shown = network.get("awsvpcConfiguration", {})
    return {**shown, "assignPublicIp": shown.get("assignPublicIp") == "ENABLED"} if shown else {}


def _strategy_shown(deployment: dict[str, Any]) -> Any:
    return decoded({name: deployment[name] for name in STRATEGY if name in deployment})


class Service(EcsType):
    """A service; its create request is followed by an update with all that moto's create drops.

    A deployment is steady at once. One that a fault rolls back leaves the service on the task
    definition that it had.
    """

    token = "aws:ecs/service:Service"
    creates = "create_service"
    created = "service.serviceArn"
    updates = "update_service"
    autoname = Autoname()
    inputs = {
        # First, as the parts of the same member are added to it.
        "deploymentConfiguration": same(decode=_strategy_shown),
        "alarms": member("deploymentConfiguration.alarms"),
        "availabilityZoneRebalancing": same(),
        "capacityProviderStrategies": member("capacityProviderStrategy"),
        "cluster": member("cluster", read="clusterArn"),
        "deploymentCircuitBreaker": member("deploymentConfiguration.deploymentCircuitBreaker"),
        "deploymentController": same(default={"type": "ECS"}),
        "deploymentMaximumPercent": member("deploymentConfiguration.maximumPercent"),
        "deploymentMinimumHealthyPercent": member("deploymentConfiguration.minimumHealthyPercent"),
        "desiredCount": same(),
        "enableEcsManagedTags": member("enableECSManagedTags"),
        "enableExecuteCommand": same(),
        "forceDelete": by("delete_service", "force", unseen=ONLY_HOW),
        "forceNewDeployment": by("update_service", "forceNewDeployment", unseen=ONLY_HOW),
        "healthCheckGracePeriodSeconds": same(default=0),
        "iamRole": member("role", read="roleArn"),
        "launchType": same(),
        "loadBalancers": same(encode=BALANCERS.encode, decode=BALANCERS.decode),
        "name": member("serviceName"),
        "networkConfiguration": same(encode=_network, decode=_network_shown),
        "orderedPlacementStrategies": member("placementStrategy"),
        "placementConstraints": same(),
        "platformVersion": same(),
        "propagateTags": same(default="NONE"),
        "schedulingStrategy": same(),
        "serviceConnectConfiguration": kept(
            "moto keeps nothing of Service Connect",
            operation="create_service",
            name="serviceConnectConfiguration",
            encode=CONNECT.encode,
        ),
        "serviceRegistries": same(decode=first),
        "sigintRollback": kept("what is done when the deployment is interrupted"),
        "tags": ECS_TAGGING.carried(),
        "taskDefinition": same(),
        "triggers": kept("a change to it is what makes a new deployment"),
        "waitForSteadyState": kept("what is done after the request, here too"),
    }
    outputs = {"arn": "serviceArn"}

    def check(self, props: Props) -> Iterator[Problem]:
        """Yield what ECS would refuse."""
        yield from service_problems(props)

    def create(self, aws: Aws, new: Props) -> str:
        """Create the service; moto would put it in the place of one with the same name."""
        request = "ecs.create_service"
        if self._service(aws, new.get("cluster", "default"), new["name"]):
            raise SandboxError(
                f"{request}: InvalidParameterException: Creation of service was not idempotent:"
                f" {new['name']} exists"
            )
        self._require(aws, request, new)
        return super().create(aws, new)

    def finish(self, aws: Aws, id_: str, new: Props) -> None:
        """Say again what moto's create request drops, and wait for the first deployment."""
        params = self.params("update_service", new, set(new) - {"forceNewDeployment", "tags"})
        self._send(aws, id_, {**params, "taskDefinition": self._definition_arn(aws, new)})
        self._roll_out(aws, "create", id_, new, before=None)

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Send what differs; what makes new tasks may be rolled back."""
        if "tags" in changed:
            self.retag(aws, id_, old.get("tags") or {}, new.get("tags") or {})
        sent = changed - {"tags"}
        if not sent:
            return
        definition = self._require(aws, "ecs.update_service", new)
        before = self.shown(aws, id_, {}) or {}
        if sent & DEPLOYMENT:
            sent |= DEPLOYMENT
        forced = {"forceNewDeployment"} if new.get("forceNewDeployment") else set()
        params = self.params("update_service", {**DEFAULTS, **new}, sent | forced)
        if "taskDefinition" in params:
            params["taskDefinition"] = definition
        self._send(aws, id_, params)
        if forced or sent & DEPLOYS:
            self._roll_out(aws, "update", id_, new, before.get("taskDefinition"))

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Stop the tasks, then delete the service."""
        if self.item(aws, id_, {}) is None:
            return
        if old.get("schedulingStrategy") != "DAEMON":
            self._send(aws, id_, {"desiredCount": 0})
        cluster, name = _place(id_)
        force = bool(old.get("forceDelete"))
        aws.call("ecs.delete_service", cluster=cluster, service=name, force=force)

    def shown(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the service, with defaults where moto shows none and names as they were given."""
        cluster, name = _place(id_)
        found = self._service(aws, cluster, name)
        if found is None:
            return None
        found = {**SHOWN, **found}
        found["deploymentConfiguration"] = {
            **SHOWN_DEPLOYMENT,
            **found.get("deploymentConfiguration", {}),
        }
        if found["capacityProviderStrategy"]:
            found.pop("launchType", None)
        for given, shown in (("cluster", "clusterArn"), ("taskDefinition", "taskDefinition")):
            if _means(str(found.get(shown)), saved.get(given)):
                found[shown] = saved[given]
        return found

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the ARN of the active service of that name and these tags in its cluster."""
        found = self._service(aws, inputs.get("cluster", "default"), inputs["name"])
        if found is None:
            return None
        tags = ECS_TAGGING.decoded(found.get("tags", []))
        return str(found["serviceArn"]) if tags == (inputs.get("tags") or {}) else None

    def _service(self, aws: Aws, cluster: str, name: str) -> dict[str, Any] | None:
        if described(aws, cluster) is None:
            return None
        found: dict[str, Any] | None = aws.find(
            "ecs.describe_services",
            "services[?status!='INACTIVE'] | [0]",
            cluster=cluster,
            services=[name],
            include=["TAGS"],
        )
        return found

    def _require(self, aws: Aws, request: str, new: Props) -> str:
        """Return the task definition's ARN, once all that the service names is there and fits."""
        answer = described_task(aws, new["taskDefinition"])
        if answer is None:
            raise SandboxError(
                f"{request}: ClientException: Unable to describe task definition"
                f" {new['taskDefinition']}."
            )
        require_parts(aws, request, new, answer["taskDefinition"])
        return str(answer["taskDefinition"]["taskDefinitionArn"])

    def _definition_arn(self, aws: Aws, new: Props) -> str:
        """Return the whole ARN: moto's update stores whatever text it is given."""
        answer = described_task(aws, new["taskDefinition"]) or {}
        return str(answer["taskDefinition"]["taskDefinitionArn"])

    def _send(self, aws: Aws, id_: str, params: dict[str, Any]) -> None:
        cluster, name = _place(id_)
        aws.call("ecs.update_service", **{**params, "cluster": cluster, "service": name})

    def _roll_out(self, aws: Aws, verb: str, id_: str, new: Props, before: str | None) -> None:
        """Meet the fault of a deployment; without one it is steady at once."""
        kind = aws.struck("ecs.deployment")
        if kind == "unnoticed" and before:
            # The provider waits for a steady service, and one that was rolled back is steady
            # (github.com/pulumi/pulumi-aws/issues/4487).
            self._send(aws, id_, {"taskDefinition": before, "forceNewDeployment": True})
        if kind != "rollback":
            return
        reason = NEVER_STEADY
        for name, said in (
            ("alarms", ROLLED_BACK_BY_ALARM),
            ("deploymentCircuitBreaker", ROLLED_BACK),
        ):
            given = new.get(name) or {}
            if given.get("enable") and given.get("rollback"):
                reason = said if before else NOTHING_BEFORE
        if before and reason != NEVER_STEADY:
            self._send(aws, id_, {"taskDefinition": before, "forceNewDeployment": True})
        if new.get("waitForSteadyState"):
            raise SandboxError(f"waiting for ECS Service ({id_}) {verb}: {reason}")


def _place(id_: str) -> tuple[str, str]:
    """Return cluster and name of a service's ARN, or of ``cluster/name``, as it is imported."""
    cluster, _, name = id_.rpartition(":service/")[2].partition("/")
    return cluster, name


def _means(arn: str, given: object) -> bool:
    """Return whether a name given for an ARN means it: a family alone is its newest revision."""
    return same_target(arn, given) or same_target(arn.rpartition(":")[0], given)
