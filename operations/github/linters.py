"""The linters of workflows: zizmor, check-jsonschema and actionlint, pinned, in the cache folder.

They look without a network. The first two come from PyPI into a virtual environment of their own;
actionlint is built from its Go module.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from operations.errors import OperationError
from sandbox.engine import cache_folder

ACTIONLINT = "v1.7.12"
MODULE = "github.com/rhysd/actionlint/cmd/actionlint"
REQUIREMENTS = "requirements-lint.txt"
FAILED = 1

Say = Callable[[str], None]


def run(root: Path, say: Say) -> int:
    """Run every linter over the workflows and actions; return 1 where one finds something."""
    workflows = [str(path) for path in sorted((root / ".github/workflows").glob("*.y*ml"))]
    actions = [str(path) for path in sorted((root / ".github/actions").glob("*/action.y*ml"))]
    if not workflows:
        raise OperationError(f"{root / '.github/workflows'}: must hold a workflow, got none")
    folder = _from_pypi(root, say)
    schema = [str(folder / "bin/check-jsonschema"), "--quiet", "--builtin-schema"]
    commands: list[Sequence[str]] = [
        [str(folder / "bin/zizmor"), "--offline", "--quiet", "--no-progress", "--pedantic",
         "--config", ".github/zizmor.yml",
         *workflows, *actions],
        [*schema, "vendor.github-workflows", *workflows],
        # Other programs that it would call where they are installed: not everywhere the same.
        [str(_actionlint(say)), "-shellcheck=", "-pyflakes=", *workflows],
    ]  # fmt: skip
    if actions:
        commands.append([*schema, "vendor.github-actions", *actions])
    codes = [subprocess.run(each, cwd=root, check=False).returncode for each in commands]  # noqa: S603
    return FAILED if any(codes) else 0


def _from_pypi(root: Path, say: Say) -> Path:
    """Return the virtual environment of these requirements, made if there is none."""
    wanted = root / REQUIREMENTS
    try:
        told = wanted.read_bytes()
    except OSError as error:
        raise OperationError(f"{wanted}: can't be read: {error.strerror}") from None
    key = hashlib.sha256(told + sys.version.encode()).hexdigest()[:12]
    folder = cache_folder() / f"linters-{key}"
    ready = folder / ".ready"
    if not ready.exists():
        say("fetching the linters, once (about 20 s)")
        _done([sys.executable, "-m", "venv", "--clear", str(folder)])
        pip = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet"]
        _done([*pip, "--disable-pip-version-check", "-r", str(wanted)])
        ready.touch()
    return folder


def _actionlint(say: Say) -> Path:
    folder = cache_folder() / f"actionlint-{ACTIONLINT}"
    program = folder / "actionlint"
    if program.exists():
        return program
    go = shutil.which("go")
    if go is None:
        raise OperationError("actionlint: is built with go, and there is none: install Go 1.25")
    say(f"building actionlint {ACTIONLINT}, once (about a minute)")
    beside = folder / "build"
    _done(
        [go, "install", "-trimpath", f"{MODULE}@{ACTIONLINT}"], GOBIN=str(beside), CGO_ENABLED="0"
    )
    (beside / "actionlint").replace(program)
    shutil.rmtree(beside, ignore_errors=True)
    return program


def _done(command: Sequence[str], **more: str) -> None:
    made = subprocess.run(  # noqa: S603  (this interpreter, pip, go)
        command, env={**os.environ, **more}, capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        words = made.stderr.strip().splitlines()
        raise OperationError(f"{command[0]}: failed: {words[-1] if words else made.returncode}")
