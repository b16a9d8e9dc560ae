"""Services through their lives on moto, deployments that are rolled back, and refusals."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.errors import SandboxError
from tests.support.cloud import Cloud, settled, tell
from tests.support.ecs import SERVICE, Place, containers


@pytest.fixture(scope="module")
def place(cloud: Cloud) -> Place:
    return Place(cloud, "services")


@pytest.fixture
def rollback(cloud: Cloud) -> Iterator[None]:
    tell(cloud, "faults", [{"kind": "rollback", "operation": "ecs.deployment"}])
    yield
    tell(cloud, "faults", [])


def described(place: Place, name: str) -> dict[str, Any]:
    answer = place.cloud.boto3("ecs").describe_services(cluster="services", services=[name])
    found: dict[str, Any] = answer["services"][0]
    return found


def test_a_service_lives_changes_and_goes(place: Place) -> None:
    first = place.task("service-life")
    second = place.task("service-life")
    service = place.service("life", first)
    settled(service)
    assert service.id.endswith(":service/services/life")
    assert service.props["arn"] == service.id
    assert "launchType" not in service.props
    service.update(
        taskDefinition=second.props["arn"],
        desiredCount=3,
        deploymentMaximumPercent=150,
        enableExecuteCommand=True,
        tags={"Name": "life", "More": "yes"},
    )
    settled(service)
    shown = described(place, "life")
    assert shown["deploymentConfiguration"]["alarms"]["alarmNames"] == ["errors"]
    assert shown["deployments"][0]["taskDefinition"] == second.id
    assert shown["deployments"][0]["rolloutState"] == "COMPLETED"
    assert (shown["runningCount"], shown["pendingCount"]) == (3, 0)
    assert service.plan(name="other").replaces == {"name"}
    imported = service.imported()
    for name in ("alarms", "networkConfiguration", "loadBalancers", "desiredCount"):
        assert imported[name] == service.inputs[name]
    service.delete()
    assert service.refresh() is None
    service.delete()


def test_a_service_is_imported_by_cluster_and_name(place: Place) -> None:
    service = place.service("imported", place.task("service-imported"))
    read = place.cloud.provider.read(service.urn, "services/imported", {}, {})
    assert read is not None
    assert read[0]["arn"] == service.id
    service.delete()


def test_what_is_no_longer_given_goes_back_to_its_default(place: Place) -> None:
    service = place.service("less", place.task("service-less"))
    service.update(
        alarms=None,
        deploymentCircuitBreaker=None,
        loadBalancers=None,
        healthCheckGracePeriodSeconds=None,
        propagateTags=None,
    )
    settled(service)
    shown = described(place, "less")
    assert shown["loadBalancers"] == []
    assert shown["deploymentConfiguration"]["alarms"]["enable"] is False
    assert shown["deploymentConfiguration"]["maximumPercent"] == 200
    service.delete()


def test_names_may_be_short(place: Place) -> None:
    task = place.task("service-short")
    service = place.service(
        "short", task, cluster="services", taskDefinition=f"service-short:{task.props['revision']}"
    )
    settled(service)
    assert described(place, "short")["taskDefinition"] == task.id
    service.delete()


def test_blue_and_green_are_carried(place: Place) -> None:
    role = "arn:aws:iam::222222222222:role/ecs"
    balancer = {
        "targetGroupArn": place.target_group,
        "containerName": "application",
        "containerPort": 8080,
        "advancedConfiguration": {
            "alternateTargetGroupArn": place.target_group,
            "productionListenerRule": "arn:rule",
            "roleArn": role,
        },
    }
    service = place.service(
        "colours",
        place.task("service-colours"),
        loadBalancers=[balancer],
        deploymentConfiguration={"strategy": "BLUE_GREEN", "bakeTimeInMinutes": "5"},
    )
    settled(service)
    shown = described(place, "colours")["deploymentConfiguration"]
    assert (shown["strategy"], shown["bakeTimeInMinutes"]) == ("BLUE_GREEN", 5)
    assert shown["deploymentCircuitBreaker"]["rollback"] is True
    service.delete()


def test_a_refresh_finds_what_was_changed_behind_pulumis_back(place: Place) -> None:
    service = place.service("drift", place.task("service-drift"))
    ecs = place.cloud.boto3("ecs")
    ecs.update_service(cluster="services", service="drift", desiredCount=7)
    assert service.refresh() == {"desiredCount"}
    ecs.update_service(
        cluster="services",
        service="drift",
        deploymentConfiguration={"deploymentCircuitBreaker": {"enable": False, "rollback": False}},
    )
    found = service.refresh() or set()
    assert found >= {"alarms", "deploymentCircuitBreaker", "desiredCount"}
    service.delete()


def test_a_service_left_half_made_shows_what_is_missing(place: Place) -> None:
    inputs = place.service_inputs("half", place.task("service-half"))
    place.cloud.boto3("ecs").create_service(
        cluster="services",
        serviceName="half",
        taskDefinition=inputs["taskDefinition"],
        desiredCount=2,
        networkConfiguration={
            "awsvpcConfiguration": {"subnets": place.subnets, "securityGroups": [place.group]}
        },
        tags=[{"key": "Name", "value": "half"}],
    )
    provider = place.cloud.provider
    urn = f"urn:pulumi:test::understudy::{SERVICE}::half"
    id_ = provider.find(urn, inputs)
    assert id_ is not None
    read = provider.read(urn, id_, inputs, inputs)
    assert read is not None
    changed = provider.diff(urn, read[1], inputs, set()).changed
    assert changed >= {"deploymentCircuitBreaker", "capacityProviderStrategies", "alarms"}
    provider.update(urn, id_, read[1], inputs, read[0])
    provider.delete(urn, id_, inputs)


@pytest.mark.usefixtures("rollback")
def test_a_deployment_rolled_back_fails_the_update_that_waits(place: Place) -> None:
    tell(place.cloud, "faults", [])
    first, second = place.task("service-waits"), place.task("service-waits")
    service = place.service("waits", first)
    tell(place.cloud, "faults", [{"kind": "rollback", "operation": "ecs.deployment"}])
    with pytest.raises(SandboxError, match="rolled back because the circuit breaker") as caught:
        service.update(taskDefinition=second.id)
    assert "\n" not in str(caught.value)
    assert described(place, "waits")["taskDefinition"] == first.id
    assert service.refresh() == set()
    service.update(taskDefinition=second.id)
    settled(service)
    service.delete()


@pytest.mark.usefixtures("rollback")
def test_an_update_that_does_not_wait_leaves_the_old_release_running(place: Place) -> None:
    tell(place.cloud, "faults", [])
    first, second = place.task("service-hasty"), place.task("service-hasty")
    service = place.service("hasty", first, waitForSteadyState=False)
    fault = {"kind": "rollback", "operation": "ecs.deployment", "resource": "hasty"}
    tell(place.cloud, "faults", [fault])
    service.update(taskDefinition=second.id)
    assert service.inputs["taskDefinition"] == second.id
    assert service.refresh() == {"taskDefinition"}
    service.delete()


@pytest.mark.usefixtures("rollback")
def test_a_first_deployment_that_fails_leaves_the_service_known(place: Place) -> None:
    with pytest.raises(SandboxError, match="no completed deployment to roll back to"):
        place.service("first", place.task("service-first"))
    assert described(place, "first")["status"] == "ACTIVE"


@pytest.mark.usefixtures("rollback")
def test_without_a_circuit_breaker_the_wait_ends_in_a_timeout(place: Place) -> None:
    tell(place.cloud, "faults", [])
    first, second = place.task("service-stuck"), place.task("service-stuck")
    service = place.service("stuck", first, alarms=None, deploymentCircuitBreaker=None)
    tell(place.cloud, "faults", [{"kind": "rollback", "operation": "ecs.deployment"}])
    with pytest.raises(SandboxError, match="timeout while waiting"):
        service.update(taskDefinition=second.id)
    assert described(place, "stuck")["taskDefinition"] == second.id
    service.delete()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"taskDefinition": "nothing:1"}, "Unable to describe task definition nothing:1"),
        ({"cluster": "nowhere"}, "ClusterNotFoundException"),
        (
            {"capacityProviderStrategies": [{"capacityProvider": "own", "weight": 1}]},
            "not associated with the cluster: own",
        ),
        ({"networkConfiguration": None}, "Network Configuration must be provided"),
        ({"networkConfiguration": {"subnets": ["subnet-1"]}}, "subnet subnet-1 does not exist"),
    ],
)
def test_what_a_service_names_must_exist(place: Place, changes: dict[str, Any], said: str) -> None:
    inputs = place.service_inputs("refused", place.task("service-refused"), **changes)
    with pytest.raises(SandboxError, match=said):
        place.cloud.make(SERVICE, "refused", inputs)


def test_a_target_group_must_be_attached_and_meet_the_container(place: Place) -> None:
    task = place.task("service-targets")
    good = place.service_inputs("targets", task)["loadBalancers"][0]
    alone = place.new_target_group("alone", place.vpc)
    instances = place.new_target_group("instances", place.vpc, "instance")
    for changes, said in (
        ({"targetGroupArn": alone}, "does not have an associated load balancer"),
        ({"targetGroupArn": f"{alone}x"}, "does not exist"),
        ({"targetGroupArn": instances}, "associated load balancer"),
        ({"containerName": "sidecar"}, "container sidecar does not exist"),
        ({"containerPort": 9090}, "container port 9090"),
    ):
        with pytest.raises(SandboxError, match=said):
            place.service("targets", task, loadBalancers=[{**good, **changes}])


def test_names_once_and_inputs_that_fit(place: Place) -> None:
    task = place.task("service-once")
    service = place.service("once", task)
    with pytest.raises(SandboxError, match="not idempotent"):
        place.service("once", task)
    service.delete()
    inputs = place.service_inputs("x", task)
    problems = place.cloud.problems(
        SERVICE, {**inputs, "launchType": "FARGATE", "deploymentMaximumPercent": 100}
    )
    assert set(problems) == {"launchType", "deploymentMaximumPercent"}
    del inputs["loadBalancers"]
    assert set(place.cloud.problems(SERVICE, inputs)) == {"healthCheckGracePeriodSeconds"}


def test_a_cluster_and_its_providers_stay_while_a_service_runs_on_them(place: Place) -> None:
    service = place.service("holds", place.task("service-holds"))
    with pytest.raises(SandboxError, match="ClusterContainsServicesException"):
        place.cluster.delete()
    with pytest.raises(SandboxError, match="ResourceInUseException"):
        place.providers.delete()
    with pytest.raises(SandboxError, match="runs on FARGATE_SPOT"):
        place.providers.update(capacityProviders=["FARGATE"])
    service.delete()


def test_a_deleted_task_definition_is_not_taken(place: Place) -> None:
    task = place.task("service-inactive", containerDefinitions=containers())
    task.delete()
    with pytest.raises(SandboxError, match="TaskDefinition is inactive"):
        place.service("inactive", task)


def test_a_service_counts_its_tasks_in_the_cluster(cloud: Cloud) -> None:
    place = Place(cloud, "counted")
    service = place.service("counted", place.task("service-counted"))
    service.update(enableExecuteCommand=True)
    ecs = cloud.boto3("ecs")
    assert ecs.describe_clusters(clusters=["counted"])["clusters"][0]["runningTasksCount"] == 2
    service.delete()
    place.providers.delete()
    place.cluster.delete()
    assert place.cluster.found() is None
