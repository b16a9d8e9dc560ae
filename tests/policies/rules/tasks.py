"""Trials of the rules for tasks."""

import json

from policies.graph import Resource
from policies.rules import tasks as rules
from policies.verdict import Kind
from tests.policies.rules.trials import (
    Change,
    Trial,
    added,
    all_changes,
    linked,
    put,
    unknown,
    without,
)

DIGEST = f"sha256:{64 * '0'}"
LATER = "${aws:rds/instance:Instance::database.address}"
OWN = Resource(rules.ROLE, "own")
STARTING = Resource(rules.ROLE, "starting")
PASSWORD = Resource(rules.PASSWORD, "password")

CONTAINER: dict[str, object] = {
    "name": "application",
    "image": f"222222222222.dkr.ecr.eu-west-1.amazonaws.com/storefront@{DIGEST}",
    "user": "10001:10001",
    "readonlyRootFilesystem": True,
    "linuxParameters": {"capabilities": {"drop": ["ALL"]}},
    "environment": [{"name": "DATABASE_HOST", "value": LATER}],
    "secrets": [{"name": "DATABASE_PASSWORD", "valueFrom": LATER}],
    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/storefront/web"}},
}


def containers(*changes: dict[str, object]) -> Change:
    """Let there be one container for each, with other values than it should have."""
    return put("containerDefinitions", json.dumps([{**CONTAINER, **each} for each in changes]))


def capabilities(value: object) -> Change:
    """Let the container have other capabilities."""
    return containers({"linuxParameters": {"capabilities": value}})


def environment(*variables: object) -> Change:
    """Let the container have these variables."""
    return containers({"environment": variables})


TASK = Resource(
    rules.TASK,
    "task",
    properties={
        "networkMode": "awsvpc",
        "containerDefinitions": json.dumps([CONTAINER]),
        "taskRoleArn": "${own}",
        "executionRoleArn": "${starting}",
    },
    links={"taskRoleArn": (OWN.key,), "executionRoleArn": (STARTING.key,)},
)
NOT_CONTAINERS = [
    put("containerDefinitions", "no list"),
    put("containerDefinitions", "[]"),
    put("containerDefinitions", ""),
]
ROLES_UNKNOWN = all_changes(unknown("taskRoleArn"), unknown("executionRoleArn"))

