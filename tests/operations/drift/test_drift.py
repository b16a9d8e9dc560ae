"""What a refresh finds is told by resource and property, with nothing secret, and changes nothing.

The engine's place is taken by a script; its events have the form of the engine's own (v3.259.0).
"""

import json
from pathlib import Path
from typing import Any

import pytest

from operations.drift.expected import FILE
from operations.errors import OperationError
from policies.hidden import IS_SECRET, SIGNATURE
from tests.operations.drift.events import ALARM, SERVICE, event
from tests.operations.standing import Standing, laid_out, resource

pytestmark = pytest.mark.slow
SECRET = {SIGNATURE: IS_SECRET}


def threshold(**more: Any) -> dict[str, Any]:
    return event(
        "update", ALARM, "cpu", {"threshold": 85}, {"threshold": 99}, diffs=["threshold"], **more
    )


@pytest.fixture(name="stack")
def _stack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Standing:
    laid_out(tmp_path, monkeypatch)
    return Standing(None, tmp_path, "staging", "222222222222", capsys)


def drifted(stack: Standing, *words: str) -> tuple[int, dict[str, Any]]:
    code, out, _ = stack.said("drift", "--json", "--no-parity", *words)
    return code, dict(json.loads(out))


def test_a_changed_property_and_a_resource_that_is_gone_are_told(stack: Standing) -> None:
    gone = event("delete", "aws:cloudwatch/logGroup:LogGroup", "log", {"name": "log"})
    same = event("same", ALARM, "other", {}, {})
    stack.events(same, threshold(), gone)
    code, out, err = stack.said("drift", "--no-parity")

    assert code == 1
    assert out.splitlines() == [
        "gone: aws:cloudwatch/logGroup:LogGroup::log",
        f"changed: {ALARM}::cpu",
        "    threshold: 85 -> 99",
        "staging: 2 changes in 2 resources; `pulumi up --refresh` puts back what the program "
        "says, an edit of the program keeps it",
    ]
    assert "reading every resource; the state stays as it is" in err


def test_nothing_that_drifted_is_well(stack: Standing) -> None:
    stack.events(event("same", ALARM, "cpu", {}, {}))
    code, told = drifted(stack)
    assert (code, told["passed"], told["drifted"]) == (0, True, [])


def test_by_a_role_that_only_reads_no_secrets_value_is_asked_for(
    stack: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.events()
    drifted(stack)
    monkeypatch.setenv("UNDERSTUDY_PROVIDER_ROLE", "understudy-preview")
    drifted(stack)
    by_deployer, by_preview = stack.calls()
    left_out = ["--exclude", "**aws:secretsmanager/secretVersion:SecretVersion::*"]
    assert by_preview[-2:] == left_out
    assert "--exclude" not in by_deployer


def test_what_is_the_programs_own_does_not_drift(stack: Standing) -> None:
    role = {"assumeRoles": "deployer"}, {"assumeRoles": "preview"}
    stack.events(
        event("update", "pulumi:providers:aws", "primary", *role),
        event("update", "understudy:data:Database", "database", {}, {}, custom=False),
    )
    code, told = drifted(stack)
    assert (code, told["passed"], told["drifted"]) == (0, True, [])


def test_the_engine_is_asked_for_a_preview_alone(stack: Standing) -> None:
    stack.events(threshold())
    drifted(stack)
    (call,) = stack.calls()
    assert call[:2] == ["refresh", "--preview-only"]
    # By the program's providers: the state's have the deployer's role.
    assert "--run-program" in call
    assert not {"--yes", "-y", "--skip-preview", "-f"}.intersection(call)


def test_no_value_of_a_secret_is_told(stack: Standing) -> None:
    stack.events(
        event(
            "update",
            "aws:rds/instance:Instance",
            "database",
            {"password": "old-word", "tags": {"A": SECRET}, "userData": "old-word", "port": 1},
            {"password": "new-word", "tags": {"A": "x"}, "userData": "new-word", "port": 2},
            diffs=["password", "tags", "userData", "port"],
        )
    )
    code, told = drifted(stack)

    values = {each["property"]: (each["before"], each["after"]) for each in told["drifted"]}
    assert code == 1
    assert values == {
        "password": ("[secret]", "[secret]"),
        "tags": ("[secret]", "[secret]"),
        "userData": ("[secret]", "[secret]"),
        "port": ("1", "2"),
    }
    assert "-word" not in json.dumps(told)


def test_what_is_expected_is_told_and_counts_as_no_drift(stack: Standing) -> None:
    stack.events(
        event(
            "update", SERVICE, "web", {"desiredCount": 1}, {"desiredCount": 2},
            diffs=["desiredCount"],
        )
    )  # fmt: skip
    code, told = drifted(stack)
    assert (code, told["drifted"]) == (0, [])
    assert told["expected"][0]["owner"] == "platform"
    # Of the same service another property is drift.
    stack.events(event("update", SERVICE, "web", {"a": 1}, {"a": 2}, diffs=["a"]))
    assert drifted(stack)[0] == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("expected: [{resource: x}]", f"{FILE}: expected[0].resource: "),
        ("expected: 1", f"{FILE}: expected: "),
        ("{", f"{FILE}: can't be read"),
    ],
)
def test_a_broken_list_is_refused_by_file_and_key(stack: Standing, text: str, says: str) -> None:
    (stack.root / FILE).write_text(text)
    code, _, err = stack.said("drift")
    assert code == 2
    assert says in err
    assert "Traceback" not in err


