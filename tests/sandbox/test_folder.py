"""What is written into the sandbox's folder before anything runs."""

import configparser
import json
import os
import subprocess
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2_grpc

from sandbox import folder
from sandbox.errors import SandboxError
from sandbox.provider.versions import PLUGINS
from sandbox.session import Session
from tests.support.sandboxes import make, make_runnable

pytestmark = pytest.mark.slow


@pytest.fixture(name="session")
def _session(tmp_path: Path) -> Session:
    return make(tmp_path / "main")


def prepare(session: Session) -> Session:
    folder.prepare(session.root)
    return session


def test_each_stack_has_a_profile_that_takes_its_role(session: Session) -> None:
    profiles = configparser.ConfigParser()
    profiles.read(prepare(session).folder / "aws-profiles")

    assert profiles.sections() == ["default", "profile production", "profile staging"]
    assert dict(profiles["profile staging"]) == {
        "role_arn": "arn:aws:iam::222222222222:role/deployer",
        "source_profile": "default",
        "region": "eu-west-1",
    }
    assert "444444444444" in profiles["profile production"]["role_arn"]


def test_a_sandbox_of_an_older_version_is_refused(session: Session) -> None:
    passphrase = prepare(session).folder / "passphrase"
    passphrase.write_text("x")

    with pytest.raises(SandboxError, match=r"older version made it: `make down` starts anew$"):
        prepare(session)


def test_what_is_recorded_of_a_stack_stands_in_its_file(session: Session) -> None:
    stacks = prepare(session).folder / "state" / ".pulumi" / "stacks" / "understudy"
    stacks.mkdir(parents=True)
    latest = {"resources": [{"urn": "urn:x"}]}
    for stack, recorded in (("staging", {"latest": latest}), ("production", {})):
        (stacks / f"{stack}.json").write_text(json.dumps({"version": 3, "checkpoint": recorded}))

    assert folder.recorded_of(session.folder, "staging") == latest
    assert folder.recorded_of(session.folder, "production") == {}
    with pytest.raises(SandboxError, match="^other: there is no such stack"):
        folder.recorded_of(session.folder, "other")


def test_a_damaged_file_of_a_stack_is_named(session: Session) -> None:
    file = prepare(session).folder / "state" / ".pulumi" / "stacks" / "staging.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"version": 3, "check')

    with pytest.raises(SandboxError, match=r"staging\.json: cannot be read: "):
        folder.recorded_of(session.folder, "staging")


def test_the_engine_finds_no_folder_for_a_log_of_its_own(session: Session) -> None:
    place = prepare(session).folder / "home" / "logs"

    assert "../logs" in place.read_text()
    place.unlink()
    place.mkdir()
    prepare(session)
    assert place.is_dir(), "what an engine logged before is nobody's to delete"


def test_the_plugins_stand_where_the_engine_looks_and_can_be_run(session: Session) -> None:
    made = prepare(session).folder
    scripts = [
        *(
            made / "home/plugins" / f"resource-{name}-v{version}" / f"pulumi-resource-{name}"
            for name, version in PLUGINS.items()
        ),
        made / "engine/pulumi-language-python",
        made / "bin/pulumi",
    ]

    for script in scripts:
        assert os.access(script, os.X_OK)
        script.chmod(0o644)
    prepare(session)
    assert all(os.access(script, os.X_OK) for script in scripts)


def test_a_plugin_starts_in_a_folder_of_any_name_and_ends_with_its_engine(tmp_path: Path) -> None:
    session = make_runnable(tmp_path / "it's a $HOME `x`")
    plugin = prepare(session).folder / f"home/plugins/resource-random-v{PLUGINS['random']}"
    # The engine here is a shell that is killed: the plugin must see that for itself.
    engine = subprocess.Popen(
        ["/bin/sh", "-c", '"$0" 127.0.0.1:1 & echo $!; wait', plugin / "pulumi-resource-random"],
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"]},
    )
    assert engine.stdout is not None
    with engine.stdout:
        pid, port = (int(engine.stdout.readline()) for _ in range(2))
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            info = provider_pb2_grpc.ResourceProviderStub(channel).GetPluginInfo(empty_pb2.Empty())
        engine.kill()
        engine.wait()
        assert info.version == PLUGINS["random"]
        assert engine.stdout.read() == ""  # The pipe closes when the last holder is gone.
    assert pid != engine.pid


def test_a_script_runs_its_own_projects_code_wherever_it_is_called(tmp_path: Path) -> None:
    ours, other = (make(tmp_path / name) for name in ("ours", "other"))
    for project in (ours, other):
        code = project.root / "sandbox"
        code.mkdir()
        (code / "__init__.py").touch()
        (code / "__main__.py").write_text(f"import sys; print({project.root.name!r}, sys.argv[1:])")
    script = prepare(ours).folder / "bin" / "pulumi"
    said = subprocess.check_output(
        [script, "up"],
        cwd=other.root,
        env={**os.environ, "PYTHONPATH": str(other.root)},
        text=True,
    )

    assert said == "ours ['pulumi', '--', 'up']\n"


def test_a_sandbox_in_a_sandbox_is_refused(session: Session) -> None:
    inner = session.folder / "project"
    inner.mkdir(parents=True)

    with (
        pytest.raises(SandboxError, match="is inside a sandbox's folder"),
        folder.locked(inner),
    ):
        pass
    assert not (inner / ".sandbox").exists()


def test_everything_is_in_the_sandboxs_folder(session: Session) -> None:
    before = {path.name for path in session.root.iterdir()}
    prepare(session)

    assert {path.name for path in session.root.iterdir()} == before | {".sandbox"}
    seeds = json.loads((session.folder / "seeds.json").read_text())
    assert {role["account"] for role in seeds["roles"]} >= {"222222222222", "444444444444"}
    assert (session.project / "Pulumi.staging.yaml").exists()


def test_a_folder_that_cannot_be_written_is_named(session: Session) -> None:
    session.folder.write_text("a file in the way")

    with pytest.raises(SandboxError, match=r"\.sandbox/bin: cannot be written: Not a directory"):
        prepare(session)


def test_a_full_disk_is_refused_before_anything_runs(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.folder.FREE_BYTES", 1 << 60)

    with pytest.raises(SandboxError, match=r"needs \d+ MiB of free disk, got \d+ MiB"):
        prepare(session)
