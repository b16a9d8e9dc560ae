"""Rules for ECS task definitions and their containers.

Containers are JSON text, which at a preview is not known if anything in it is not. FSBP's ECS.1
has been retired; ECS.4, ECS.17 and ECS.20 have taken its place.
"""

import re
from collections.abc import Callable

from policies.graph import Graph, Resource
from policies.place import Place, every, some
from policies.rule import Severity, rule
from policies.verdict import (
    NOT_APPLICABLE,
    PASS,
    Kind,
    Verdict,
    all_of,
    fail,
    undecided,
    wanting,
    where,
)

TASK = "aws:ecs/taskDefinition:TaskDefinition"
ROLE = "aws:iam/role:Role"
PASSWORD = "random:index/randomPassword:RandomPassword"

IMAGE_BY_DIGEST = re.compile(r"[^\s@]+@sha256:[0-9a-f]{64}")
NAMES_SECRET = re.compile(
    r".*(PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|(API|ACCESS|PRIVATE|SIGNING|ENCRYPTION)_?KEY"
    r"|ACCESS_?KEY_ID|AUTH_DATA)S?",
    re.IGNORECASE | re.DOTALL,
)
ROOT = re.compile(r"(root|0*)(:.*)?", re.DOTALL)
DRIVERS = ("awsfirelens", "awslogs", "splunk")
"""Those that Fargate has; each sends the log away from where the task runs."""


def _containers(task: Resource, check: Callable[[Place], Verdict]) -> Verdict:
    listed = task["containerDefinitions"].document()
    return all_of(listed.given(), every(listed.items(), check))


@rule(
    "ecs-task-own-network",
    TASK,
    severity=Severity.MEDIUM,
    why="On the host's network a task reaches what the host reaches, and shares its addresses.",
    fix="Set networkMode to awsvpc.",
    controls=["FSBP ECS.17"],
)
def own_network(task: Resource, _: Graph) -> Verdict:
    """A task has a network interface of its own, with security groups."""
    return task["networkMode"].or_else("bridge").is_("awsvpc")


@rule(
    "ecs-task-own-namespaces",
    TASK,
    severity=Severity.HIGH,
    why="In the host's namespaces a container sees and signals everything that runs there.",
    fix="Leave pidMode and ipcMode out.",
    controls=["FSBP ECS.3"],
)
def own_namespaces(task: Resource, _: Graph) -> Verdict:
    """A task shares neither processes nor memory with its host."""
    return all_of(
        task["pidMode"]
        .or_else("")
        .satisfies(lambda mode: mode in ("", "task"), "must not be the host's"),
        task["ipcMode"]
        .or_else("")
        .satisfies(lambda mode: mode in ("", "none", "task"), "must not be the host's"),
    )


@rule(
    "ecs-task-parted-roles",
    TASK,
    severity=Severity.MEDIUM,
    why="With one role for both, the application may read every secret that only ECS needs.",
    fix="Give taskRoleArn and executionRoleArn a role each.",
    controls=["CKV_AWS_249"],
)
def parted_roles(task: Resource, graph: Graph) -> Verdict:
    """The application's role is not the one with which ECS starts the task."""
    own, starting = task["taskRoleArn"], task["executionRoleArn"]
    if Kind.PASS in (own.absent().kind, starting.absent().kind):
        return NOT_APPLICABLE
    wanted = "must be another role than executionRoleArn"
    if own.is_known and starting.is_known:
        return own.satisfies(lambda role: role != starting.value, wanted)
    roles = [graph.linked(task, name, ROLE) for name in ("taskRoleArn", "executionRoleArn")]
    if not all(roles):
        return undecided("taskRoleArn", wanted)
    return fail("taskRoleArn", wanted) if _share(*roles) else PASS


def _share(some_roles: list[Resource], others: list[Resource]) -> bool:
    return bool({role.key for role in some_roles} & {role.key for role in others})


@rule(
    "ecs-container-user-not-root",
    TASK,
    severity=Severity.MEDIUM,
    why="Root in a container has the best chances of getting out of it.",
    fix="Set user in the container definition to a number that is not 0.",
    controls=["FSBP ECS.20"],
)
def user_not_root(task: Resource, _: Graph) -> Verdict:
    """No container runs as root; the image's own user is not known, so one is named."""
    return _containers(
        task,
        lambda container: container["user"].satisfies(
            lambda user: isinstance(user, str) and ROOT.fullmatch(user) is None,
            "must be a user that is not root",
        ),
    )


