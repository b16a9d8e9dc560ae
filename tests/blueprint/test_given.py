"""What the engine was given is what the files say, or nothing is laid out."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pulumi
import pytest

from blueprint.given import differences, settings_of
from blueprint.outputs import OUTPUTS, export
from settings import raw_sections
from tests.settings.workspace import ROOT, Workspace

FILES = raw_sections(ROOT, "staging")
ADVICE = "edit the file, and leave out --config and --config-file"


@pytest.fixture
def engine() -> Iterator[dict[str, Any]]:
    """Give the engine's configuration what the files say; a test may change it."""
    given = deepcopy(FILES)
    yield given
    pulumi.runtime.set_all_config({})


def _give(given: dict[str, Any]) -> None:
    config = {f"{pulumi.get_project()}:{name}": json.dumps(value) for name, value in given.items()}
    pulumi.runtime.set_all_config(config)


def test_settings_are_returned_where_the_engine_was_given_the_same(engine: dict[str, Any]) -> None:
    _give(engine)

    assert settings_of(ROOT, "staging").identity.name == "staging"


def test_a_value_that_differs_is_named(engine: dict[str, Any]) -> None:
    engine["scale"]["web"]["min"] = 2
    engine["identity"]["access"]["networks"] = ["0.0.0.0/0"]
    _give(engine)

    with pytest.raises(pulumi.RunError) as caught:
        settings_of(ROOT, "staging")

    assert str(caught.value).splitlines() == [
        f"identity.access.networks of the engine's configuration differs from the file's: {ADVICE}",
        f"scale.web.min of the engine's configuration differs from the file's: {ADVICE}",
    ]


def test_nothing_given_differs() -> None:
    found = list(differences(FILES, {"shape": None, "identity": None, "scale": None}))

    assert [line.partition(" ")[0] for line in found] == ["identity", "scale", "shape"]


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ({"a": 1}, {"a": 1}, 0),
        ({"a": 1}, {"a": True}, 1),
        ({"a": 1}, {"a": "1"}, 1),
        ({"a": 1}, {}, 1),
        ({}, {"a": 1}, 1),
        ({"a": [1, 2]}, {"a": [2, 1]}, 1),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 2, "c": 1}}, 2),
    ],
)
def test_differences(one: dict[str, Any], other: dict[str, Any], count: int) -> None:
    assert len(list(differences(one, other))) == count


def test_refused_settings_end_without_a_traceback(tmp_path: Path) -> None:
    folder = Workspace(tmp_path).put("staging.scale.database.backupDays", 0).folder

    with pytest.raises(pulumi.RunError) as caught:
        settings_of(folder, "staging")

    assert str(caught.value) == (
        "Pulumi.staging.yaml: scale.database.backupDays must be between 1 and 35, got 0"
    )


def test_a_stack_without_a_file_is_refused_by_name() -> None:
    with pytest.raises(pulumi.RunError) as caught:
        settings_of(ROOT, "qa")

    assert str(caught.value) == "Pulumi.qa.yaml: there is no such file"


@pytest.mark.parametrize("change", [{"colour": 1}, {"url": ...}])
def test_an_output_that_is_not_declared_or_missing_is_refused(change: dict[str, Any]) -> None:
    values: dict[str, object] = dict.fromkeys(OUTPUTS, 1) | change
    missing = [name for name, value in change.items() if value is ...]
    for name in missing:
        del values[name]

    with pytest.raises(ValueError, match=f"differing in {next(iter(change))}"):
        export(values)


def test_program_is_short() -> None:
    assert len((ROOT / "__main__.py").read_text().splitlines()) <= 25
