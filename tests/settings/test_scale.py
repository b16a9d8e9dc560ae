"""Scale: each refused size, and the line that refuses it."""

from typing import Any

import pytest

from settings.catalogue import DatabaseClass
from tests.settings.workspace import Workspace, refusal_of

REFUSED = [
    (
        "staging.scale.budget.monthlyUsd",
        0,
        "must be between 1 and 10000000 US dollars, got 0",
    ),
    (
        "staging.scale.budget.monthlyUsd",
        3001,
        "must not be more than production's 3000, got 3001",
    ),
    (
        "staging.scale.database.backupDays",
        0,
        "must be between 1 and 35, got 0",
    ),
    (
        "staging.scale.database.multiAz",
        "yes",
        "must be true or false, got 'yes'",
    ),
    (
        "staging.scale.database.storageGib",
        "50",
        "must be a whole number, got '50'",
    ),
    (
        "staging.scale.database.instanceClass",
        "db.t4g.medum",
        "must be an RDS instance class for PostgreSQL, got 'db.t4g.medum'; did you "
        "mean db.t4g.medium or db.t3.medium or db.t4g.small?",
    ),
    (
        "staging.scale.database.instanceClass",
        "db.r7g.2xlarge",
        "must not be more than production's db.r7g.xlarge (4 vCPU, 32 GiB), got "
        "db.r7g.2xlarge (8 vCPU, 64 GiB)",
    ),
    (
        "staging.scale.web.memoryMib",
        8192,
        "must be one of 1024, 2048, 3072, 4096 with 512 CPU units on Fargate, got 8192",
    ),
    (
        "staging.scale.web.cpu",
        300,
        "must be one of 256, 512, 1024, 2048, 4096, 8192, 16384 CPU units on Fargate, got 300",
    ),
    (
        "staging.scale.network.natGateways",
        2,
        "must be 1 or the number of zones, 3, got 2",
    ),
    (
        "production.scale.network.endpointZones",
        4,
        "must be at most the number of zones, 3, got 4",
    ),
    (
        "staging.scale.network.endpointZones",
        0,
        "must be between 1 and 4, got 0",
    ),
    (
        "staging.scale.network.natGateways",
        0,
        "must be between 1 and 4, got 0",
    ),
    (
        "staging.scale.web.max",
        13,
        "must not be more than production's 12, got 13",
    ),
    (
        "staging.scale.database.maxStorageGib",
        54,
        "must be at least a tenth more than storageGib (50), got 54",
    ),
    (
        "staging.scale.database.monitoringSeconds",
        15,
        "must not be less than production's 60, got 15: more seconds between readings "
        "are fewer readings",
    ),
    (
        "staging.scale.database.monitoringSeconds",
        7,
        "must be one of 1, 5, 10, 15, 30, 60, got 7",
    ),
    (
        "staging.scale.backup.weeklyDays",
        35,
        "must be above dailyDays (35), got 35",
    ),
    (
        "staging.scale.backup.monthlyDays",
        42,
        "must be above weeklyDays (42), got 42",
    ),
    (
        "staging.scale.offHours.webMin",
        2,
        "must not be above web.min (1), got 2",
    ),
    (
        "staging.scale.offHours.pausedUntil",
        "soon",
        "must be \"\" or a day like 2031-05-01, got 'soon'",
    ),
]

TOGETHER: list[tuple[dict[str, Any], list[str]]] = [
    (
        {"staging.scale.web.min": 3},
        [
            "Pulumi.staging.yaml: scale.web.max must not be below min (3), got 2",
        ],
    ),
    (
        {"staging.scale.database.multiAz": True, "production.scale.database.multiAz": False},
        [
            (
                "Pulumi.staging.yaml: scale.database.multiAz must not be more than "
                "production's false, got true"
            ),
        ],
    ),
    (
        {"staging.scale.web.spotPercent": 50, "production.scale.web.spotPercent": 80},
        [
            (
                "Pulumi.staging.yaml: scale.web.spotPercent must not be less than "
                "production's 80, got 50: Spot is cheaper and less sure: staging meets "
                "its interruptions first"
            ),
        ],
    ),
    (
        {"staging.scale.offHours.keepRunning": ["cron"]},
        [
            (
                "Pulumi.staging.yaml: scale.offHours.keepRunning[0] must be one of "
                "web, worker, got 'cron'"
            ),
        ],
    ),
    (
        {"staging.scale.protection.deletion": True, "production.scale.protection.deletion": False},
        [
            (
                "Pulumi.staging.yaml: scale.protection.deletion must not be more than "
                "production's false, got true"
            ),
        ],
    ),
]


@pytest.mark.parametrize(("key", "value", "message"), REFUSED)
def test_refused(workspace: Workspace, key: str, value: object, message: str) -> None:
    workspace.put(key, value)

    assert workspace.lines() == [refusal_of(key, message)]


@pytest.mark.parametrize(("changes", "lines"), TOGETHER, ids=lambda each: "-".join(each)[:60])
def test_refused_together(workspace: Workspace, changes: dict[str, Any], lines: list[str]) -> None:
    for key, value in changes.items():
        workspace.put(key, value)

    assert workspace.lines() == lines


def test_a_class_that_is_not_offered_for_the_engine_is_refused(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = DatabaseClass("db.t4g.medium", 2, 4, ("14", "15"))
    monkeypatch.setattr("settings.agreement.database_class", lambda _: old)

    assert (
        "Pulumi.staging.yaml: scale.database.instanceClass must be offered for PostgreSQL 16, "
        "got 'db.t4g.medium' (offered for 14, 15)"
    ) in workspace.lines()
