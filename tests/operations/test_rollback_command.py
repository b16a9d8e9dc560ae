"""The command that says whether a rollback is allowed, and what it offers where it is not."""

import json
from pathlib import Path

import pytest
import yaml

from operations.command import main

DROP = {"id": "0002_drop_names", "reversible": False}
FIRST = {"id": "0001_first", "reversible": False}
INDEX = {"id": "0003_index", "reversible": True}


def record(version: str, *steps: dict[str, object], **more: object) -> dict[str, object]:
    return {
        "digest": f"sha256:{int(version[0]):064x}",
        "version": version,
        "commit": "b" * 40,
        "stack": "staging",
        "verdict": "passed",
        "time": f"2031-05-0{version[0]}T00:00:00Z",
        "migrations": list(steps),
        **more,
    }


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    releases = [
        record("1.0.0", FIRST),
        record("2.0.0", FIRST, DROP),
        record("2.0.0", FIRST, DROP, stack="production", migrated="2031-05-02T10:00:00Z"),
        record("3.0.0", FIRST, DROP, INDEX),
    ]
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/releases.yaml").write_text(yaml.safe_dump({"releases": releases}))
    return tmp_path


def check(root: Path, wanted: str, running: str, *words: str) -> int:
    return main(
        ["rollback-check", "production", wanted, "--running", running, "--root", str(root), *words]
    )


def test_it_says_what_to_undo(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(root, "2.0.0", "3.0.0") == 0
    assert capsys.readouterr().out == (
        "with down-migrations: every step of 3.0.0 since 2.0.0 can be undone\n"
        "undo first, in this order: 0003_index\n"
    )


def test_it_offers_the_restore_where_it_refuses(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(root, "1.0.0", "2.0.0") == 1
    out = capsys.readouterr().out
    assert out.startswith("refused: 0002_drop_names can't be undone\n")
    command = out.rpartition(": ")[2].split()
    assert command[-1] == "2031-05-02T09:59:59Z"
    # What it offers is a command that there is.
    with pytest.raises(SystemExit) as helped:
        main([*command[3:], "--help"])
    assert helped.value.code == 0


def test_it_answers_in_json(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(root, "3.0.0", "3.0.0", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["way"], told["allowed"], told["undo"]) == ("code only", True, [])


def test_it_refuses_what_it_does_not_know(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(root, "9.0.0", "3.0.0") == 2
    assert capsys.readouterr().err == "policies/releases.yaml: has no release '9.0.0'\n"
    (root / "policies/releases.yaml").write_text("releases: 7")
    assert check(root, "1.0.0", "3.0.0") == 2
