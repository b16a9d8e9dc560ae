"""A rollback never crosses a migration that can't be undone, whatever the history."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from operations.errors import OperationError
from operations.rollback_gate import Decision, Way, decide
from policies.releases import Migration, Release, load_releases

START = datetime(2031, 5, 1, tzinfo=UTC)


def step(id_: str, *, reversible: bool = True) -> Migration:
    return Migration(id=id_, reversible=reversible)


def release(
    number: int,
    *steps: Migration,
    recorded: bool = True,
    stack: str = "staging",
    passed: bool = True,
    migrated: datetime | None = None,
    hours: int | None = None,
) -> Release:
    return Release(
        digest=f"sha256:{number:064x}",
        version=f"1.{number}.0",
        commit="b" * 40,
        stack=stack,
        verdict="passed" if passed else "failed",
        time=START + timedelta(hours=number if hours is None else hours),
        migrations=steps if recorded else None,
        migrated=migrated,
    )


def decided(releases: Sequence[Release], running: int, wanted: int) -> Decision:
    return decide(
        releases,
        stack="production",
        running=f"1.{running}.0",
        wanted=f"1.{wanted}.0",
        reference="production",
    )


FIRST, SECOND = step("first", reversible=False), step("second")
DROP = step("drop", reversible=False)


def test_the_same_schema_needs_only_the_code() -> None:
    found = decided([release(1, FIRST), release(2, FIRST)], 2, 1)

    assert (found.way, found.undo, found.restore) == (Way.CODE, (), "")


def test_steps_that_can_be_undone_are_undone_from_the_last_on() -> None:
    found = decided([release(1, FIRST), release(2, FIRST, SECOND, step("third"))], 2, 1)

    assert found.way is Way.DOWN
    assert found.undo == ("third", "second")


def test_an_irreversible_step_is_refused_with_the_command_that_restores() -> None:
    began = datetime(2031, 5, 2, 10, 0, 0, 500_000, tzinfo=UTC)
    releases = [
        release(1, FIRST),
        release(2, FIRST, SECOND, DROP),
        release(2, FIRST, SECOND, DROP, stack="production", hours=3, migrated=began),
        release(2, FIRST, SECOND, DROP, stack="production", hours=4),
    ]
    found = decided(releases, 2, 1)

    assert not found.allowed
    assert found.why == "drop can't be undone"
    assert found.restore == (
        "python -m operations backup restore production --to-time 2031-05-02T09:59:59Z"
    )


def test_of_several_times_that_the_step_was_taken_the_last_counts() -> None:
    took = [
        release(2, FIRST, DROP, stack="production", hours=3, migrated=START + timedelta(hours=3)),
        release(1, FIRST, stack="production", hours=4),
        release(2, FIRST, DROP, stack="production", hours=5, migrated=START + timedelta(hours=5)),
    ]
    found = decided([release(1, FIRST), release(2, FIRST, DROP), *took], 2, 1)

    assert found.restore.endswith("--to-time 2031-05-01T04:59:59Z")


def test_a_time_that_nobody_recorded_is_not_made_up() -> None:
    took = [
        release(2, FIRST, DROP, stack="production", hours=3),
        release(3, FIRST, DROP, stack="production", hours=5, migrated=START + timedelta(hours=5)),
    ]
    found = decided([release(1, FIRST), release(3, FIRST, DROP), *took], 3, 1)

    assert found.way is Way.NONE
    assert "has no `migrated`" in found.restore


@pytest.mark.parametrize(
    ("releases", "why"),
    [
        ([release(1, recorded=False), release(2, FIRST)], "migrations of 1.1.0 are not recorded"),
        ([release(1, FIRST), release(2, recorded=False)], "migrations of 1.2.0 are not recorded"),
        (
            [release(1, FIRST), release(1, SECOND, hours=3), release(2, FIRST)],
            "migrations of 1.1.0 are not recorded, or its records differ",
        ),
        ([release(1, FIRST, SECOND), release(2, FIRST)], "1.1.0 needs steps that 1.2.0 has not"),
        ([release(1, SECOND), release(2, FIRST)], "1.1.0 needs steps"),
        ([release(1, FIRST, passed=False), release(2, FIRST)], "1.1.0 is not verified"),
        ([release(1, FIRST, stack="production"), release(2, FIRST)], "1.1.0 is not verified"),
    ],
)
def test_what_is_not_known_is_refused(releases: list[Release], why: str) -> None:
    found = decided(releases, 2, 1)

    assert not found.allowed
    assert why in found.why


def test_a_step_is_irreversible_as_soon_as_one_record_says_so() -> None:
    mixed = [release(1, FIRST), release(2, FIRST, DROP), release(3, FIRST, step("drop"))]

    assert not decided(mixed, 3, 1).allowed


def test_a_release_that_the_ledger_has_not_or_has_twice_is_refused() -> None:
    with pytest.raises(OperationError, match=r"releases.yaml: has no release '1.9.0'"):
        decided([release(1, FIRST)], 1, 9)
    twin = release(2, FIRST).model_copy(update={"version": "1.1.0"})
    with pytest.raises(OperationError, match=r"'1.1.0' names 2 images; give the digest"):
        decided([release(1, FIRST), twin, release(3, FIRST)], 3, 1)


STEPS = st.lists(st.sampled_from("abcdef"), unique=True, max_size=6)


@st.composite
def histories(draw: st.DrawFn) -> list[Release]:
    """Draw releases whose schemas grow, branch or go back, recorded well or badly."""
    releases: list[Release] = []
    for number in range(draw(st.integers(2, 5))):
        steps = [step(id_, reversible=draw(st.booleans())) for id_ in draw(STEPS)]
        grows: bool = draw(st.booleans())
        if releases and grows:
            # Mostly a schema grows.
            earlier = draw(st.sampled_from(releases)).migrations or ()
            fresh = [each for each in steps if each.id not in {known.id for known in earlier}]
            steps = [*earlier, *fresh]
        releases.append(
            release(
                number,
                *steps,
                recorded=draw(st.integers(0, 9)) > 0,
                stack=draw(st.sampled_from(["staging", "staging", "staging", "production"])),
                passed=draw(st.integers(0, 9)) > 0,
            )
        )
    return releases


@given(histories(), st.data())
def test_never_across_an_irreversible_step(releases: list[Release], data: st.DataObject) -> None:
    running = data.draw(st.sampled_from(range(len(releases))))
    wanted = data.draw(st.sampled_from(range(len(releases))))
    found = decided(releases, running, wanted)

    if found.allowed:
        # Undo by hand what the decision says, on the schema that runs; look at what comes out.
        irreversible = {
            each.id for one in releases for each in one.migrations or () if not each.reversible
        }
        schema = [each.id for each in releases[running].migrations or ()]
        for id_ in found.undo:
            assert id_ not in irreversible
            assert schema.pop() == id_
        assert releases[wanted].migrations is not None
        assert schema == [each.id for each in releases[wanted].migrations or ()]
        assert (found.way is Way.CODE) == (found.undo == ())
        assert (releases[wanted].stack, releases[wanted].verdict) == ("staging", "passed")


def test_the_ledger_is_read_the_oldest_first_and_its_mistakes_are_named(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    records = [release(2, FIRST), release(1, FIRST)]
    text = yaml.safe_dump({"releases": [each.model_dump(mode="json") for each in records]})
    (tmp_path / "policies" / "releases.yaml").write_text(text)

    assert [each.version for each in load_releases(tmp_path)] == ["1.1.0", "1.2.0"]
    assert load_releases(tmp_path)[0].head == "first"
