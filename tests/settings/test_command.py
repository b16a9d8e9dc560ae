"""The command: exit codes, one line for each mistake, generated files that can't go stale."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

from settings.command import main
from settings.schema import documents
from tests.settings.workspace import ROOT, Workspace

COMMAND = [sys.executable, "-m", "settings"]


def test_committed_settings_are_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(ROOT)]) == 0
    assert capsys.readouterr().out.endswith("ok: 2 environments, one shape\n")


def test_validate_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--root", str(ROOT)])
    default = capsys.readouterr()
    main(["validate", "--root", str(ROOT)])

    assert capsys.readouterr() == default


def test_a_mistake_is_one_line_and_exit_code_2(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.put("staging.scale.database.backupDays", 0)

    assert main(["validate", "--root", str(workspace.folder)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        "Pulumi.staging.yaml: scale.database.backupDays must be between 1 and 35, got 0\n"
    )


@pytest.mark.parametrize("command", ["validate", "schema", "variables"])
def test_root_is_heeded_before_and_after_the_command(
    workspace: Workspace, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.put("staging.scale.database.backupDays", 0)
    root = str(workspace.folder)
    check = [] if command == "validate" else ["--check"]

    codes = [main(["--root", root, command, *check]), main([command, *check, "--root", root])]

    told = capsys.readouterr()
    assert codes == [2, 2]
    half = len(told.err) // 2
    assert told.err[:half] == told.err[half:]
    assert told.out == ""


@pytest.mark.parametrize("command", [["validate"], ["schema"], ["variables"], []])
def test_a_root_without_project_is_refused_and_nothing_is_written(
    tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    typo = tmp_path / "typo"

    assert main([*command, "--root", str(typo)]) == 2
    assert capsys.readouterr().err == (
        f"--root must be a folder that holds Pulumi.yaml, got {typo}\n"
    )
    assert not typo.exists()


@pytest.mark.parametrize("command", ["schema", "variables"])
def test_committed_generated_files_are_up_to_date(command: str) -> None:
    assert main([command, "--check", "--root", str(ROOT)]) == 0


@pytest.mark.parametrize("command", ["schema", "variables"])
def test_stale_file_is_told_then_written(
    workspace: Workspace, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root = str(workspace.folder)

    assert main([command, "--check", "--root", root]) == 2
    assert f": is stale; run python -m settings {command}\n" in capsys.readouterr().err
    assert main([command, "--root", root]) == 0
    assert main([command, "--check", "--root", root]) == 0


def test_guide_follows_the_variables(workspace: Workspace) -> None:
    workspace.put("shape.variables[7].about", "Another sentence.")
    main(["variables", "--root", str(workspace.folder)])

    guide = (workspace.folder / "docs" / "environment-variables.md").read_text()
    assert "| `LOG_LEVEL` | the same everywhere: `info` | Another sentence. |" in guide


@pytest.mark.slow
def test_validation_imports_neither_engine_nor_aws() -> None:
    code = (
        "import sys; from settings.command import main; main(['--root', '.']); "
        "sys.exit(','.join({'pulumi', 'boto3', 'botocore', 'rich', 'typer'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": ""},
    )

    assert done.stderr.strip() == ""


@pytest.mark.slow
def test_help_names_every_command() -> None:
    done = subprocess.run(
        [*COMMAND, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert all(word in done.stdout for word in ("validate", "schema", "variables", "--root"))


SCHEMAS = {path.stem: json.loads(text) for path, text in documents().items()}


@cache
def validator(schema: str) -> Any:
    """Return what holds a file against a schema that is well itself."""
    found = jsonschema.validators.validator_for(SCHEMAS[schema])
    found.check_schema(SCHEMAS[schema])
    return found(SCHEMAS[schema])


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("Pulumi.yaml", "project"),
        ("Pulumi.staging.yaml", "stack"),
        ("Pulumi.production.yaml", "stack"),
    ],
)
def test_committed_file_fits_its_schema(name: str, schema: str) -> None:
    validator(schema).validate(yaml.safe_load((ROOT / name).read_text()))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("staging.scale.database.backupDays", 0),
        ("staging.scale.database.backupDay", 7),
        ("staging.identity.account", "1"),
        ("shape.web.port", 80),
    ],
)
def test_schema_underlines_a_mistake(workspace: Workspace, key: str, value: object) -> None:
    workspace.put(key, value)
    name, schema = (
        ("Pulumi.yaml", "project") if key.startswith("shape") else ("Pulumi.staging.yaml", "stack")
    )
    data = json.loads(Path(workspace.folder / name).read_text())

    with pytest.raises(jsonschema.ValidationError):
        validator(schema).validate(data)
