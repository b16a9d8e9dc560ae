"""The worker is deployed like the web service and reachable by nothing."""

from dataclasses import replace

import pytest

from components.worker import Worker, WorkerArgs
from tests.support.graph import Graph, once, record
from tests.support.tasks import (
    LARGE_SERVICE,
    LARGE_TASK,
    SMALL_SERVICE,
    SMALL_TASK,
    TAGS,
    container,
    untagged,
)

SERVICE = "aws:ecs/service:Service"

SMALL = WorkerArgs(task=replace(SMALL_TASK, port=None), service=SMALL_SERVICE, tags=TAGS)
LARGE = replace(SMALL, task=replace(LARGE_TASK, port=None), service=LARGE_SERVICE)
SIZES = pytest.mark.parametrize("args", [SMALL, LARGE], ids=["staging", "production"])


@once
def deploy(args: WorkerArgs) -> Graph:
    return record(lambda: Worker("worker", args))


@SIZES
def test_nothing_calls_the_worker(args: WorkerArgs) -> None:
    graph = deploy(args)
    inputs = graph.one(SERVICE).inputs

    assert {"loadBalancers", "healthCheckGracePeriodSeconds"}.isdisjoint(inputs)
    assert "portMappings" not in container(graph)
    assert inputs["networkConfiguration"]["assignPublicIp"] is False


@SIZES
def test_worker_is_rolled_back_like_the_web_service(args: WorkerArgs) -> None:
    inputs = deploy(args).one(SERVICE).inputs

    assert inputs["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert inputs["alarms"]["rollback"] is True
    assert inputs["waitForSteadyState"] is True


def test_both_sizes_have_the_same_shape() -> None:
    assert deploy(SMALL).shape == deploy(LARGE).shape


def test_every_child_is_tagged() -> None:
    assert untagged(deploy(SMALL)) == []


def test_a_worker_that_listens_is_refused() -> None:
    with pytest.raises(ValueError, match="must be None for a worker, got 8080"):
        replace(SMALL, task=SMALL_TASK)


def test_a_worker_that_nobody_checks_is_refused() -> None:
    with pytest.raises(ValueError, match=r"task\.check must say"):
        replace(SMALL, task=replace(SMALL_TASK, port=None, check=None))
