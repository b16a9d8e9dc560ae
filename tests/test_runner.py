"""Workflows are run as GitHub would run them: what is misread here would prove nothing."""

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.runner.expression import Scope, UnknownFormError
from tests.support.runner.job import Machine, Steps
from tests.support.workflows import loaded

CONTEXTS: dict[str, Any] = {
    "vars": {"A": "true"},
    "inputs": {"dry-run": False, "stack": "staging"},
    "steps": {"deploy": {"outcome": "failure", "outputs": {"image": "x"}}},
}


@pytest.mark.parametrize(
    ("condition", "failed", "holds"),
    [
        ("", False, True),
        ("", True, False),
        ("vars.A == 'true'", False, True),
        ("vars.A == 'true'", True, False),
        ("vars.A != 'true'", False, False),
        ("vars.B == 'true' || inputs.stack == 'staging'", False, True),
        ("vars.A == 'true' && vars.B == 'true'", False, False),
        ("${{ !inputs.dry-run }}", False, True),
        ("inputs.dry-run", False, False),
        ("${{ failure() }}", False, False),
        ("${{ failure() && steps.deploy.outcome == 'failure' }}", True, True),
        ("${{ failure() && steps.deploy.outcome == 'success' }}", True, False),
        ("${{ !cancelled() && steps.other.outcome != 'skipped' }}", True, True),
    ],
)
def test_a_condition_holds(condition: str, failed: bool, holds: bool) -> None:  # noqa: FBT001  (a case's own)
    assert Scope(CONTEXTS, failed).holds(condition) is holds


def test_after_a_job_that_was_left_out_only_who_asks_runs() -> None:
    assert not Scope(CONTEXTS, skipped=True).holds("vars.A == 'true'")
    assert Scope(CONTEXTS, skipped=True).holds("${{ !cancelled() }}")


@pytest.mark.parametrize(
    "condition", ["contains(vars.A, 'x')", "(vars.A)", "other.A == 'x'", "vars.A > 1", "hashFiles"]
)
def test_a_form_that_nothing_reads_is_an_error(condition: str) -> None:
    with pytest.raises(UnknownFormError):
        Scope(CONTEXTS).holds(condition)


def test_values_stand_in_the_place_of_expressions() -> None:
    text = "a ${{ inputs.stack }} ${{steps.deploy.outputs.image}} ${{ vars.B || 'c' }}"
    assert Scope(CONTEXTS).filled(text) == "a staging x c"


@pytest.fixture(name="machine")
def _machine(tmp_path: Path) -> Machine:
    (tmp_path / "root").mkdir()
    made = Machine(
        tmp_path / "root", {"PATH": "/usr/bin:/bin"}, {"gone": "x"}, tmp_path / "artifacts", ()
    )
    made.begin()
    return made


STEPS = """
- {run: gone for good}
- {id: first, run: 'echo "image=x" >> "$GITHUB_OUTPUT"; echo "$A"', env: {A: '${{ vars.A }}'}}
- {run: 'test ${IMAGE} = x', env: {IMAGE: '${{ steps.first.outputs.image }}'}}
- {id: bad, run: 'false | true'}
- {run: echo never}
- {run: echo "after $B", if: "${{ failure() && steps.bad.outcome == 'failure' }}"}
- {run: echo skipped, if: "${{ !cancelled() && steps.first.outcome == 'failure' }}"}
"""


def test_steps_run_in_order_until_one_fails_and_then_who_asks_for_it(
    machine: Machine, tmp_path: Path
) -> None:
    file = tmp_path / "steps.yml"
    file.write_text(f"steps:{STEPS.replace(chr(10) + '-', chr(10) + ' -')}")
    steps = Steps(machine, dict(CONTEXTS), {"B": "${{ inputs.stack }}"})
    done = steps.run(loaded(file)["steps"])
    assert [each.outcome for each in done] == [
        "success", "success", "success", "failure", "skipped", "success", "skipped",
    ]  # fmt: skip
    assert steps.failed
    assert (done[1].said, done[5].said) == ("true\n", "after staging\n")


def test_an_action_that_nobody_does_here_is_an_error(machine: Machine) -> None:
    with pytest.raises(UnknownFormError, match="uses: example/other"):
        Steps(machine, CONTEXTS, {}).run([{"uses": "example/other@v1"}])


def test_artifacts_reach_the_jobs_after(machine: Machine) -> None:
    (machine.root / "plan.json").write_text("a plan")
    steps = Steps(machine, CONTEXTS, {})
    up, down = "actions/upload-artifact@x", "actions/download-artifact@x"
    steps.run([{"uses": up, "with": {"name": "plan", "path": "plan.json"}}])
    (machine.root / "plan.json").unlink()
    steps.run([{"uses": down, "with": {"name": "plan", "path": "there"}}])
    assert (machine.root / "there" / "plan.json").read_text() == "a plan"
    (done,) = steps.run([{"uses": down, "with": {"name": "other"}}])
    assert (done.outcome, steps.failed) == ("failure", True)


@pytest.mark.parametrize(("code", "outcome"), [(0, "success"), (1, "failure")])
def test_a_preview_is_the_engines(machine: Machine, code: int, outcome: str) -> None:
    said = machine.root / "said"
    script = f"import sys; open({str(said)!r}, 'w').write(' '.join(sys.argv[1:])); sys.exit({code})"
    machine.pulumi = (sys.executable, "-c", script)
    given = {"command": "preview", "stack-name": "staging", "policyPacks": "policies", "plan": "p"}
    (done,) = Steps(machine, CONTEXTS, {}).run([{"uses": "pulumi/actions@x", "with": given}])
    assert done.outcome == outcome
    assert said.read_text().startswith("preview --non-interactive --stack staging --policy-pack")
    with pytest.raises(UnknownFormError, match="command: up"):
        Steps(machine, CONTEXTS, {}).run(
            [{"uses": "pulumi/actions@x", "with": {**given, "command": "up"}}]
        )
