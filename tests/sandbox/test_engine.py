"""The engine is the one on PATH, else a cached one, else one that Go builds; never an old one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import engine
from sandbox.errors import SandboxError

ROOT = Path(engine.__file__).parents[1]
SHELL = "#!/bin/sh\n"


class Machine:
    """A PATH and a cache of the test's own, and what was said."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.cache = folder / "cache"
        self.said: list[str] = []
        self._set = monkeypatch.setenv
        self._set("PATH", str(self.bin))
        self._set("UNDERSTUDY_CACHE", str(self.cache))

    def install(self, name: str, script: str, folder: Path | None = None) -> Path:
        path = (folder or self.bin) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SHELL + script)
        path.chmod(0o755)
        return path

    def path(self, *folders: Path) -> None:
        self._set("PATH", os.pathsep.join(map(str, folders)))

    def find(self) -> Path:
        return engine.find(self.said.append)


@pytest.fixture(name="machine")
def _machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


@pytest.mark.parametrize("version", ["v3.230.0", "v3.259.0", "v4.0.0", "v3.260.0-alpha.x"])
def test_the_one_on_path_is_taken(machine: Machine, version: str) -> None:
    cli = machine.install("pulumi", f"echo {version}")

    assert machine.find() == cli
    assert machine.said == []


@pytest.mark.parametrize("version", ["v3.229.9", "v2.300.0", "v3.99.0", "nonsense", ""])
def test_one_that_is_too_old_is_refused_and_not_passed_over(machine: Machine, version: str) -> None:
    cli = machine.install("pulumi", f"echo {version}")
    machine.install("pulumi", "", machine.cache / f"pulumi-{engine.VERSION}")

    with pytest.raises(SandboxError) as caught:
        machine.find()
    said = version or "no version"
    assert str(caught.value) == f"{cli}: Pulumi must be at least v3.230.0, got {said}"


def test_one_that_does_not_run_is_named(machine: Machine) -> None:
    cli = machine.install("pulumi", "exit 3")

    with pytest.raises(SandboxError, match="does not run: .*exit status 3") as caught:
        machine.find()
    assert str(caught.value).startswith(f"{cli}: ")


def test_what_a_sandbox_puts_on_the_path_is_passed_over(machine: Machine, tmp_path: Path) -> None:
    own = machine.install("pulumi", "exit 3", tmp_path / "a/.sandbox/bin").parent
    others = machine.install("pulumi", "exit 3", tmp_path / "b/.sandbox/bin").parent
    linked = tmp_path / "linked"
    linked.symlink_to(others)
    cli = machine.install("pulumi", "echo v3.259.0")
    machine.path(own, others, linked, machine.bin)

    assert machine.find() == cli


def test_a_cached_one_is_taken_without_a_word(machine: Machine) -> None:
    cached = machine.install("pulumi", "", machine.cache / f"pulumi-{engine.VERSION}")

    assert machine.find() == cached
    assert machine.said == []


def test_a_cached_one_of_another_version_is_not_taken(machine: Machine) -> None:
    machine.install("pulumi", "", machine.cache / "pulumi-v3.1.0")

    with pytest.raises(SandboxError, match="no pulumi on PATH, and no go to build it with"):
        machine.find()


def test_without_go_it_says_what_to_install(machine: Machine) -> None:
    with pytest.raises(SandboxError, match=r"install Pulumi 3\.230 or Go 1\.25"):
        machine.find()
    assert not machine.cache.exists()


BUILDS = """
while [ "$1" != "-o" ]; do shift; done
[ -f go.mod ] || exit 9
i=0
while [ $i -lt 50 ]; do echo "go: downloading module-$i v1" >&2; i=$((i + 1)); done
echo built > "$2"
"""


def test_go_builds_it_once_and_says_so(machine: Machine) -> None:
    machine.install("go", BUILDS)

    built = machine.find()
    assert built == machine.cache / f"pulumi-{engine.VERSION}" / "pulumi"
    assert built.read_text() == "built\n"
    assert [path.name for path in built.parent.iterdir()] == ["pulumi"]
    assert machine.said == [
        "no pulumi on PATH: building v3.259.0 from Go, once (about 5 min)",
        "  25 modules fetched",
        "  50 modules fetched",
    ]
    machine.install("go", "exit 1")
    assert machine.find() == built


def test_a_build_that_fails_leaves_nothing_that_looks_built(machine: Machine) -> None:
    machine.install("go", BUILDS + 'echo "no space left" >&2\nexit 1\n')

    with pytest.raises(SandboxError, match="building pulumi v3.259.0 failed: no space left"):
        machine.find()
    assert not list(machine.cache.rglob("pulumi"))
    assert not list(machine.cache.rglob("*.part"))


def test_a_cache_that_cannot_be_written_is_named(machine: Machine) -> None:
    machine.install("go", "exit 0")
    machine.cache.write_text("a file in the way")

    with pytest.raises(SandboxError, match="cannot be written: Not a directory"):
        machine.find()


def test_the_cache_lies_where_the_user_keeps_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UNDERSTUDY_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert engine.cache_folder() == Path("/caches/understudy")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/me")
    assert engine.cache_folder() == Path("/home/me/.cache/understudy")


def test_its_command_needs_no_library_and_says_where_the_engine_is(machine: Machine) -> None:
    cli = machine.install("pulumi", "echo v3.259.0")

    done = _command()
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{cli}\n", "")


def test_its_command_refuses_in_one_line(machine: Machine) -> None:
    cli = machine.install("pulumi", "echo v3.1.0")

    done = _command()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"{cli}: Pulumi must be at least v3.230.0, got v3.1.0\n"


def _command() -> "subprocess.CompletedProcess[str]":
    """Run the command by a Python that finds nothing but its own library."""
    command = [sys.executable, "-S", "-m", "sandbox.engine"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