@rule(
    "ecs-container-unprivileged",
    TASK,
    severity=Severity.HIGH,
    why="A privileged container is root on its host.",
    fix="Leave privileged out of the container definition.",
    controls=["FSBP ECS.4"],
)
def unprivileged(task: Resource, _: Graph) -> Verdict:
    """No container has the rights of its host."""
    return _containers(task, lambda container: container["privileged"].or_else(False).is_(False))


@rule(
    "ecs-container-without-capabilities",
    TASK,
    severity=Severity.MEDIUM,
    why="Docker leaves a container fourteen of root's capabilities that applications do not need.",
    fix="Drop ALL in linuxParameters.capabilities of the container definition, and add none.",
)
def without_capabilities(task: Resource, _: Graph) -> Verdict:
    """No container keeps any of root's capabilities."""
    return _containers(task, _drops_all)


def _drops_all(container: Place) -> Verdict:
    capabilities = container["linuxParameters"]["capabilities"]
    drops = capabilities["drop"]
    dropped = some(drops.items(), lambda each: each.is_("ALL"))
    if dropped.kind is Kind.NOT_APPLICABLE:
        dropped = fail(drops.path, "must hold ALL")
    added = capabilities["add"].or_else([]).satisfies(lambda add: add == [], "must be left out")
    return all_of(wanting(dropped, drops.path, "must hold ALL"), added)


@rule(
    "ecs-container-read-only-root",
    TASK,
    severity=Severity.HIGH,
    why="Whoever breaks in could change the application, or bring programs of their own.",
    fix="Set readonlyRootFilesystem in the container definition, and mount a volume to write to.",
    controls=["FSBP ECS.5"],
)
def read_only_root(task: Resource, _: Graph) -> Verdict:
    """No container can write to its own file system."""
    return _containers(
        task, lambda container: container["readonlyRootFilesystem"].or_else(False).is_(True)
    )


@rule(
    "ecs-container-secrets-by-reference",
    TASK,
    severity=Severity.HIGH,
    why="The environment of a container is read by everybody who may look at the task definition.",
    fix="Put the value into Secrets Manager and name it under secrets, not under environment.",
    controls=["FSBP ECS.8"],
)
def secrets_by_reference(task: Resource, graph: Graph) -> Verdict:
    """No secret is in the environment of a container."""
    generated = graph.linked(task, "containerDefinitions", PASSWORD)
    return all_of(
        _containers(task, lambda container: every(container["environment"].items(), _no_secret)),
        every(
            generated,
            lambda password: fail("containerDefinitions", f"must not hold {password.name}"),
        ),
    )


def _no_secret(variable: Place) -> Verdict:
    return variable["name"].satisfies(
        lambda name: isinstance(name, str) and NAMES_SECRET.fullmatch(name) is None,
        "must not be the name of a secret",
    )


@rule(
    "ecs-container-log-kept",
    TASK,
    severity=Severity.HIGH,
    why="What a container says is gone with it.",
    fix="Set logConfiguration in the container definition: awslogs and a log group.",
    controls=["FSBP ECS.9"],
)
def log_kept(task: Resource, _: Graph) -> Verdict:
    """The log of every container goes to where it outlives the container."""
    return _containers(task, _logs)


def _logs(container: Place) -> Verdict:
    log = container["logConfiguration"]
    return all_of(
        log["logDriver"].is_one_of(DRIVERS),
        where(
            log["logDriver"].is_("awslogs"),
            all_of(
                log["options"].satisfies(
                    lambda options: isinstance(options, dict), "must be given"
                ),
                log["options"]["awslogs-group"].given(),
            ),
        ),
    )


@rule(
    "ecs-container-image-by-digest",
    TASK,
    severity=Severity.MEDIUM,
    why="A tag can come to name another image than the one that was tested.",
    fix="Give the image as <repository>@sha256:<digest>.",
)
def image_by_digest(task: Resource, _: Graph) -> Verdict:
    """Every container runs an image that cannot change."""
    return _containers(
        task,
        lambda container: container["image"].satisfies(
            lambda image: isinstance(image, str) and IMAGE_BY_DIGEST.fullmatch(image) is not None,
            "must be given by digest",
        ),
    )
