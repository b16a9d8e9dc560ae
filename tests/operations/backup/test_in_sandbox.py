"""The commands reach the sandbox's own AWS, in the stack's account, and let go of it after."""

import json
import os
import shutil
from pathlib import Path

import pytest

from operations.command import main
from operations.place import NEEDED
from tests.operations.backup.stack import engine
from tests.settings.workspace import FILES, ROOT

pytestmark = pytest.mark.moto


def test_the_stacks_account_is_asked_and_the_environment_is_as_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in FILES:
        shutil.copy(ROOT / file, tmp_path)
    (tmp_path / "sandbox").symlink_to(ROOT / "sandbox")
    outputs = dict.fromkeys(NEEDED, "x") | {
        "account": "111111111111",
        "region": "eu-west-1",
        "databaseIdentifier": "storefront-production",
    }
    # The engine is played by a script: the real one takes minutes.
    monkeypatch.setattr("operations.engine.SANDBOX", (str(engine(tmp_path, outputs, {})),))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "my-own")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "my-own")
    before = dict(os.environ)

    assert main(["backup", "list", "production", "--sandbox", "--root", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert told.splitlines()[-1] == "production: there is no database storefront-production"
    assert dict(os.environ) == before

    (tmp_path / "bin" / "outputs.json").write_text(json.dumps({**outputs, "account": "2" * 12}))
    assert main(["backup", "list", "production", "--sandbox", "--root", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "the credentials are of account 111111111111" in told


def test_a_stack_that_is_not_up_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", f"{engine(tmp_path, {}, {}).parent}{os.pathsep}{os.environ['PATH']}")
    assert main(["backup", "list", "staging", "--root", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("staging: the stack has no output account, region, ")

    (tmp_path / "bin" / "outputs.json").unlink()
    assert main(["backup", "verify", "staging", "--root", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert told.startswith("staging: no outputs: ")
    assert len(told.splitlines()) == 1
    monkeypatch.setenv("PATH", "")
    assert main(["backup", "list", "staging", "--root", str(tmp_path)]) == 2
    assert capsys.readouterr().err == "pulumi: there is no such command\n"
