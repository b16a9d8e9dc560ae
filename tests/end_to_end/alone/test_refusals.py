"""Bad input: one line that names file and key, exit code 2, and nothing changed."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from tests.support.crash import left_behind
from tests.support.project import Project, refused

pytestmark = pytest.mark.usefixtures("without_plugins")

STAGING, PRODUCTION = "Pulumi.staging.yaml", "Pulumi.production.yaml"
SCALE, IDENTITY = "config/understudy:scale", "config/understudy:identity"


@pytest.mark.parametrize(
    ("file", "path", "value", "says"),
    [
        (STAGING, f"{SCALE}/databse", {}, "databse"),
        (STAGING, "config/understudy:shape", {}, "shape"),
        (STAGING, f"{SCALE}/database/backupDays", 0, "between 1 and 35, got 0"),
        (STAGING, f"{SCALE}/database/instanceClass", "db.t9.huge", "db.t9.huge"),
        (STAGING, f"{SCALE}/web/cpu", 300, "300"),
        (STAGING, f"{SCALE}/web/max", 400, "scale.web.max"),
        (STAGING, f"{IDENTITY}/cidr", "10.10.128.0/17", "cidr"),
        (STAGING, f"{IDENTITY}/dns/domain", "staging.example.org", "domain"),
        (STAGING, f"{IDENTITY}/release/image", "example/app:latest", "digest"),
    ],
)
def test_bad_settings_stop_before_anything_is_written(
    project: Project, file: str, path: str, value: object, says: str
) -> None:
    project.edit(file, path, value)
    done = project.run("up", "staging")
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert file in done.stderr or PRODUCTION in done.stderr
    assert "Traceback" not in done.stderr
    assert not (project.root / ".sandbox").exists()


def test_the_gate_ends_as_the_sandbox_does(project: Project) -> None:
    project.edit(STAGING, f"{SCALE}/databse", {})
    done = project.run("gate", "staging", "--sandbox", "--yes", module="operations")
    assert done.returncode == 2, done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    assert "databse" in line


def test_a_port_in_use_is_refused(project: Project) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused(project, "up", "staging", "--port", str(port), says=f"port {port}")


def with_an_old_engine(folder: Path) -> str:
    """Return a PATH on which an engine is found that is too old."""
    old = folder / "pulumi"
    old.write_text("#!/bin/sh\necho v3.90.0\n")
    old.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def test_an_engine_too_old_is_refused_before_an_aws_starts(
    project: Project, tmp_path: Path
) -> None:
    path = with_an_old_engine(tmp_path)
    refused(project, "preview", "staging", says="at least v3.230.0, got v3.90.0", PATH=path)
    assert not (project.root / ".sandbox").exists()


def test_an_operation_refuses_it_too(project: Project, tmp_path: Path) -> None:
    words = ("drift", "staging", "--sandbox")
    says = "at least v3.230.0, got v3.90.0"
    refused(project, *words, says=says, module="operations", PATH=with_an_old_engine(tmp_path))
    assert not (project.root / ".sandbox").exists()


def test_nothing_is_up_before_it_is_brought_up(project: Project) -> None:
    assert project.ran("status") == "nothing is up: `make up`\n"
    assert not (project.root / ".sandbox").exists()


def test_an_unknown_stack_is_refused(project: Project) -> None:
    refused(project, "up", "stagging", says="allowed: production, staging")


def test_another_account_than_the_sandbox_was_made_with_is_refused(project: Project) -> None:
    with project.session():
        pass
    for file in (STAGING, "Pulumi.production.yaml"):
        path = project.root / file
        path.write_text(path.read_text().replace("222222222222", "999999999999"))
    refused(project, "up", "staging", says="999999999999 is no account of this sandbox")


def test_a_damaged_state_of_the_sandboxs_aws_is_refused(project: Project) -> None:
    with project.session():
        pass
    assert left_behind(project.root) == [], "the AWS saves its state when it ends"
    (project.root / ".sandbox" / "aws.state").write_bytes(b"half a pick")
    refused(project, "preview", "staging", says="cannot be read")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a small disk")
def test_a_full_disk_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", tmp_path], check=True)
    try:
        small = Project.copy_to(tmp_path / "project")
        refused(small, "up", "staging", says="needs 64 MiB of free disk")
        assert not (small.root / ".sandbox" / "aws.state").exists()
    finally:
        subprocess.run(["/bin/umount", tmp_path], check=True)
