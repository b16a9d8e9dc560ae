"""What a person types in the sandbox's shell means what it says there."""

from pathlib import Path

import pytest

from sandbox import operator, shell
from sandbox.errors import SandboxError
from sandbox.session import Session


def test_paths_are_those_of_whoever_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    given = ["stack", "export", "--file", "mine.json", "--save-plan=plan.json", "-s", "staging"]

    assert shell.from_here(given) == [
        "stack",
        "export",
        "--file",
        str(tmp_path / "mine.json"),
        f"--save-plan={tmp_path / 'plan.json'}",
        "-s",
        "staging",
    ]
    assert shell.from_here(["stack", "import", "--file", "/a/b.json"])[-1] == "/a/b.json"


@pytest.mark.parametrize(
    "given",
    [
        ["stack", "init", "staging"],
        ["stack", "select", "--create", "staging"],
        ["stack", "select", "staging", "-c"],
    ],
)
def test_a_stack_is_made_with_the_sandboxs_key_where_no_other_is_named(given: list[str]) -> None:
    assert shell.with_key(given) == [*given, "--secrets-provider", operator.SECRETS_PROVIDER]

    for other in (["--secrets-provider", "awskms:///x"], ["--secrets-provider=awskms:///x"]):
        assert shell.with_key([*given, *other]) == [*given, *other]


@pytest.mark.parametrize(
    "given",
    [
        ["stack", "select", "staging"],
        ["up", "-c", "a=b", "--stack", "staging"],
        ["preview", "--stack", "init"],
    ],
)
def test_what_makes_no_stack_is_left_as_it_is(given: list[str]) -> None:
    assert shell.with_key(given) == given


@pytest.mark.parametrize("word", ["set", "rm", "set-all"])
def test_a_setting_that_would_not_last_is_refused(tmp_path: Path, word: str) -> None:
    with pytest.raises(SandboxError, match=f"^config {word}: settings live in Pulumi"):
        shell.pulumi(Session(tmp_path), ["config", word, "shape", "{}"])
