"""Secrets are encrypted and recoverable; what a person provides is never in the program."""

from dataclasses import replace
from typing import Any

import pulumi
import pytest

from components.application_secrets import ApplicationSecrets, ApplicationSecretsArgs
from tests.support.graph import Graph, once, record
from tests.support.tasks import KEY, TAGS, untagged

STORED = "aws:secretsmanager/secret:Secret"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
RANDOM = "random:index/randomPassword:RandomPassword"

SMALL = ApplicationSecretsArgs(
    provided={"PAYMENTS_API_KEY": "issued by the payment service"},
    generated={"SESSION_SIGNING_KEY": "signs the session cookie"},
    rotation="2026-q1",
    kms_key_arn=KEY,
    recovery_days=7,
    tags=TAGS,
)
LARGE = replace(SMALL, recovery_days=30)


@once
def deploy(args: ApplicationSecretsArgs) -> Graph:
    return record(lambda: ApplicationSecrets("secrets", args))


@pytest.mark.parametrize("args", [SMALL, LARGE], ids=["staging", "production"])
def test_every_secret_has_the_key_and_a_recovery_window(args: ApplicationSecretsArgs) -> None:
    secrets = deploy(args).of(STORED)

    assert [secret.name for secret in secrets] == [
        "secrets-payments-api-key",
        "secrets-session-signing-key",
    ]
    for secret in secrets:
        assert secret.inputs["kmsKeyId"] == KEY
        assert secret.inputs["recoveryWindowInDays"] == args.recovery_days
        assert "name" not in secret.inputs


def test_both_sizes_have_the_same_shape() -> None:
    assert deploy(SMALL).shape == deploy(LARGE).shape


def test_a_provided_secret_has_no_value_here() -> None:
    (version,) = deploy(SMALL).of(VERSION)

    assert version.name == "secrets-session-signing-key-version"


def test_a_generated_value_goes_to_its_secret_and_nowhere_else() -> None:
    links = {
        (node.name, field)
        for node in deploy(SMALL).nodes
        for field, urns in node.options["propertyDependencies"].items()
        if any(urn.endswith("::secrets-session-signing-key-value") for urn in urns)
    }

    # The SDK sends this one input as a secret, whatever it is given.
    assert links == {("secrets-session-signing-key-version", "secretString")}


def test_another_rotation_gives_another_value() -> None:
    graph = deploy(SMALL)

    assert graph.one(RANDOM).inputs["keepers"] == {"rotation": "2026-q1"}
    assert graph.one(RANDOM).inputs["length"] == 64


def test_a_container_asks_for_the_version_of_what_is_generated() -> None:
    values: dict[str, str] = {}

    def program() -> None:
        secrets = ApplicationSecrets("secrets", SMALL)
        pulumi.Output.all(**secrets.values_from).apply(values.update)

    record(program)

    assert values["PAYMENTS_API_KEY"].endswith(":secrets-payments-api-key")
    assert ":secrets-session-signing-key:::" in values["SESSION_SIGNING_KEY"]


def test_every_child_is_tagged_and_named_after_the_component() -> None:
    graph = deploy(SMALL)

    assert untagged(graph) == []
    assert all(node.name.startswith("secrets-") for node in graph.under("secrets"))


@pytest.mark.parametrize("days", [0, 6, 31])
def test_a_recovery_window_that_aws_does_not_have_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match=f"between 7 and 30, got {days}"):
        replace(SMALL, recovery_days=days)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"provided": {"payments-key": ""}}, "got 'payments-key'"),
        ({"provided": {"SESSION_SIGNING_KEY": ""}}, "got SESSION_SIGNING_KEY"),
        ({"rotation": ""}, "rotation must name"),
    ],
)
def test_unclear_secrets_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(SMALL, **change)
