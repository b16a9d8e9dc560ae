"""What a person types in the sandbox's shell means what it says there."""

from pathlib import Path

import pytest

from sandbox import shell
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


@pytest.mark.parametrize("word", ["set", "rm", "set-all"])
def test_a_setting_that_would_not_last_is_refused(tmp_path: Path, word: str) -> None:
    with pytest.raises(SandboxError, match=f"^config {word}: settings live in Pulumi"):
        shell.pulumi(Session(tmp_path), ["config", word, "shape", "{}"])
