"""The tasks of services, their targets, and how a started task ends, as boto3 sees them."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.cloud import Cloud, tell
from tests.support.ecs import Place, containers


@pytest.fixture(name="place", scope="module")
def _place(cloud: Cloud) -> Place:
    made = Place(cloud, "tasks")
    cloud.boto3("ec2").modify_vpc_attribute(VpcId=made.vpc, EnableDnsHostnames={"Value": True})
    return made


def digest(letters: str) -> str:
    return f"sha256:{letters * 32}"


def listed(place: Place, **wanted: Any) -> list[dict[str, Any]]:
    ecs = place.cloud.boto3("ecs")
    arns = ecs.list_tasks(cluster="tasks", **wanted)["taskArns"]
    if not arns:
        return []
    found: list[dict[str, Any]] = ecs.describe_tasks(cluster="tasks", tasks=arns)["tasks"]
    return found


def test_a_service_has_the_tasks_that_it_runs_and_they_follow_its_deployments(place: Place) -> None:
    old = place.task("tasks-web", containerDefinitions=containers(image=f"shop@{digest('aa')}"))
    new = place.task("tasks-web", containerDefinitions=containers(image=f"shop@{digest('bb')}"))
    service = place.service("web", old)
    before = listed(place, serviceName="web")
    assert [each["taskDefinitionArn"] for each in before] == [old.id, old.id]
    assert {each["containers"][0]["imageDigest"] for each in before} == {digest("aa")}
    assert {each["lastStatus"] for each in before} == {"RUNNING"}
    assert [each["taskArn"] for each in listed(place, serviceName="web")] == [
        each["taskArn"] for each in before
    ]
    service.update(taskDefinition=new.id)
    after = listed(place, serviceName="web")
    assert {each["containers"][0]["imageDigest"] for each in after} == {digest("bb")}
    assert not {each["taskArn"] for each in after} & {each["taskArn"] for each in before}
    assert len(listed(place, family="tasks-web")) == 2
    assert listed(place, serviceName="web", desiredStatus="STOPPED") == []
    assert listed(place, serviceName="other") == []

    elb = place.cloud.boto3("elbv2")
    targets = elb.describe_target_health(TargetGroupArn=place.target_group)
    found = targets["TargetHealthDescriptions"]
    assert [each["TargetHealth"]["State"] for each in found] == ["healthy", "healthy"]
    assert len({each["Target"]["Id"] for each in found}) == 2
    assert {each["Target"]["Port"] for each in found} == {8080}

    service.delete()
    assert listed(place, serviceName="web") == []
    targets = elb.describe_target_health(TargetGroupArn=place.target_group)
    assert targets["TargetHealthDescriptions"] == []


def test_a_rollback_that_the_update_does_not_notice_leaves_the_old_tasks(place: Place) -> None:
    old = place.task("tasks-late", containerDefinitions=containers(image=f"shop@{digest('aa')}"))
    new = place.task("tasks-late", containerDefinitions=containers(image=f"shop@{digest('bb')}"))
    service = place.service("late", old)
    tell(place.cloud, "faults", [{"kind": "unnoticed", "resource": "late"}])
    service.update(taskDefinition=new.id)
    assert tell(place.cloud, "status", None)["faults"] == []
    shown = place.cloud.boto3("ecs").describe_services(cluster="tasks", services=["late"])
    (deployment,) = shown["services"][0]["deployments"]
    assert (deployment["taskDefinition"], deployment["rolloutState"]) == (old.id, "COMPLETED")
    found = listed(place, serviceName="late")
    assert {each["containers"][0]["imageDigest"] for each in found} == {digest("aa")}
    service.delete()


@pytest.fixture(name="exits")
def _exits(cloud: Cloud) -> Iterator[None]:
    tell(cloud, "faults", [{"kind": "exit", "resource": "tasks-run"}])
    yield
    tell(cloud, "faults", [])


def ran(place: Place, family: str) -> int:
    """Run a task to its end and return its exit code."""
    task = place.task(family)
    ecs = place.cloud.boto3("ecs")
    network = {"subnets": place.subnets, "securityGroups": [place.group]}
    started = ecs.run_task(
        cluster="tasks",
        taskDefinition=task.id,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
    )["tasks"][0]["taskArn"]
    for _ in range(10):
        (shown,) = ecs.describe_tasks(cluster="tasks", tasks=[started])["tasks"]
        if shown["lastStatus"] == "STOPPED":
            assert shown["desiredStatus"] == "STOPPED"
            assert shown["stopCode"] == "EssentialContainerExited"
            return int(shown["containers"][0]["exitCode"])
    raise AssertionError("it never stopped")


@pytest.mark.usefixtures("exits")
def test_a_task_ends_badly_on_demand_and_else_well(place: Place) -> None:
    assert ran(place, "tasks-other") == 0
    assert ran(place, "tasks-run") == 1
    assert ran(place, "tasks-run") == 0
