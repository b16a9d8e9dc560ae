"""Staging is nowhere bigger than production: every scale key has a direction, and is held to it."""

import pytest

from settings.direction import DIRECTIONS, Direction, bigger, taking, value_at
from settings.keys import leaves
from settings.loading import load
from settings.scale import Scale
from tests.settings.workspace import ROOT

STAGING = load(ROOT, "staging").scale
PRODUCTION = load(ROOT, "production").scale


def test_every_scale_key_has_a_direction() -> None:
    assert sorted(DIRECTIONS) == sorted(
        key.removeprefix("scale.") for key in leaves(Scale, "scale")
    )


def test_every_direction_has_a_reason() -> None:
    assert all(allowance.reason for allowance in DIRECTIONS.values())


def test_committed_staging_is_nowhere_bigger() -> None:
    assert list(bigger(STAGING, PRODUCTION)) == []


def test_an_environment_is_not_bigger_than_itself() -> None:
    assert list(bigger(PRODUCTION, PRODUCTION)) == []


@pytest.mark.parametrize(
    "path",
    [path for path, allowed in DIRECTIONS.items() if allowed.direction is not Direction.FREE],
)
def test_each_directed_key_is_held_to_its_direction(path: str) -> None:
    """Give each key the value at the wrong end, in either environment."""
    up = DIRECTIONS[path].direction is Direction.NOT_MORE
    more, less = _ends(path)
    ours, theirs = (more, less) if up else (less, more)

    found = dict(bigger(_with(STAGING, path, ours), _with(PRODUCTION, path, theirs)))

    assert set(found) == {path}
    assert dict(bigger(_with(STAGING, path, theirs), _with(PRODUCTION, path, ours))) == {}


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("db.r7g.8xlarge", "db.m7g.12xlarge", id="more-memory-fewer-cpus"),
        pytest.param("db.m7g.12xlarge", "db.r7g.8xlarge", id="more-cpus-less-memory"),
        pytest.param("db.m7g.xlarge", "db.r7g.large", id="more-cpus-same-memory"),
    ],
)
def test_a_class_is_bigger_where_it_has_more_of_either_kind(name: str, other: str) -> None:
    path = "database.instanceClass"
    found = dict(bigger(_with(STAGING, path, name), _with(PRODUCTION, path, other)))

    assert set(found) == {path}


def _ends(path: str) -> tuple[object, object]:
    value = value_at(PRODUCTION, path)
    if isinstance(value, bool):
        return True, False
    if isinstance(value, str):
        return "db.r7g.4xlarge", "db.t4g.micro"
    return 1_000_000, 0


@pytest.mark.parametrize("path", sorted(DIRECTIONS))
def test_taking_one_key_changes_that_key_alone(path: str) -> None:
    mixed = taking(PRODUCTION, path, STAGING)

    assert value_at(mixed, path) == value_at(STAGING, path)
    assert all(
        value_at(mixed, each) == value_at(PRODUCTION, each) for each in DIRECTIONS if each != path
    )


def _with(scale: Scale, path: str, value: object) -> Scale:
    """Return the scale with one key set, unchecked."""
    part, key = path.split(".")
    inner = getattr(scale, _snake(part))
    changed = inner.model_copy(update={_snake(key): value})
    return scale.model_copy(update={_snake(part): changed})


def _snake(key: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)
