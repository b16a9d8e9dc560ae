"""Kinds of value, each with what it takes and what it refuses; and no input ends in a traceback."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from settings.times import day_problem, timezone_problem, windows_overlap
from settings.variables import looks_secret
from tests.settings.workspace import ROOT, Workspace


@pytest.mark.parametrize(
    ("daily", "weekly", "meet"),
    [
        ("02:00-03:00", "sun:03:30-sun:04:30", False),
        ("02:00-03:00", "sun:03:00-sun:04:00", False),
        ("02:00-03:00", "sun:02:59-sun:03:30", True),
        ("02:00-03:00", "sat:23:00-sun:02:30", True),
        ("23:30-00:30", "mon:00:00-mon:01:00", True),
        ("23:30-00:30", "sun:23:45-mon:00:15", True),
        ("02:00-03:00", "mon:00:00-sun:00:00", True),
    ],
)
def test_windows_meet(daily: str, weekly: str, *, meet: bool) -> None:
    assert windows_overlap(daily, weekly) is meet


@pytest.mark.parametrize(
    ("value", "fits"),
    [("", True), ("2031-05-01", True), ("20310501", False), ("2031-02-30", False), ("1.5.", False)],
)
def test_days(value: str, *, fits: bool) -> None:
    assert (day_problem(value) is None) is fits


@pytest.mark.parametrize("zone", ["Europe/Dublin", "UTC", "America/Argentina/Salta", "Etc/GMT+1"])
def test_time_zones(zone: str) -> None:
    assert timezone_problem(zone) is None


@pytest.mark.parametrize(
    "zone",
    ["posix/Europe/Dublin", "right/UTC", "localtime", "Factory", "", "europe/dublin", "../x"],
)
def test_what_is_a_file_beside_the_time_zones_is_refused(zone: str) -> None:
    assert timezone_problem(zone) == f"must be a time zone like Europe/Dublin, got {zone!r}"


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("API_KEY", True),
        ("KEYS", True),
        ("TOKEN", True),
        ("DATABASE_PASSWORD", True),
        ("CLIENT_SECRETS_FILE", True),
        ("MONKEY", False),
        ("DB_PASSWD", True),
        ("PGPASSWORD", True),
        ("KEY_PASSPHRASE", True),
        ("PAYMENTS_APIKEY", True),
        ("API_KEY_V2", True),
        ("PRIMARY_KEY_COLUMN", False),
        ("PASSENGER_LIMIT", False),
        ("KEYBOARD_LAYOUT", False),
        ("LOG_LEVEL", False),
    ],
)
def test_names_that_tell_of_a_secret(name: str, *, secret: bool) -> None:
    assert looks_secret(name) is secret


def test_a_key_with_a_line_break_is_still_told_in_one_line(workspace: Workspace) -> None:
    workspace.put("staging.scale.network./a\nb/", 1)

    assert workspace.lines() == [
        "Pulumi.staging.yaml: scale.network.a\\nb is not read by anything; "
        "keys here: endpointZones, natGateways"
    ]


def _paths(value: Any, path: str) -> list[str]:
    if isinstance(value, dict):
        keys = [(key, f"{path}./{key}/" if "." in key else f"{path}.{key}") for key in value]
        return [path, *(each for key, below in keys for each in _paths(value[key], below))]
    if isinstance(value, list):
        return [path, *(p for i, item in enumerate(value) for p in _paths(item, f"{path}[{i}]"))]
    return [path]


def _every_path() -> list[str]:
    shape = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]["shape"]["default"]
    stack = yaml.safe_load((ROOT / "Pulumi.staging.yaml").read_text())["config"]
    return [
        path
        for name, value in (
            ("shape", shape),
            ("staging.identity", stack["understudy:identity"]),
            ("staging.scale", stack["understudy:scale"]),
        )
        for path in _paths(value, name)
        if path != "shape"
    ]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.slow
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(path=st.sampled_from(_every_path()), value=ANYTHING)
def test_any_value_at_any_key_is_taken_or_refused_in_lines(
    tmp_path: Path, path: str, value: Any
) -> None:
    lines = Workspace(tmp_path).put(path, value).lines()

    assert all(line.startswith("Pulumi") and "\n" not in line for line in lines), json.dumps(lines)
