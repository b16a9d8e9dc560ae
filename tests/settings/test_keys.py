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
        "is not read by anything; keys here: backup, budget, database, jobs, network, "
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
    *(
        (
            "project.requiredPulumiVersion",
            version,
            f"must be >=3.230.0 or a later one, got {version!r}",
        )
        for version in (
            ">=3.200.0",
            "3.230.0",
            ">=3.230",
            "",
            ">= 3.230.0",
            ">=3.230.0 <4",
            3,
            True,
        )
    ),
    *(
        (
            "project.runtime",
            runtime,
            "must be {name: python, options: {toolchain: pip, virtualenv: .venv}} with pip, "
            f"poetry or uv, got {runtime!r}",
        )
        for runtime in (
            "python",
            {"name": "nodejs", "options": {"toolchain": "pip", "virtualenv": ".venv"}},
            {"name": "python", "options": {"toolchain": "conda", "virtualenv": ".venv"}},
            {"name": "python", "options": {"toolchain": "pip", "virtualenv": ""}},
            {"name": "python", "options": {"toolchian": "pip", "virtualenv": ".venv"}},
            {"name": "python"},
        )
    ),
]


SNAKE = [
    ("staging.scale.database", "backup_days", "backupDays"),
    ("staging.scale.database", "multi_az", "multiAz"),
    ("staging.identity.dns", "parent_zone_id", "parentZoneId"),
    ("shape.database", "engine_version", "engineVersion"),
    ("shape.webFirewall", "requests_per_5_minutes", "requestsPer5Minutes"),
    ("shape.variables[8]", "per_environment", "perEnvironment"),
]


@pytest.mark.parametrize(("parent", "snake", "camel"), SNAKE)
def test_a_key_is_spelled_in_one_way_alone(
    workspace: Workspace, parent: str, snake: str, camel: str
) -> None:
    workspace.put(f"{parent}.{snake}", 1)

    assert workspace.lines() == [
        refusal_of(f"{parent}.{snake}", f"is not read by anything; did you mean {camel}?")
    ]


def test_a_variable_is_filled_by_from_alone(workspace: Workspace) -> None:
    workspace.put("shape.variables[0].source", "environment.name")

    assert workspace.lines() == [
        "Pulumi.yaml: shape.variables[0].source is not read by anything; "
        "keys here: about, from, name, perEnvironment, secret, value"
    ]


@pytest.mark.parametrize(("key", "value", "message"), REFUSED)
def test_refused(workspace: Workspace, key: str, value: object, message: str) -> None:
    workspace.put(key, value)

    assert workspace.lines() == [refusal_of(key, message)]


def test_an_esc_environment_is_refused(workspace: Workspace) -> None:
    workspace.top("Pulumi.staging.yaml", "environment", ["secrets"])

    assert workspace.lines() == [
        "Pulumi.staging.yaml: environment is refused: an ESC environment would change the settings "
        "after they were checked"
    ]


def test_a_misspelt_key_of_the_engine_is_refused(workspace: Workspace) -> None:
    workspace.top("Pulumi.staging.yaml", "encryptionSalt", "v1:x")

    assert workspace.lines() == [
        "Pulumi.staging.yaml: encryptionSalt is not read by anything; did you mean encryptionsalt?"
    ]


@pytest.mark.parametrize("section", ["identity", "scale"])
def test_a_default_for_what_each_stack_must_say_is_refused(
    workspace: Workspace, section: str
) -> None:
    workspace.put(f"project.config.{section}", {"type": "object", "default": {}})

    assert workspace.lines() == [
        f"Pulumi.yaml: config.{section} must be {{type: object}}: each stack file has its own"
    ]


def test_stack_files_are_compared_even_where_the_shape_is_broken(workspace: Workspace) -> None:
    workspace.put("shape.web.port", 80)
    workspace.put("staging.identity.variables.PAYMENTS_URL", GONE)
    workspace.put("production.identity.variables.EXTRA", "x")

    assert workspace.lines() == [
        "Pulumi.staging.yaml: identity.variables.EXTRA is missing; Pulumi.production.yaml has it",
        "Pulumi.staging.yaml: identity.variables.PAYMENTS_URL is missing; "
        "Pulumi.production.yaml has it",
        "Pulumi.yaml: shape.web.port must be between 1024 and 65535, got 80",
    ]


def test_every_section_misplaced_is_told_where_it_belongs(workspace: Workspace) -> None:
    workspace.put("shape.identity", {})
    workspace.put("staging.scale.zones", ["a"])

    assert workspace.lines() == [
        "Pulumi.staging.yaml: scale.zones is not read here; zones belongs in shape.network.zones "
        "of Pulumi.yaml",
        "Pulumi.yaml: shape.identity is not read by anything; keys here: alarms, application, "
        "backup, baseline, dataRefresh, database, dependencies, deployment, dns, jobs, logs, "
        "migration, network, offHours, owner, registry, repository, tls, variables, web, "
        "webFirewall, worker",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Pulumi.my.stack.yaml",
        "Pulumi.staging.bak.yaml",
        "Pulumi.Staging.yaml",
        "Pulumi.a.yaml",
        "Pulumi.a--b.yaml",
        "Pulumi..yaml",
        f"Pulumi.{'a' * 17}.yaml",
    ],
)
def test_a_file_that_is_no_stacks_is_refused_by_its_name(workspace: Workspace, name: str) -> None:
    workspace.text(name, "{}")

    assert workspace.lines() == [
        f"{name}: must be named Pulumi.<stack>.yaml, the stack 2 to 16 of a-z, 0-9 and -"
    ]


@pytest.mark.parametrize("version", [">=3.230.0", ">=3.231.5", ">=4.0.0"])
def test_a_later_engine_may_be_asked_for(workspace: Workspace, version: str) -> None:
    workspace.put("project.requiredPulumiVersion", version)

    assert workspace.lines() == []
