"""ECS: cluster, and the capacity providers of a cluster."""

from collections.abc import Iterator
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Autoname, member, same
from sandbox.provider.overlay import covers
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import UNKNOWN, Props, as_list
from sandbox.services.ecs_tags import ECS_TAGGING, EcsType, active_services
from sandbox.services.forms import Renamed

CONFIGURATION = Renamed({"s3BucketEncryptionEnabled": "s3EncryptionEnabled"})
FARGATE = ("FARGATE", "FARGATE_SPOT")


def described(aws: Aws, cluster: str) -> dict[str, Any] | None:
    """Return what ECS shows of a cluster, by name or ARN."""
    found: dict[str, Any] | None = aws.find(
        "ecs.describe_clusters",
        "clusters[0]",
        clusters=[cluster],
        include=["TAGS", "SETTINGS", "CONFIGURATIONS"],
    )
    return found


def active(aws: Aws, cluster: str) -> dict[str, Any] | None:
    """Return what ECS shows of a cluster that can be used."""
    found = described(aws, cluster)
    return found if found and found["status"] == "ACTIVE" else None


class Cluster(EcsType):
    """A cluster; ECS goes on describing a deleted one, as INACTIVE."""

    token = "aws:ecs/cluster:Cluster"
    creates = "create_cluster"
    created = "cluster.clusterArn"
    updates = "update_cluster"
    cleared = {
        "configuration": {},
        "serviceConnectDefaults": {"namespace": ""},
        "settings": [{"name": "containerInsights", "value": "disabled"}],
    }
    deletes = "delete_cluster"
    identified = "cluster"
    autoname = Autoname()
    inputs = {
        "configuration": same(encode=CONFIGURATION.encode, decode=CONFIGURATION.decode),
        "name": member("clusterName"),
        "serviceConnectDefaults": same(),
        "settings": same(),
        "tags": ECS_TAGGING.carried(),
    }
    outputs = {"arn": "clusterArn"}

    def create(self, aws: Aws, new: Props) -> str:
        """Create the cluster; moto would put it in the place of one with the same name."""
        if active(aws, new["name"]):
            raise SandboxError(
                f"ecs.create_cluster: cluster {new['name']} exists already (AWS:"
                " InvalidParameterException: Arguments on this idempotent request are inconsistent"
                " with arguments used in previous request(s))"
            )
        return super().create(aws, new)

    def shown(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        return described(aws, id_)

    def in_use(self, aws: Aws, id_: str, old: Props) -> str | None:
        """Return a service in the cluster, or a task still running in it."""
        if services := active_services(aws, id_):
            name = services[0]["serviceName"]
            return f"service {name} is in it (AWS: ClusterContainsServicesException)"
        tasks = aws.find("ecs.list_tasks", "taskArns", cluster=id_, desiredStatus="RUNNING")
        if tasks:
            return f"task {tasks[0]} runs in it (AWS: ClusterContainsTasksException)"
        return None

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the ARN of the active cluster of that name and these tags."""
        found = active(aws, inputs["name"])
        if found is None:
            return None
        tags = ECS_TAGGING.decoded(found.get("tags", []))
        return str(found["clusterArn"]) if tags == (inputs.get("tags") or {}) else None


class ClusterCapacityProviders(ResourceType):
    """Where a cluster's tasks may run; a part of the cluster, known by its name."""

    token = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
    service = "ecs"
    creates = "put_cluster_capacity_providers"
    inputs = {
        "capacityProviders": same(),
        "clusterName": member("cluster", read="clusterName"),
        "defaultCapacityProviderStrategies": member("defaultCapacityProviderStrategy"),
    }

    def check(self, props: Props) -> Iterator[Problem]:
        """Yield what ECS refuses of a default strategy."""
        providers = props.get("capacityProviders", [])
        known = providers is not UNKNOWN and UNKNOWN not in providers
        yield from strategy_problems(
            props, "defaultCapacityProviderStrategies", providers if known else None
        )

    def create(self, aws: Aws, new: Props) -> str:
        """Attach the providers and return the cluster's name."""
        self._put(aws, new)
        return str(new["clusterName"])

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Attach what is wanted in place of what was."""
        gone = set(old.get("capacityProviders", [])) - set(new.get("capacityProviders", []))
        if user := self._user(aws, id_, gone):
            raise SandboxError(f"ecs.put_cluster_capacity_providers: {user}")
        self._put(aws, new)

    def _put(self, aws: Aws, new: Props) -> None:
        name = new["clusterName"]
        if active(aws, name) is None:
            raise SandboxError(
                f"ecs.put_cluster_capacity_providers: cluster {name} does not exist"
                " (AWS: ClusterNotFoundException)"
            )
        own = [each for each in new.get("capacityProviders", []) if each not in FARGATE]
        if own:
            operation = "ecs.describe_capacity_providers"
            known = aws.find(operation, "capacityProviders[].name", capacityProviders=own)
            if missing := sorted(set(own) - set(known or [])):
                raise SandboxError(
                    "ecs.put_cluster_capacity_providers: capacity provider"
                    f" {', '.join(missing)} does not exist (AWS: InvalidParameterException)"
                )
        # Both lists must be given, or ECS refuses the request and moto keeps the old ones.
        empty: Props = {"capacityProviders": [], "defaultCapacityProviderStrategies": []}
        params = self.params(self.creates, {**empty, **new})
        aws.call("ecs.put_cluster_capacity_providers", **params)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Detach all providers."""
        if active(aws, id_):
            self._put(aws, {"clusterName": id_})

    def in_use(self, aws: Aws, id_: str, old: Props) -> str | None:
        """Return a service that runs on one of the providers."""
        return self._user(aws, id_, set(old.get("capacityProviders", [])))

    def _user(self, aws: Aws, cluster: str, providers: set[str]) -> str | None:
        for service in active_services(aws, cluster) if providers else []:
            for entry in service.get("capacityProviderStrategy", []):
                if entry["capacityProvider"] in providers:
                    return (
                        f"service {service['serviceName']} runs on {entry['capacityProvider']}"
                        " (AWS: ResourceInUseException)"
                    )
        return None

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the cluster, if it is there; one without providers shows empty lists."""
        found = active(aws, id_)
        if found is None:
            return None
        return {"capacityProviders": [], "defaultCapacityProviderStrategy": [], **found}

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the cluster's name, if it has exactly these providers."""
        found = self.read(aws, inputs["clusterName"], {})
        lists = ("capacityProviders", "defaultCapacityProviderStrategies")
        same_lists = found is not None and all(
            covers(found[name], inputs.get(name, [])) for name in lists
        )
        return str(inputs["clusterName"]) if same_lists else None


def strategy_problems(
    props: Props, name: str, providers: list[str] | None = None
) -> Iterator[Problem]:
    """Yield what ECS refuses of a capacity provider strategy.

    ``providers`` are those of the cluster; None where they are not known.
    """
    entries = [each for each in as_list(props.get(name)) if isinstance(each, dict)]
    for entry in entries:
        provider = entry.get("capacityProvider")
        if providers is not None and provider not in (*providers, UNKNOWN):
            yield name, f"names {provider}, which is not among capacityProviders"
    bases = [base for entry in entries if isinstance(base := entry.get("base"), int) and base > 0]
    if len(bases) > 1:
        yield name, "only one capacity provider may have a base"
    weights = [entry.get("weight", 0) for entry in entries]
    if len(weights) > 1 and not any(weights):
        yield name, "one capacity provider must have a weight above 0"
