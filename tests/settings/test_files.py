"""Files that can't be read, or could be read in two ways, are refused with their line."""

from typing import Any

import pytest
import yaml

from policies.files import Loader as OfPolicies
from settings.files import Loader, read
from settings.loading import load
from tests.settings.workspace import ROOT, Workspace

STAGING = "Pulumi.staging.yaml"
TEXTS = [
    (
        "a: 1\na: 2\n",
        [f"{STAGING}:2: has the key a twice, first in line 1"],
    ),
    (
        "config:\n  b: [1, 2\n",
        [f"{STAGING}:3: is not YAML: did not find expected ',' or ']'"],
    ),
    ("", [f"{STAGING}: must be a mapping of keys"]),
    ("- a\n", [f"{STAGING}: must be a mapping of keys"]),
    ("a: &x 1\nb: *x\n", [f"{STAGING}:1: b must not use an alias; write the value out"]),
    (
        "a: 010\n",
        [f"{STAGING}:1: a must have 010 in quotes, so that every reader takes it as text"],
    ),
    (
        "a: 1.0\n",
        [f"{STAGING}:1: a must have 1.0 in quotes, so that every reader takes it as text"],
    ),
    (
        "a: yes\n",
        [f"{STAGING}:1: a must have yes in quotes, so that every reader takes it as text"],
    ),
    (
        "a: 2026-01-01\n",
        [f"{STAGING}:1: a must have 2026-01-01 in quotes, so that every reader takes it as text"],
    ),
    ("a:\n", [f'{STAGING}:1: a has no value here; write "" for empty text']),
    ("a: !!binary x\n", [f"{STAGING}:1: a must not use the tag tag:yaml.org,2002:binary"]),
    ("? [a]\n: 1\n", [f"{STAGING}:1: must have plain keys"]),
    (
        "a: cron(0 4 * * ? *)\n",
        [
            f"{STAGING}:1: a must have cron(0 4 * * ? *) in quotes: "
            "the engine's reader stops at its ?"
        ],
    ),
]


TEXT = "so that every reader takes it as text"
COMMITTED = {name: (ROOT / name).read_text() for name in (STAGING, "Pulumi.yaml")}
UNCLEAR = [
    (
        STAGING,
        "multiAz: false",
        "multiAz: no",
        "scale.database.multiAz must be true or false, got no",
    ),
    (
        STAGING,
        "multiAz: false",
        "multiAz: ~",
        "scale.database.multiAz must be true or false, got nothing",
    ),
    (
        STAGING,
        "backupDays: 7",
        "backupDays: 7.0",
        "scale.database.backupDays must be a whole number, got 7.0",
    ),
    (
        STAGING,
        "backupDays: 7",
        "backupDays: 07",
        "scale.database.backupDays must be a whole number, got 07",
    ),
    (
        STAGING,
        "backupDays: 7",
        "backupDays:",
        "scale.database.backupDays must be a whole number, got nothing",
    ),
    (
        STAGING,
        "backupDays: 7",
        f"backupDays: {'9' * 5000}",
        "scale.database.backupDays must have at most 20 digits, got 5000",
    ),
    (
        STAGING,
        "name: staging",
        "name: 12.0",
        f"identity.name must have 12.0 in quotes, {TEXT}",
    ),
    (
        STAGING,
        "[203.0.113.0/24]",
        "[1.5]",
        f"identity.access.networks[0] must have 1.5 in quotes, {TEXT}",
    ),
    (
        STAGING,
        "backupDays: 7",
        f"backupDays: {'[' * 60}{']' * 60}",
        "must be nested at most 50 deep",
    ),
    (STAGING, "backupDays: 7", f"backupDays: {'[' * 100_000}", "must be nested at most 50 deep"),
    (
        "Pulumi.yaml",
        "minimumHealthyPercent: 100",
        "minimumHealthyPercent: 1e2",
        "shape.deployment.minimumHealthyPercent must be a whole number, got 1e2",
    ),
    (
        "Pulumi.yaml",
        "required: true",
        "required: on",
        "shape.dependencies[0].required must be true or false, got on",
    ),
    (
        "Pulumi.yaml",
        "perEnvironment: true",
        "perEnvironment: yes",
        "shape.variables[8].perEnvironment must be true or false, got yes",
    ),
    (
        "Pulumi.yaml",
        "value: info",
        "value: 1.0",
        f"shape.variables[7].value must have 1.0 in quotes, {TEXT}",
    ),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "message"), UNCLEAR, ids=[each[3][:60] for each in UNCLEAR]
)
def test_unclear_value_is_told_by_its_key_and_what_it_should_be(
    workspace: Workspace, name: str, old: str, new: str, message: str
) -> None:
    for file, text in COMMITTED.items():
        workspace.text(file, text.replace(old, new, 1) if file == name else text)

    (line,) = workspace.lines()
    where, _, told = line.partition(": ")
    assert told == message
    number = int(where.removeprefix(f"{name}:"))
    assert (workspace.folder / name).read_text().splitlines()[number - 1].strip().endswith(new)


