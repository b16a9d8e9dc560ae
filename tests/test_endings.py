"""As a command ends Python looks for garbage among all that it has loaded: up to a second."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.project import ROOT

TELLS = """
import atexit, gc, sys
atexit.register(lambda: print("looked through:", len(gc.get_objects()), file=sys.stderr))
"""
"""What comes last before that: it was registered first."""
LITTLE = 2_000
"""Of objects; Python and the SDK come to twenty times as many."""


def looked_through(tmp_path: Path, *words: str) -> int:
    """Return how many objects are looked through as ``python -m`` ends."""
    (tmp_path / "sitecustomize.py").write_text(TELLS)
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env={"PYTHONPATH": f"{tmp_path}:{ROOT}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return int(done.stderr.rpartition("looked through: ")[2])


def test_others_look_through_what_they_loaded(tmp_path: Path) -> None:
    assert looked_through(tmp_path, "json.tool", "--help") > LITTLE


@pytest.mark.parametrize("module", ["settings", "operations", "sandbox", "policies.command"])
def test_no_command_looks_through_what_it_loaded(module: str, tmp_path: Path) -> None:
    assert looked_through(tmp_path, module, "--help") < LITTLE


@pytest.mark.slow
def test_nor_does_the_recorder(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: test\nruntime: python\n")
    (tmp_path / "Pulumi.test.yaml").write_text("config: {}\n")
    (tmp_path / "__main__.py").write_text("import pulumi\n")
    assert looked_through(tmp_path, "policies.recorder", str(tmp_path), "test") < LITTLE


@pytest.mark.slow
def test_nor_does_the_sandboxs_aws(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert looked_through(tmp_path, "sandbox.aws", str(tmp_path), port) < LITTLE
