"""No secret is readable in state, previews, logs or process arguments."""

import gzip
import json
import subprocess
import tempfile
import time
from pathlib import Path

from sandbox import operator
from sandbox.session import Session
from tests.support.crash import left_behind, processes
from tests.support.project import Project

NOT_PULUMIS = {"aws.state"}
"""moto's own storage: it plays Secrets Manager and must know the values."""


STACKS = ("production", "staging")
COMMANDS = (("preview", "--diff"), ("stack", "export"), ("stack", "output", "--json"))
GENERATED = {"production": 4, "staging": 2}
"""The application's signing key and the database's master user; where data are sanitised, the keys
of the fakes and of the scan's digests too."""


def secret_values(project: Project, session: Session) -> dict[str, list[str]]:
    """Return every value that Secrets Manager holds, by environment."""
    values: dict[str, list[str]] = {stack: [] for stack in STACKS}
    for stack in STACKS:
        client = project.boto3(session, stack, "secretsmanager")
        for secret in client.list_secrets()["SecretList"]:
            try:
                value = client.get_secret_value(SecretId=secret["ARN"])["SecretString"]
            except client.exceptions.ResourceNotFoundException:
                continue  # A secret whose value a person puts in.
            values[stack].append(value)
    return values


def secret_parts(value: str) -> set[str]:
    """Return what of a value is secret: of a JSON object its password, else all of it."""
    try:
        parts = json.loads(value)
    except ValueError:
        return {value}
    return {parts["password"]} if isinstance(parts, dict) else {value}


def told(project: Project, stack: str, *command: str) -> str:
    """Run a command of the engine; return what it prints, and every command line seen meanwhile."""
    seen: set[str] = set()
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            project.command("pulumi", "--", *command, "--stack", stack, "--non-interactive"),
            cwd=project.root,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        while process.poll() is None:
            seen.update(line for _, line in processes(project.root))
            time.sleep(0.02)
        output.seek(0)
        printed = output.read()
    assert process.returncode == 0, printed
    if command[0] == "preview":
        assert any("sandbox.provider" in line for line in seen)
    return "\n".join((*seen, printed))


def readable(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def test_no_secret_is_found_in_anything_pulumi_writes_or_prints(both_up: Project) -> None:
    with both_up.session() as session:
        values = secret_values(both_up, session)
        printed = "".join(
            told(both_up, stack, *command) for stack in STACKS for command in COMMANDS
        )
    assert {stack: len(found) for stack, found in values.items()} == GENERATED
    for stack in STACKS:
        provider = both_up.recorded(stack)["secrets_providers"]
        assert provider["state"]["url"] == operator.SECRETS_PROVIDER
    secrets = {part for found in values.values() for value in found for part in secret_parts(value)}
    assert all(len(secret) >= 64 for secret in secrets)
    assert left_behind(both_up.root) == []
    files = [
        path
        for path in (both_up.root / ".sandbox").rglob("*")
        if path.is_file() and path.name not in NOT_PULUMIS and "engine" not in path.parts
    ]
    assert any("staging" in path.name for path in files)
    assert not any(path.suffix == ".attrs" for path in files)
    assert not any(secret in printed for secret in secrets)
    for path in files:
        text = readable(path)
        assert not any(secret.encode() in text for secret in secrets), path


def test_a_secret_in_an_error_is_not_shown(both_up: Project) -> None:
    """A refused secret is named by its property, never by its value."""
    from sandbox.provider.aws_provider import AwsProvider

    value = "x" * 70000
    urn = "urn:pulumi:s::p::aws:secretsmanager/secretVersion:SecretVersion::v"
    inputs = {"secretId": "a", "secretString": value}
    problems = AwsProvider().check(urn, {}, inputs, b"")[1]
    assert problems
    assert all(value not in reason for _, reason in problems)
    assert both_up.root.exists()
