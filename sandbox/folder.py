"""The sandbox's folder inside the project: what is written there before anything runs."""

import json
import os
import secrets
import shlex
import sys
from pathlib import Path

from sandbox import operator, project
from sandbox.errors import SandboxError
from sandbox.provider.versions import PLUGINS

PROJECT = "project"
"""The project as the sandbox's engine sees it."""
FOLDERS = ("bin", "engine", "home/plugins", "logs", "state")
FREE_BYTES = 64 * 1024 * 1024
"""Room that the state of both stacks and moto takes, with some to spare."""


def of(root: Path) -> Path:
    """Return the sandbox's folder of a project."""
    return root / ".sandbox"


def prepare(root: Path) -> None:
    """Bring the folder up to date with the project.

    Raises SandboxError for a folder that cannot be written and for a disk that is full.
    """
    folder = of(root)
    try:
        for name in FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        refuse_full_disk(folder)
        _write_scripts(root, folder)
        _write_passphrase(folder / "passphrase")
        project.mirror(root, folder / PROJECT)
        (folder / "seeds.json").write_text(json.dumps(project.seeds(root), indent=2))
        (folder / "aws-profiles").write_text(_profiles(root))
    except OSError as error:
        raise SandboxError(f"{error.filename}: cannot be written: {error.strerror}") from error


def refuse_full_disk(folder: Path) -> None:
    """Raise SandboxError where the state of both stacks and moto would not find room."""
    space = os.statvfs(folder)
    free = space.f_bavail * space.f_frsize
    if free < FREE_BYTES:
        raise SandboxError(
            f"{folder}: needs {FREE_BYTES >> 20} MiB of free disk, got {free >> 20} MiB"
        )


def _write_scripts(root: Path, folder: Path) -> None:
    """Install the stand-in providers where the engine looks for plugins of their versions."""
    for package, version in PLUGINS.items():
        plugin = folder / "home" / "plugins" / f"resource-{package}-v{version}"
        plugin.mkdir(parents=True, exist_ok=True)
        _script(root, plugin / f"pulumi-resource-{package}", f"-m sandbox.provider {package}")
    _script(root, folder / "engine" / "pulumi-language-python", "-m sandbox.language_host")
    _script(root, folder / "bin" / "pulumi", "-m sandbox pulumi --")


def _script(root: Path, path: Path, module: str) -> None:
    text = (
        "#!/bin/sh\n"
        f'PYTHONPATH={shlex.quote(str(root))}"${{PYTHONPATH:+:$PYTHONPATH}}" '
        f'exec {shlex.quote(sys.executable)} {module} "$@"\n'
    )
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
    path.chmod(0o755)


def _write_passphrase(path: Path) -> None:
    """Make what encrypts the secrets in the state, once."""
    if not path.exists():
        beside = path.with_suffix(".part")
        beside.touch(mode=0o600)
        beside.write_text(secrets.token_hex(16))
        beside.replace(path)


def _profiles(root: Path) -> str:
    """Return one AWS profile a stack, so that SDK calls reach the account they mean.

    The operator's key stands here and not in the environment, where it would go before a profile
    (Boto3 documentation, "Credentials": the order in which they are looked for).
    """
    lines = [
        "[default]",
        f"aws_access_key_id = {operator.KEY}",
        f"aws_secret_access_key = {operator.SECRET}",
        "",
    ]
    for stack in project.stacks(root):
        identity = project.identity_of(root, stack)
        role = f"arn:aws:iam::{identity['account']}:role/{identity['deployerRole']}"
        lines += [
            f"[profile {stack}]",
            f"role_arn = {role}",
            "source_profile = default",
            f"region = {identity['region']}",
            "",
        ]
    return "\n".join(lines)
