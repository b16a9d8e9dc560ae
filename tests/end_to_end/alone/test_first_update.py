"""A first update goes in three parts, as the README has it, and a later release migrates first."""

import json
import re
import shlex
from typing import Any

from sandbox import operator
from sandbox.session import Session
from tests.support.project import ROOT, Project
from tests.support.state_key import state_key

SERVICES = {"web-service", "worker-service"}
PLACES = {"registry-images", "secrets-payments-api-key", "secrets-session-signing-key"}


def step(number: int) -> str:
    """Return a step of the README, each command on one line."""
    text = (ROOT / "README.md").read_text()
    return text.partition(f"**{number}. ")[2].partition(f"**{number + 1}. ")[0].replace("\\\n", " ")


def updates_of_step(number: int) -> list[list[str]]:
    """Return the arguments of each `pulumi up` with targets in a step of the README."""
    lines = re.findall(r"^pulumi (up -s staging --.*)$", step(number), re.MULTILINE)
    return [shlex.split(line) for line in lines]


def init_of_step(number: int, key: str) -> list[str]:
    """Return the arguments of the step's `pulumi stack init`, with a key of the sandbox's AWS."""
    (line,) = re.findall(r"^pulumi (stack init staging .*)$", step(number), re.MULTILINE)
    assert "<ARN of the key>?region=eu-west-1" in line
    told = line.replace("<ARN of the key>", key).replace("eu-west-1", operator.REGION)
    return shlex.split(told)


def cloud_resources(project: Project) -> set[str]:
    """Return the names of what is recorded, without components and providers."""
    return {
        resource["urn"].rpartition("::")[2]
        for resource in project.resources("staging")
        if resource["custom"] and not resource["type"].startswith("pulumi:")
    }


def output(project: Project, name: str) -> Any:
    done = project.pulumi("stack", "output", "-s", "staging", name, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def store_provided_secrets(project: Project, session: Session) -> None:
    secrets = project.boto3(session, "staging", "secretsmanager")
    for arn in output(project, "secretArns").values():
        secrets.put_secret_value(SecretId=arn, SecretString="provided by a person")


def test_each_part_finds_what_the_one_before_it_made(project: Project) -> None:
    places, all_but_services = updates_of_step(5)
    with project.session() as session:
        done = project.pulumi(*init_of_step(4, state_key(session.endpoint)["Arn"]))
        assert done.returncode == 0, done.stderr
        copied = (session.project / "Pulumi.staging.yaml").read_text()
        assert len(re.findall(r"^(secretsprovider|encryptedkey): ", copied, re.MULTILINE)) == 2

        done = project.pulumi(*places, "--yes")
        assert done.returncode == 0, done.stdout + done.stderr
        made = cloud_resources(project)
        assert made >= PLACES
        assert not [name for name in made if name.startswith(("network", "database", "web"))]
        assert output(project, "registryUrl")
        store_provided_secrets(project, session)

        done = project.pulumi(*all_but_services, "--yes")
        assert done.returncode == 0, done.stdout + done.stderr
        assert not SERVICES & cloud_resources(project)
        migration = output(project, "migrationRun")
        for ours in ("containerName", "logGroupName"):
            del migration[ours]
        project.boto3(session, "staging", "ecs").run_task(**migration)

        project.ran("up", "staging")
        assert cloud_resources(project) >= SERVICES
        assert project.changes("staging") == {}

        assert_that_a_release_migrates_first(project)


def assert_that_a_release_migrates_first(project: Project) -> None:
    """Release another image: the migration's task has it before any service's."""
    (migrate,) = updates_of_step(6)
    file, release = "Pulumi.staging.yaml", "config/understudy:identity/release/image"
    image = output(project, "releaseImage").partition("@")[0]
    project.edit(file, release, f"{image}@sha256:{'ab' * 32}")

    done = project.pulumi(*migrate, "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert images(project, "migration-task-definition") == {f"{image}@sha256:{'ab' * 32}"}
    assert images(project, "web-task-definition") != images(project, "migration-task-definition")
    assert "migration:2" in output(project, "migrationRun")["taskDefinition"]

    project.ran("up", "staging")
    assert images(project, "web-task-definition") == images(project, "migration-task-definition")


def images(project: Project, name: str) -> set[str]:
    """Return the images of a task definition as recorded."""
    (text,) = (
        resource["inputs"]["containerDefinitions"]
        for resource in project.resources("staging")
        if resource["urn"].endswith(f"::{name}")
    )
    return {container["image"] for container in json.loads(text)}
