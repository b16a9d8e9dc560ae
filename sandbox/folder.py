"""The sandbox's folder inside the project: what is written there before anything runs."""

import contextlib
import fcntl
import json
import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from sandbox import operator, project
from sandbox.errors import SandboxError
from sandbox.files import put
from sandbox.provider.versions import PLUGINS

PASSPHRASE = "passphrase"
"""What encrypted the state of a sandbox before KMS did."""
PROJECT = "project"
"""The project as the sandbox's engine sees it."""
FOLDERS = ("bin", "engine", "home/plugins", "logs", "state")
NO_LOG = """\
The engine would keep a log of its own here, of all that it does: two fifths of its work.
It goes on without where it can't make this folder. What each command printed is in ../logs.
"""
FREE_BYTES = 64 * 1024 * 1024
"""Room that the state of both stacks and moto takes, with some to spare."""


def of(root: Path) -> Path:
    """Return the sandbox's folder of a project."""
    return root / ".sandbox"


@contextlib.contextmanager
def locked(root: Path) -> Iterator[None]:
    """Wait until no other command prepares, joins or deletes this sandbox, and keep them out.

    The kernel gives the lock back when its holder ends, however that ends. Raises SandboxError for
    a folder that cannot be written, or that would lie in another sandbox.
    """
    if of(root).name in root.resolve().parts:
        raise SandboxError(f"{root}: is inside a sandbox's folder, and no project")
    try:
        stream = _locked(of(root) / "lock")
    except OSError as error:
        raise SandboxError(f"{error.filename}: cannot be written: {error.strerror}") from error
    with stream:
        yield


def _locked(path: Path) -> IO[str]:
    while True:
        path.parent.mkdir(exist_ok=True)
        stream = path.open("a")
        fcntl.flock(stream, fcntl.LOCK_EX)
        # Whoever held it may have deleted the folder: that lock keeps nobody out any more.
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(stream.fileno()), path.stat()):
                return stream
        stream.close()


def prepare(root: Path) -> None:
    """Bring the folder up to date with the project; the caller holds its lock.

    Raises SandboxError for a folder that cannot be written, for one of an older version, and for a
    disk that is full.
    """
    folder = of(root)
    if (folder / PASSPHRASE).exists():
        raise SandboxError(f"{folder}: an older version made it: `make down` starts anew")
    try:
        for name in FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        refuse_full_disk(folder)
        _write_scripts(root, folder)
        _bar_log(folder / "home" / "logs")
        project.mirror(root, folder / PROJECT)
        put(folder / "seeds.json", json.dumps(project.seeds(root), indent=2))
        put(folder / "aws-profiles", _profiles(root))
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


def recorded(folder: Path) -> set[str]:
    """Return the stacks of the sandbox's state that hold resources."""
    return {path.stem for path in stack_files(folder) if '"aws:' in path.read_text()}


def existing(folder: Path) -> set[str]:
    """Return the stacks that the sandbox's state knows."""
    return {path.stem for path in stack_files(folder)}


def stack_files(folder: Path) -> Iterator[Path]:
    """Yield the files in which the engine keeps the sandbox's stacks, each named after its own."""
    return (folder / "state" / ".pulumi" / "stacks").rglob("*.json")


def recorded_of(folder: Path, stack: str) -> dict[str, Any]:
    """Return what the engine has recorded of a stack, as it stands in its file.

    To ask the engine for the same takes longer than most of what is done with the answer. Raises
    SandboxError where there is no such stack, or no telling what is in its file.
    """
    for path in stack_files(folder):
        if path.stem == stack:
            try:
                latest = json.loads(path.read_text())["checkpoint"].get("latest") or {}
            except (OSError, ValueError, KeyError) as error:
                raise SandboxError(f"{path}: cannot be read: {error}") from error
            return dict(latest)
    raise SandboxError(f"{stack}: there is no such stack in the sandbox")


def bring_engine(folder: Path, found: Path) -> Path:
    """Put an engine beside the language host and return it; a copy where a hard link cannot be.

    A symbolic link would not do: the engine looks for its host beside the file that it leads to.
    """
    engine = folder / "engine" / "pulumi"
    if not _same(engine, found):
        # Others may be running the one that is there.
        beside = engine.with_suffix(".part")
        beside.unlink(missing_ok=True)
        try:
            beside.hardlink_to(found)
        except OSError:
            shutil.copy2(found, beside)
        beside.replace(engine)
    return engine


def _same(engine: Path, found: Path) -> bool:
    """Return whether a file is another or its copy, which has its size and time of change."""
    if not engine.exists():
        return False
    ours, theirs = engine.stat(), found.stat()
    return os.path.samestat(ours, theirs) or (
        (ours.st_size, int(ours.st_mtime)) == (theirs.st_size, int(theirs.st_mtime))
    )


def _write_scripts(root: Path, folder: Path) -> None:
    """Install the stand-in providers where the engine looks for plugins of their versions."""
    stands_in = f"-S -m sandbox.plugin {shlex.quote(str(folder))}"
    for package, version in PLUGINS.items():
        within = folder / "home" / "plugins" / f"resource-{package}-v{version}"
        within.mkdir(parents=True, exist_ok=True)
        provider = f"{stands_in} sandbox.provider {package}"
        _script(root, within / f"pulumi-resource-{package}", provider)
    host = f"{stands_in} sandbox.language_host"
    _script(root, folder / "engine" / "pulumi-language-python", host)
    _script(root, folder / "bin" / "pulumi", "-m sandbox pulumi --")


def _script(root: Path, path: Path, call: str) -> None:
    text = (
        "#!/bin/sh\n"
        f'PYTHONPATH={shlex.quote(str(root))}"${{PYTHONPATH:+:$PYTHONPATH}}" '
        # -P: the code of this project, not of one in whose folder the script is called.
        f'exec {shlex.quote(sys.executable)} -P {call} "$@"\n'
    )
    if not os.access(path, os.X_OK) or path.read_text() != text:
        put(path, text, mode=0o755)


def _bar_log(place: Path) -> None:
    """Put a file where the engine would have the folder of its own log (pulumi, pkg/logging)."""
    if not place.exists():
        put(place, NO_LOG)


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