def test_what_cannot_be_read_fails_even_if_nothing_drifted(stack: Standing) -> None:
    wrong = {"severity": "error", "urn": f"urn::{ALARM}::cpu", "message": "AccessDenied:\n no"}
    stack.events({"diagnosticEvent": wrong})
    code, told = drifted(stack)
    assert (code, told["errors"]) == (1, ["cpu: AccessDenied: no"])


def test_an_engine_that_does_not_start_is_refused_in_its_own_words(stack: Standing) -> None:
    (stack.root / "bin" / "wrong").write_text("error: no stack named 'staging' found")
    code, _, err = stack.said("drift")
    assert code == 2
    assert err.splitlines()[-1] == "staging: no refresh: no stack named 'staging' found"


def test_an_engine_that_fails_in_the_middle_is_no_pass(stack: Standing) -> None:
    stack.events(event("same", ALARM, "cpu", {}, {}))
    (stack.root / "bin" / "wrong").write_text("error: gone")
    code, told = drifted(stack)
    assert (code, told["errors"]) == (1, ["the engine failed"])


def test_a_stack_without_a_file_is_refused(stack: Standing) -> None:
    (stack.root / "Pulumi.staging.yaml").unlink()
    code, _, err = stack.said("drift")
    assert (code, err) == (2, "staging: there is no Pulumi.staging.yaml\n")


def test_each_look_adds_a_line_to_the_history(stack: Standing) -> None:
    file = stack.root / "history.jsonl"
    stack.events(threshold())
    drifted(stack, "--history", str(file))
    stack.events(event("same", ALARM, "cpu", {}, {}))
    drifted(stack, "--history", str(file))

    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(each["passed"], each["drifted"]) for each in lines] == [(False, 1), (True, 0)]
    assert lines[0]["time"].endswith("Z")


def bucket(stack: str, name: str) -> dict[str, Any]:
    found = resource("aws:s3/bucket:Bucket", name)
    return {**found, "urn": found["urn"].replace(":staging:", f":{stack}:")}


def test_what_is_deployed_is_compared_where_both_stacks_can_be_read(stack: Standing) -> None:
    stack.events(event("same", ALARM, "cpu", {}, {}))
    stack.state([bucket("staging", "one")])
    code, out, _ = stack.said("drift")
    assert code == 0
    assert "parity of what is deployed: not known: production: no export: " in out

    stack.state([bucket("production", "one"), bucket("production", "two")], "production")
    code, out, _ = stack.said("drift", "--json")
    parity = json.loads(out)["parity"]
    assert code == 1
    assert parity["undeclared"] == 1
    assert any(each.endswith("aws:s3/bucket:Bucket::two: ") for each in parity["stopping"])


def test_an_export_that_is_empty_is_not_taken_for_a_stack(stack: Standing) -> None:
    from operations.deployed import exported

    stack.state([])
    with pytest.raises(OperationError, match="nothing is deployed"):
        exported(stack.root, "staging", ["pulumi"])
