"""What AWS shows is what is judged: through boto3, on moto, with one thing wrong at a time."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from operations.delivery.look import Look
from operations.delivery.verdict import Line
from tests.operations.delivery.stack import Stack

pytestmark = pytest.mark.moto


def verified(stack: Stack) -> tuple[int, dict[str, str]]:
    code, out, err = stack.said("verify", "staging", "--minutes", "0", "--json")
    assert out, err
    told = json.loads(out)
    assert told["passed"] == (code == 0)
    return code, {each["what"]: each["verdict"] for each in told["lines"]}


def test_a_stack_as_it_was_brought_up_passes(stack: Stack) -> None:
    code, lines = verified(stack)
    assert (code, set(lines.values())) == (0, {"pass"})
    assert len(lines) == 9
    code, out, _ = stack.said("verify", "staging", "--minutes", "0")
    assert code == 0
    assert out.splitlines()[0].split() == ["verdict", "what", "found"]


def alarm(stack: Stack) -> None:
    name = stack.read("outputs.json")["healthAlarmName"]
    stack.cloud.boto3("cloudwatch").set_alarm_state(
        AlarmName=name, StateValue="ALARM", StateReason="down"
    )


def no_alarm(stack: Stack) -> None:
    (name,) = stack.read("outputs.json")["deploymentAlarmNames"]
    stack.cloud.boto3("cloudwatch").delete_alarms(AlarmNames=[name])


def scaled_to_nothing(stack: Stack) -> None:
    outputs = stack.read("outputs.json")
    stack.cloud.boto3("ecs").update_service(
        cluster=stack.cluster, service=outputs["workerServiceName"], desiredCount=0
    )


def other_image(stack: Stack) -> None:
    outputs = stack.read("outputs.json")
    stack.write("outputs.json", {**outputs, "releaseImage": stack.images[1]})


def taken_back(stack: Stack) -> None:
    outputs = stack.read("outputs.json")
    newer = f"{outputs['webTaskDefinition'].rpartition(':')[0]}:999"
    stack.write("outputs.json", {**outputs, "webTaskDefinition": newer})


def gone(stack: Stack) -> None:
    outputs = stack.read("outputs.json")
    stack.cloud.boto3("ecs").delete_service(
        cluster=stack.cluster, service=outputs["webServiceName"], force=True
    )


@pytest.mark.parametrize(
    ("wrong", "failing"),
    [
        (alarm, {"alarm: health": "fail"}),
        (no_alarm, {"alarm: errors": "unknown"}),
        (scaled_to_nothing, {"worker: tasks": "fail", "worker: images": "unknown"}),
        (other_image, {"web: images": "fail", "worker: images": "fail"}),
        (taken_back, {"web: deployment": "fail"}),
        (gone, {"web: deployment": "unknown", "load balancer: targets": "fail"}),
    ],
)
def test_each_thing_that_is_wrong_fails_alone(
    stack: Stack, wrong: Callable[[Stack], None], failing: dict[str, str]
) -> None:
    wrong(stack)
    code, lines = verified(stack)
    bad = {what: verdict for what, verdict in lines.items() if verdict != "pass"}
    # The names of a test's alarms begin with its mark.
    shown = {f"alarm: {what[-6:]}" if "alarm" in what else what: bad[what] for what in bad}
    assert (code, shown) == (1, failing)


def test_off_hours_allow_no_task(stack: Stack) -> None:
    outputs = stack.read("outputs.json")
    scaling = stack.cloud.boto3("application-autoscaling")
    for name in ("web", "worker"):
        service = outputs[f"{name}ServiceName"]
        scaling.register_scalable_target(
            ServiceNamespace="ecs",
            ResourceId=f"service/{stack.cluster}/{service}",
            ScalableDimension="ecs:service:DesiredCount",
            MinCapacity=0,
            MaxCapacity=0,
        )
        stack.cloud.boto3("ecs").update_service(
            cluster=stack.cluster, service=service, desiredCount=0
        )
    code, lines = verified(stack)
    assert (code, set(lines.values())) == (0, {"pass"})


def test_it_waits_for_what_may_still_settle(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    alarm(stack)
    name = stack.read("outputs.json")["healthAlarmName"]
    looks: list[int] = []
    real = Look.lines

    def looking(self: Look) -> list[Line]:
        looks.append(1)
        if len(looks) == 3:
            stack.cloud.boto3("cloudwatch").set_alarm_state(
                AlarmName=name, StateValue="OK", StateReason="up"
            )
        return real(self)

    monkeypatch.setattr(Look, "lines", looking)
    monkeypatch.setattr("operations.delivery.look.POLL_SECONDS", 0.01)
    code, _, err = stack.said("verify", "staging", "--minutes", "5")
    assert (code, len(looks)) == (0, 3)
    assert err.count("waits: ") == 1
    # What can't pass any more is not waited for.
    taken_back(stack)
    assert stack.said("verify", "staging", "--minutes", "5")[0] == 1
    assert len(looks) == 4


@pytest.mark.parametrize(
    ("container", "word"),
    [
        ({"image": "{image}", "imageDigest": "{digest}"}, "pass"),
        ({"image": "{image}"}, "pass"),
        ({"image": "shop:latest", "imageDigest": "{digest}"}, "pass"),
        ({"image": "{image}", "imageDigest": "{listed}"}, "pass"),
        ({"image": "{image}", "imageDigest": "sha256:elsewhere"}, "fail"),
        ({"image": "shop:latest", "imageDigest": "sha256:elsewhere"}, "fail"),
        ({"image": "shop:latest"}, "fail"),
        ({}, "fail"),
    ],
)
def test_an_image_is_the_release_by_its_digest_or_its_list_of_manifests(
    stack: Stack, container: dict[str, str], word: str
) -> None:
    listed = f"sha256:{'c' * 64}"
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [{"digest": listed}],
    }
    made = stack.cloud.boto3("ecr").put_image(
        repositoryName="storefront",
        imageManifest=json.dumps(manifest),
        imageTag=stack.cluster,
    )
    digest = made["image"]["imageId"]["imageDigest"]
    look = Look(stack.place(), digest)
    words = {"image": f"x/storefront@{digest}", "digest": digest, "listed": listed}
    given = {name: value.format(**words) for name, value in container.items()}
    assert look._is_release(given) == word  # noqa: SLF001  (what it makes of a container)


def test_an_image_that_the_registry_no_longer_has_is_unknown(stack: Stack) -> None:
    digest = f"sha256:{'9' * 64}"
    container: dict[str, Any] = {"image": f"x@{digest}", "imageDigest": f"sha256:{'8' * 64}"}
    assert Look(stack.place(), digest)._is_release(container) == "unknown"  # noqa: SLF001  (as above)


def test_a_stack_without_services_is_refused(stack: Stack) -> None:
    outputs = stack.read("outputs.json")
    del outputs["webTaskDefinition"], outputs["clusterName"]
    stack.write("outputs.json", outputs)
    code, _, err = stack.said("verify", "staging")
    assert code == 2
    assert err == (
        "staging: the stack has no output clusterName, webTaskDefinition: bring it up first\n"
    )
