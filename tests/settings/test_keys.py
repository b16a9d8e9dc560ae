"""Keys that are missing, unknown, misspelt or in the wrong place are refused by name."""

import pytest

from tests.settings.workspace import GONE, Workspace, refusal_of

REFUSED = [
    (
        "staging.scale.database.backupDay",
        7,
        "is not read by anything; did you mean backupDays?",
    ),
    (
        "staging.identity.backupDays",
        7,
        "is not read here; backupDays belongs in scale.database.backupDays of the stack file",
    ),
    (
        "staging.scale.database.min",
        7,
        "is not read here; min belongs in scale.web.min of the stack file or "
        "scale.worker.min of the stack file",
    ),
    (
        "staging.scale.databse",
        {},
        "is not read by anything; did you mean database?",
    ),
    (
        "staging.scale.zzz",
        1,
        "is not read by anything; keys here: backup, database, jobs, network, "
        "offHours, protection, web, worker",
    ),
    (
        "staging.scale.network",
        5,
        "must be a mapping of keys, got 5",
    ),
    (
        "staging./understudy:shape/",
        {},
        "is refused: the shape stands in Pulumi.yaml alone, and a stack's own value "
        "would replace all of it",
    ),
    (
        "staging./understudy:scael/",
        {},
        "is not read by anything; did you mean understudy:scale?",
    ),
    (
        "staging./aws:region/",
        "eu-west-1",
        "is not read by anything; the region belongs in identity.region",
    ),
    (
        "staging./pulumi:disable-default-providers/",
        [],
        "is refused: it is set in Pulumi.yaml for every stack",
    ),
    (
        "staging./understudy:identity/",
        GONE,
        "is missing",
    ),
    (
        "staging.identity.variables.PAYMENTS_URL",
        {"secure": "v1:abc"},
        "must not be a Pulumi secret: secrets stand in Secrets Manager; list the "
        "variable in shape.variables with secret: provided",
    ),
    (
        "staging.identity.variables",
        GONE,
        "is missing",
    ),
    (
        "staging.identity.variables.PAYMENTS_URL",
        GONE,
        "is missing; shape.variables asks for it",
    ),
    (
        "shape.variables[0].perEnviroment",
        True,
        "is not read by anything; did you mean perEnvironment?",
    ),
    (
        "shape.storageGib",
        30,
        "is not read here; storageGib belongs in scale.database.storageGib of the stack file",
    ),
    (
        "project.name",
        "mirror",
        "must be understudy, the prefix of the stack files' keys, got 'mirror'",
    ),
    (
        "project.config./pulumi:disable-default-providers/",
        GONE,
        "must be {value: [aws]}, so that no resource slips into the caller's own account",
    ),
    (
        "project.config.shape.default",
        GONE,
        "is missing: it holds the shape",
    ),
    (
        "project.config.shape.network",
        {},
        "is not read by anything; the shape's keys stand under config.shape.default",
    ),
    (
        "project.nane",
        "x",
        "is not read by anything; did you mean name?",
    ),
    (
        "project.config.colour",
        1,
        "is not read by anything",
    ),
    (
        "project.config",
        GONE,
        "is missing",
    ),
    (
        "project.requiredPulumiVersion",
        GONE,
        "is missing",
    ),
]


@pytest.mark.parametrize(("key", "value", "message"), REFUSED)
def test_refused(workspace: Workspace, key: str, value: object, message: str) -> None:
    workspace.put(key, value)

    assert workspace.lines() == [refusal_of(key, message)]