TRIALS = [
    Trial(
        rules.own_network,
        good=[TASK],
        wrong=[put("networkMode", "host"), put("networkMode", "bridge")],
        absent=(without("networkMode"), Kind.FAIL),
        unknown=(unknown("networkMode"), Kind.UNKNOWN),
    ),
    Trial(
        rules.own_namespaces,
        good=[TASK],
        wrong=[
            put("pidMode", "host"),
            put("ipcMode", "host"),
            all_changes(unknown("pidMode"), put("ipcMode", "host")),
        ],
        absent=(all_changes(put("pidMode", None), put("ipcMode", None)), Kind.PASS),
        unknown=(unknown("pidMode"), Kind.UNKNOWN),
        nested=[
            (all_changes(put("pidMode", ""), put("ipcMode", "")), Kind.PASS),
            (all_changes(put("pidMode", "task"), put("ipcMode", "none")), Kind.PASS),
            (put("ipcMode", "task"), Kind.PASS),
            (unknown("ipcMode"), Kind.UNKNOWN),
            (put("pidMode", ["host"]), Kind.FAIL),
        ],
    ),
    Trial(
        rules.parted_roles,
        good=[TASK, OWN, STARTING],
        wrong=[
            put("executionRoleArn", "${own}"),
            all_changes(ROLES_UNKNOWN, linked({"executionRoleArn": [OWN.key]})),
            all_changes(unknown("executionRoleArn"), linked({"executionRoleArn": [OWN.key]})),
            all_changes(ROLES_UNKNOWN, linked({"executionRoleArn": [STARTING.key, OWN.key]})),
        ],
        absent=(all_changes(ROLES_UNKNOWN, linked({"taskRoleArn": []})), Kind.UNKNOWN),
        unknown=(all_changes(unknown("taskRoleArn"), linked({"taskRoleArn": []})), Kind.UNKNOWN),
        nested=[
            # As at a preview: neither is known, but what each comes from is.
            (ROLES_UNKNOWN, Kind.PASS),
            (unknown("executionRoleArn"), Kind.PASS),
            (linked({"taskRoleArn": [], "executionRoleArn": []}), Kind.PASS),
            (
                all_changes(ROLES_UNKNOWN, linked({"taskRoleArn": [("aws:a/b:C", "waited for")]})),
                Kind.UNKNOWN,
            ),
        ],
        other=[without("taskRoleArn"), without("executionRoleArn"), put("taskRoleArn", "")],
    ),
    Trial(
        rules.user_not_root,
        good=[TASK],
        wrong=[
            *NOT_CONTAINERS,
            *(containers({"user": user}) for user in ("", "root", "0", "00:1", "root:root", 0)),
            containers({}, {"user": "root"}),
            containers({"user": LATER}, {"user": "root"}),
        ],
        absent=(containers({"user": None}), Kind.FAIL),
        unknown=(unknown("containerDefinitions"), Kind.UNKNOWN),
        nested=[
            (containers({"user": LATER}), Kind.UNKNOWN),
            (containers({"user": "10001"}, {"user": "rooty"}), Kind.PASS),
        ],
    ),
    Trial(
        rules.unprivileged,
        good=[TASK],
        wrong=[
            *NOT_CONTAINERS,
            containers({"privileged": True}),
            containers({"privileged": LATER}, {"privileged": True}),
        ],
        absent=(containers({"privileged": None}), Kind.PASS),
        unknown=(unknown("containerDefinitions"), Kind.UNKNOWN),
        nested=[
            (containers({"privileged": False}, {}), Kind.PASS),
            (containers({"privileged": LATER}), Kind.UNKNOWN),
        ],
    ),
    Trial(
        rules.without_capabilities,
        good=[TASK],
        wrong=[
            *NOT_CONTAINERS,
            capabilities({"drop": []}),
            capabilities({"drop": ["NET_RAW"]}),
            capabilities({"drop": ["ALL"], "add": ["SYS_PTRACE"]}),
            capabilities({"drop": ["ALL"], "add": [LATER]}),
            containers({}, {"linuxParameters": None}),
        ],
        absent=(capabilities(None), Kind.FAIL),
        unknown=(unknown("containerDefinitions"), Kind.UNKNOWN),
        nested=[
            (capabilities({"drop": ["NET_RAW", "ALL"], "add": []}), Kind.PASS),
            (capabilities({"drop": [LATER, "ALL"]}), Kind.PASS),
            (capabilities({"drop": [LATER]}), Kind.UNKNOWN),
            (capabilities({"drop": LATER, "add": ["SYS_PTRACE"]}), Kind.FAIL),
            (capabilities({"drop": ["ALL"], "add": LATER}), Kind.UNKNOWN),
        ],
    ),
    Trial(
        rules.read_only_root,
        good=[TASK],
        wrong=[
            *NOT_CONTAINERS,
            containers({"readonlyRootFilesystem": False}),
            containers({"readonlyRootFilesystem": "true"}),
            containers({}, {"readonlyRootFilesystem": False}),
            containers({"readonlyRootFilesystem": LATER}, {"readonlyRootFilesystem": False}),
        ],
        absent=(containers({"readonlyRootFilesystem": None}), Kind.FAIL),
        unknown=(unknown("containerDefinitions"), Kind.UNKNOWN),
        nested=[(containers({"readonlyRootFilesystem": LATER}), Kind.UNKNOWN)],
    ),
    Trial(
        rules.secrets_by_reference,
        good=[TASK],
        wrong=[
            *NOT_CONTAINERS,
            *(
                environment({"name": name, "value": LATER})
                for name in (
                    "AWS_ACCESS_KEY_ID",
                    "AWS_SECRET_ACCESS_KEY",
                    "ECS_ENGINE_AUTH_DATA",
                    "PGPASSWORD",
                    "SESSION_SIGNING_KEY",
                    "payments_api_key",
                    "REFRESH_TOKENS",
                )
            ),
            environment({"name": LATER}, {"name": "DATABASE_PASSWORD"}),
            environment({"value": "without a name"}),
            containers({}, {"environment": [{"name": "TOKEN"}]}),
            all_changes(added(PASSWORD), linked({"containerDefinitions": [PASSWORD.key]})),
            all_changes(
                added(PASSWORD),
                linked({"containerDefinitions": [PASSWORD.key]}),
                unknown("containerDefinitions"),
            ),
        ],
        absent=(containers({"environment": None}), Kind.PASS),
        unknown=(unknown("containerDefinitions"), Kind.UNKNOWN),
        nested=[
            (environment({"name": "TOKEN_SECONDS"}, {"name": "SECRET_ARN"}), Kind.PASS),
            (environment({"name": LATER}), Kind.UNKNOWN),
            (containers({"environment": LATER}), Kind.UNKNOWN),
            (all_changes(added(PASSWORD), linked({"taskRoleArn": [PASSWORD.key]})), Kind.PASS),
        ],
    ),
    Trial(
        rules.log_kept,
        good=[TASK],
        wrong=[
            *NOT_CONTAINERS,
            containers({"logConfiguration": {"logDriver": "json-file"}}),
            containers({"logConfiguration": {"logDriver": "awslogs", "options": {}}}),
            containers({}, {"logConfiguration": None}),
            containers({"logConfiguration": LATER}, {"logConfiguration": {}}),
        ],
        absent=(containers({"logConfiguration": None}), Kind.FAIL),
        unknown=(unknown("containerDefinitions"), Kind.UNKNOWN),
        nested=[
            (containers({"logConfiguration": {"logDriver": "awsfirelens"}}), Kind.PASS),
            (containers({"logConfiguration": {"logDriver": "splunk"}}), Kind.PASS),
            (containers({"logConfiguration": {"logDriver": LATER}}), Kind.UNKNOWN),
            (
                containers({"logConfiguration": {"logDriver": "awslogs", "options": LATER}}),
                Kind.UNKNOWN,
            ),
            (
                containers(
                    {
                        "logConfiguration": {
                            "logDriver": "awslogs",
                            "options": {"awslogs-group": LATER},
                        }
                    }
                ),
                Kind.PASS,
            ),
        ],
    ),
    Trial(
        rules.image_by_digest,
        good=[TASK],
        wrong=[
            *NOT_CONTAINERS,
            containers({"image": "storefront:latest"}),
            containers({"image": "storefront"}),
            containers({"image": f"@{DIGEST}"}),
            containers({"image": f"storefront@{DIGEST}0"}),
            containers({"image": LATER}, {"image": "storefront:1"}),
        ],
        absent=(containers({"image": None}), Kind.FAIL),
        unknown=(unknown("containerDefinitions"), Kind.UNKNOWN),
        nested=[
            (containers({"image": LATER}), Kind.UNKNOWN),
            (containers({"image": f"storefront:1@{DIGEST}"}), Kind.PASS),
        ],
    ),
]
