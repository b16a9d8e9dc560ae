"""No secret is readable in state, previews, logs or process arguments."""

import gzip
from pathlib import Path

from tests.support.crash import left_behind
from tests.support.project import Project

NOT_PULUMIS = {"aws.state"}
"""moto's own storage: it plays Secrets Manager and must know the values."""


def secret_values(project: Project) -> set[str]:
    """Return every value that Secrets Manager holds in either account."""
    values = set()
    with project.session() as session:
        for stack in ("production", "staging"):
            client = project.boto3(session, stack, "secretsmanager")
            for secret in client.list_secrets()["SecretList"]:
                try:
                    value = client.get_secret_value(SecretId=secret["ARN"])["SecretString"]
                except client.exceptions.ResourceNotFoundException:
                    continue  # A secret whose value a person puts in.
                values.add(value)
    return values


def readable(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def test_no_secret_is_found_in_anything_pulumi_writes_or_prints(both_up: Project) -> None:
    secrets = {value for value in secret_values(both_up) if len(value) >= 16}
    assert len(secrets) >= 2, "one generated secret an environment at least"
    printed = "".join(
        both_up.pulumi(*command, "--stack", stack).stdout
        for stack in ("production", "staging")
        for command in (("preview", "--diff"), ("stack", "export"), ("stack", "output", "--json"))
    )
    assert left_behind(both_up.root) == []
    files = [
        path
        for path in (both_up.root / ".sandbox").rglob("*")
        if path.is_file() and path.name not in NOT_PULUMIS and "engine" not in path.parts
    ]
    assert any("staging" in path.name for path in files)
    for secret in secrets:
        assert secret not in printed
        assert not [str(path) for path in files if secret.encode() in readable(path)]


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