@pytest.mark.parametrize(("text", "lines"), TEXTS)
def test_unclear_file_is_refused(workspace: Workspace, text: str, lines: list[str]) -> None:
    workspace.text(STAGING, text)

    assert workspace.lines() == lines


def test_missing_file_is_named(workspace: Workspace) -> None:
    (workspace.folder / STAGING).unlink()

    assert workspace.lines() == [f"{STAGING}: there is no such file"]


def test_bytes_that_are_no_text_are_refused(workspace: Workspace) -> None:
    (workspace.folder / STAGING).write_bytes(b"\xff\xfe\x00")

    assert [line.partition(": can't be read")[0] for line in workspace.lines()] == [STAGING]


def test_every_mistake_of_every_file_is_told_at_once(workspace: Workspace) -> None:
    workspace.put("shape.web.port", 80)
    workspace.put("production.scale.database.backupDays", 36)
    workspace.put("staging.scale.database.backupDays", 0)
    workspace.put("staging.identity.region", "nowhere")

    assert workspace.lines() == [
        "Pulumi.production.yaml: scale.database.backupDays must be between 1 and 35, got 36",
        "Pulumi.staging.yaml: identity.region must be an AWS region, got 'nowhere'",
        "Pulumi.staging.yaml: scale.database.backupDays must be between 1 and 35, got 0",
        "Pulumi.yaml: shape.web.port must be between 1024 and 65535, got 80",
    ]


def test_another_stack_is_held_to_the_same_rules(workspace: Workspace) -> None:
    text = (workspace.folder / STAGING).read_text()
    workspace.text("Pulumi.preview.yaml", text)

    assert workspace.lines() == [
        "Pulumi.preview.yaml: identity.account must differ from Pulumi.staging.yaml's "
        "222222222222, got 222222222222",
        "Pulumi.preview.yaml: identity.cidr must not overlap Pulumi.staging.yaml's "
        "10.20.0.0/16, got 10.20.0.0/16",
        "Pulumi.preview.yaml: identity.dns.domain must neither be nor hold nor lie inside "
        "Pulumi.staging.yaml's staging.example.com, got staging.example.com",
        "Pulumi.preview.yaml: identity.name must be the stack's name, preview, got 'staging'",
        "Pulumi.preview.yaml: identity.name must differ from Pulumi.staging.yaml's staging, "
        "got staging",
    ]


def test_keys_that_the_engine_writes_are_let_be(workspace: Workspace) -> None:
    for key in ("encryptionsalt", "encryptedkey", "secretsprovider"):
        workspace.text(
            STAGING,
            (workspace.folder / STAGING).read_text().rstrip().removesuffix("}")
            + f',"{key}": "v1:x"}}',
        )

    assert workspace.lines() == []


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_committed_settings_load(stack: str) -> None:
    assert load(ROOT, stack).identity.name == stack


def test_committed_files_point_an_editor_to_their_schema() -> None:
    for name, schema in (
        ("Pulumi.yaml", "project"),
        (STAGING, "stack"),
        ("Pulumi.production.yaml", "stack"),
    ):
        first = (ROOT / name).read_text().splitlines()[0]
        assert first == f"# yaml-language-server: $schema=settings/schema/{schema}.json"
        assert read(ROOT, name)


@pytest.mark.parametrize("loader", [Loader, OfPolicies])
@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ("{a: ", "}")])
def test_a_loader_refuses_what_it_would_crash_on(loader: type, opened: str, closed: str) -> None:
    def loaded(depth: int) -> Any:
        return yaml.load(f"{opened * depth}1{closed * depth}", loader)  # noqa: S506  (its subclass)

    found = loaded(50)
    for _ in range(50):
        (found,) = found.values() if isinstance(found, dict) else found
    assert found == 1
    for depth in (51, 100_000):
        with pytest.raises(yaml.YAMLError, match="must be nested at most 50 deep"):
            loaded(depth)
