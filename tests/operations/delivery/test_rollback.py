"""Back to what ran well: the image alone, or the whole project of then; production by its name."""

from datetime import UTC, datetime
from typing import Any

import pytest

from operations.delivery.rollback import follow
from tests.operations.delivery.stack import Stack
from tests.operations.delivery.test_deploy import STEPS, first, steps
from tests.operations.releases.records import record

pytestmark = pytest.mark.moto


def test_the_image_goes_back_and_the_configuration_stays(stack: Stack) -> None:
    first(stack)
    change(stack)
    stack.commit()
    assert stack.deploy(2, "1.2.0", *steps(stack))[0] == 0
    code, told, err = stack.rollback()
    assert (code, told["outcome"]) == (0, "rolled-back"), err
    assert "back to 1.1.0" in err
    assert stack.running() == {stack.images[1]}
    assert "retentionDays: 400" in (stack.root / "bin" / "applied.yaml").read_text()
    assert stack.records()[-1].commit == stack.git("rev-parse", "HEAD")
    # Once more goes to the other one: it ran well too.
    code, told, _ = stack.rollback()
    assert (code, told["digest"]) == (0, stack.images[2].partition("@")[2])


def change(stack: Stack) -> None:
    """Change the configuration of all stacks."""
    file = stack.root / "Pulumi.yaml"
    file.write_text(file.read_text().replace("retentionDays: 365", "retentionDays: 400"))


def test_with_its_configuration_the_whole_project_goes_back(stack: Stack) -> None:
    first(stack)
    before = stack.records()[-1].commit
    change(stack)
    stack.commit()
    assert stack.deploy(2, "1.2.0", *steps(stack))[0] == 0
    code, told, err = stack.rollback("--configuration")
    assert (code, told["outcome"]) == (0, "rolled-back"), err
    assert stack.running() == {stack.images[1]}
    assert "retentionDays: 365" in (stack.root / "bin" / "applied.yaml").read_text()
    assert stack.records()[-1].commit == before
    # Here all stays as it was, and only the release follows.
    assert "retentionDays: 400" in (stack.root / "Pulumi.yaml").read_text()
    assert stack.says() == (stack.images[1], "1.1.0")
    assert stack.git("worktree", "list").count("\n") == 0


def test_the_sandbox_has_no_other_configuration(stack: Stack) -> None:
    from operations.delivery.rollback import Back, configured
    from operations.errors import OperationError

    way: Any = Back
    course: Any = type("Course", (), {"sandbox": True, "place": None})
    found: Any = type("Found", (), {"record": None})
    with (
        pytest.raises(OperationError, match="--configuration: not in the sandbox"),
        configured(way(course, found, "")),
    ):
        pass
    follow(stack.root, "demo", "x", "y")  # No file, nothing to follow.


def test_a_dry_run_previews_and_changes_nothing(stack: Stack) -> None:
    first(stack)
    stack.deploy(2, "1.2.0", *steps(stack))
    before, asked = (stack.root / "Pulumi.staging.yaml").read_text(), len(stack.asked())
    code, told, err = stack.rollback("--dry-run")
    assert (code, told["outcome"]) == (0, "unchanged")
    assert "back to 1.1.0" in err
    assert stack.asked()[asked:] == ["preview"]
    assert (stack.root / "Pulumi.staging.yaml").read_text() == before


def test_with_nothing_to_go_back_to_it_is_refused(stack: Stack) -> None:
    code, _, err = stack.rollback()
    assert code == 2
    assert err.endswith(
        "staging: the ledger has no other release that ran well; deploy one instead\n"
    )


def test_production_is_asked_for_by_name_and_goes_back(
    production: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    for command in ("deploy", "rollback"):
        code, _, err = production.said(command, "production", "--yes")
        assert code == 2
        assert "give --confirm production or --dry-run" in err
    for number in (1, 2):
        mirrored = record(
            number,
            number,
            digest=production.images[number].partition("@")[2],
            time=datetime(2026, 1, number, tzinfo=UTC),
            migrations=[{"id": "first", "reversible": False}],
        )
        production.ledger.append(mirrored)
    assert STEPS
    first(production)
    code, told, err = production.deploy(2, "1.2.0", *steps(production))
    assert code == 0, (told, err)
    code, told, err = production.rollback()
    assert (code, told["outcome"]) == (0, "rolled-back"), err
    assert production.running() == {production.images[1]}
    assert [each[1] for each in production.ended()] == ["verified", "verified", "rolled-back"]
