"""Secrets in plain text are refused by their form, and not repeated."""

import pytest

from tests.settings.workspace import Workspace

# Put together here, so that no scanner takes this file for a leak.
SECRETS = {
    "a user or password in a URL": [
        "https://user:pw@payments.example",
        "postgres://me@db.example/x",
        "see amqps://a:b@mq.example",
    ],
    "an AWS access key": ["AK" + "IAIOSFODNN7EXAMPLE", "x=AS" + "IAIOSFODNN7EXAMPLE;"],
    "a Stripe key": ["sk" + "_live_4eC39H"],
    "a GitHub token": ["gh" + "p_0123456789", "github" + "_pat_0"],
    "a Slack token": ["xo" + "xb-1-2"],
    "a private key or certificate": ["-----BEGIN" + " PRIVATE KEY-----"],
}
CASES = [(what, value) for what, values in SECRETS.items() for value in values]


@pytest.mark.parametrize(("what", "value"), CASES)
def test_secrets_are_refused_wherever_a_text_is_open(
    workspace: Workspace, what: str, value: str
) -> None:
    workspace.put("shape.variables[7].value", value)
    workspace.put("shape.variables[0].about", value)
    workspace.put("shape.repository", value)
    workspace.put("shape.worker.command", ["work", value])
    workspace.put("staging.identity.variables.PAYMENTS_URL", value)
    why = "secrets stand in Secrets Manager; use a variable with secret: provided"

    assert workspace.lines() == [
        f"Pulumi.staging.yaml: identity.variables.PAYMENTS_URL must not hold {what}: {why}",
        f"Pulumi.yaml: shape.repository must not hold {what}: {why}",
        f"Pulumi.yaml: shape.variables[0].about must not hold {what}: {why}",
        f"Pulumi.yaml: shape.variables[7].value must not hold {what}: {why}",
        f"Pulumi.yaml: shape.worker.command[1] must not hold {what}: {why}",
    ]


@pytest.mark.parametrize(
    "value",
    ["https://payments.example/@me", "a@b.example", "sk_test_1", "MAKIA0000000000000000", "x:y@z"],
)
def test_other_texts_are_taken(workspace: Workspace, value: str) -> None:
    workspace.put("shape.variables[7].value", value)

    assert workspace.lines() == []
