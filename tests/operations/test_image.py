"""The image of operations fits how its tasks are run, as far as its file says.

It is built nowhere here: that needs a registry.
"""

import json
from pathlib import Path

import pytest

from blueprint.operations import TLS
from components.task import USER
from tests.blueprint.environments import environment, settings_of

ROOT = Path(__file__).parents[2]
LINES = [
    line
    for line in (ROOT / "operations" / "Dockerfile").read_text().splitlines()
    if line and not line.startswith("#")
]


def at(start: str) -> int:
    (found,) = (n for n, line in enumerate(LINES) if line.startswith(start))
    return found


def test_it_runs_as_the_user_of_the_task_who_owns_what_can_be_written() -> None:
    assert LINES[at("USER ")] == f"USER {USER}"
    assert LINES[at("RUN chown ")] == f"RUN chown {USER} /tmp"
    assert at("RUN chown ") < at("VOLUME /tmp")


def test_it_has_the_certificates_that_libpq_is_told_of() -> None:
    assert LINES[at("ADD ")].endswith(f" {TLS['PGSSLROOTCERT']}")


@pytest.mark.slow
def test_the_tasks_name_modules_for_its_entrypoint() -> None:
    assert LINES[at("ENTRYPOINT ")] == 'ENTRYPOINT ["python", "-m"]'
    commands = [
        line["command"]
        for node in environment("production").of("aws:ecs/taskDefinition:TaskDefinition")
        for line in json.loads(node.inputs["containerDefinitions"])
        if line["image"] == settings_of("production").identity.operations.image
    ]

    assert sorted(commands) == [
        ["operations.backup.validate_restore"],
        *(["operations.refresh", task] for task in ("prepare", "sanitise", "scan")),
    ]


def test_it_holds_every_package_that_operations_import() -> None:
    copied = {line.split()[1].rstrip("/") for line in LINES if line.startswith("COPY ")}

    assert {"operations", "policies", "settings", "sandbox"} <= copied
