"""How a session meets the sandbox's AWS and its engine, and what it tells them of this machine."""

import errno
import os
import shutil
import urllib.request
from pathlib import Path

import pytest

from sandbox import folder, lost
from sandbox.errors import SandboxError
from sandbox.session import Session
from tests.support.cloud import Cloud
from tests.support.sandboxes import make


@pytest.fixture(name="session")
def _session(tmp_path: Path) -> Session:
    return make(tmp_path / "main")


def prepare(session: Session) -> Session:
    folder.prepare(session.root)
    return session


def test_the_environment_leads_to_the_sandbox_and_nowhere_else(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG"):
        monkeypatch.setenv(name, "the user's own")
    session.endpoint = "http://127.0.0.1:1"
    environment = session.environment()

    assert "the user's own" not in environment.values()
    # In the environment a key would go before the profile that somebody chooses.
    assert "AWS_ACCESS_KEY_ID" not in environment
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert environment["PATH"].split(os.pathsep)[0] == str(session.folder / "bin")
    for name in ("PULUMI_HOME", "PULUMI_BACKEND_URL"):
        assert str(session.folder) in environment[name]


def test_a_proxy_is_for_the_world_and_not_for_the_sandbox(
    session: Session, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "intranet")
    monkeypatch.setattr(urllib.request, "_opener", None)  # As a new process would find it.
    session.endpoint = cloud.endpoint

    assert session.answers()
    assert cloud.aws.call("sts.get_caller_identity")["Account"]
    environment = session.environment()
    assert environment["http_proxy"] == "http://127.0.0.1:9"
    assert environment["no_proxy"] == "intranet,127.0.0.1,localhost"
    assert environment["NO_PROXY"] == "127.0.0.1,localhost"


# The settings.

VALIDATE = """
import sys
from pathlib import Path

with Path("looks").open("a") as looks:
    looks.write("look ")
if "bad" in Path("Pulumi.staging.yaml").read_text():
    sys.exit("Pulumi.staging.yaml: bad: is refused")
"""


def test_settings_are_looked_at_again_once_they_or_their_rules_change(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in ("_join", "_refuse_other_accounts"):
        monkeypatch.setattr(Session, step, lambda _: None)
    session.endpoint = "http://127.0.0.1:9"
    rules = session.root / "settings" / "__main__.py"
    rules.parent.mkdir()
    rules.write_text(VALIDATE)
    stack = session.root / "Pulumi.staging.yaml"
    good = stack.read_text()

    def looks() -> int:
        before = (session.root / "looks").read_text() if (session.root / "looks").exists() else ""
        with session:
            return len((session.root / "looks").read_text().split()) - len(before.split())

    assert [looks(), looks()] == [1, 0]
    stack.write_text(f"{good}# another line\n")
    assert [looks(), looks()] == [1, 0]
    rules.write_text(f"{VALIDATE}# another rule\n")
    assert [looks(), looks()] == [1, 0]
    stack.write_text(f"{good}bad: true\n")
    for _ in range(2):
        with pytest.raises(SandboxError, match=r"^Pulumi\.staging\.yaml: bad: is refused$"):
            looks()


# Its AWS.


def test_a_refusal_of_the_aws_is_told_in_its_words(session: Session, cloud: Cloud) -> None:
    session.endpoint = cloud.endpoint

    assert session.answers()
    with pytest.raises(SandboxError, match="^no such path: nonsense$"):
        session.tell("nonsense")
    with pytest.raises(SandboxError, match="^fault kind must be one of"):
        session.tell("faults", [{"kind": "melt"}])
    session.endpoint = f"{cloud.endpoint}/elsewhere"
    with pytest.raises(SandboxError, match="^status: HTTP 500$"):
        session.tell("status")


def test_an_aws_that_is_gone_is_told_with_its_log(session: Session) -> None:
    session.endpoint = "http://127.0.0.1:9"

    assert not session.answers()
    with pytest.raises(SandboxError, match=r"does not answer on http://127\.0\.0\.1:9; its log is"):
        session.tell("status")


def test_a_state_that_is_gone_under_stacks_that_hold_resources_is_refused(
    session: Session,
) -> None:
    stacks = session.folder / "state" / ".pulumi" / "stacks" / "understudy"
    stacks.mkdir(parents=True)
    (stacks / "staging.json").write_text('{"type": "aws:ec2/vpc:Vpc"}')

    with pytest.raises(SandboxError, match=r"aws\.state: the state of the sandbox's AWS is gone"):
        session._start()  # noqa: SLF001


def test_a_save_that_failed_is_told_until_all_that_it_touched_is_recovered(
    session: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for step in ("_join", "_refuse_other_accounts"):
        monkeypatch.setattr(Session, step, lambda _: None)
    session.endpoint = "http://127.0.0.1:9"

    def told() -> str:
        with session:
            return capsys.readouterr().err

    assert told() == ""
    stacks = session.folder / "state/.pulumi/stacks/understudy"
    stacks.mkdir(parents=True)
    for stack in ("staging", "production"):
        (stacks / f"{stack}.json").write_text('{"type": "aws:ec2/vpc:Vpc"}')
    lost.note(session.folder, "aws.state: the disk is full")
    assert "aws.state: the disk is full; what the stacks record may be ahead" in told()
    lost.settle(session.folder, ["staging"])
    assert "`make recover`" in told()
    lost.settle(session.folder, ["production", "staging"])
    assert told() == ""


# Its engine.


@pytest.fixture(name="cli")
def _cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an engine on the PATH that notes each look at its version."""
    cli = tmp_path / "bin" / "pulumi"
    cli.parent.mkdir()
    cli.write_text('#!/bin/sh\necho >> "$0.looks"\necho v3.259.0\n')
    cli.chmod(0o755)
    monkeypatch.setenv("PATH", str(cli.parent))
    return cli


def test_a_cli_without_a_language_host_gets_ours_beside_it(session: Session, cli: Path) -> None:
    beside = prepare(session).cli()

    assert beside.parent == session.folder / "engine"
    assert beside.samefile(cli)
    assert (beside.parent / "pulumi-language-python").exists()
    assert session.cli() == beside
    assert len(Path(f"{cli}.looks").read_text()) == 1, "once a session"
    (cli.parent / "pulumi-language-python").touch()
    assert Session(session.root).cli() == cli


def test_an_engine_of_another_file_system_is_copied_once_and_not_under_who_runs_it(
    session: Session, cli: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[Path] = []

    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    def copy(source: Path, target: Path) -> None:
        copied.append(target)
        copy2(source, target)

    copy2 = shutil.copy2
    monkeypatch.setattr(shutil, "copy2", copy)
    monkeypatch.setattr(Path, "hardlink_to", refuse)
    beside = prepare(session).cli()
    assert Session(session.root).cli() == beside
    assert len(copied) == 1
    with beside.open() as running:
        cli.write_text("#!/bin/sh\necho v3.260.0\n")
        Session(session.root).cli()
        assert "v3.259.0" in running.read()
    assert "v3.260.0" in beside.read_text()
    assert os.access(beside, os.X_OK)
    assert [path.name for path in beside.parent.glob("*.part")] == []
