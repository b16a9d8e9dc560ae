"""What was recorded, kept in a folder: what describes the same environment is described once.

To record takes longer than everything else that a check does. The gate names the folder for the
time of a preview and the update of it, which is judged by the same recordings; whoever starts many
commands may name one for the time of all of them.
"""

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import IO

VARIABLE = "UNDERSTUDY_RECORDINGS"
"""Names that folder: a whole path, to one that is there."""
BESIDE = frozenset({"__pycache__", "benchmarks", "docs", "tests"})
"""Folders that the program reads nothing from, besides the hidden ones."""
OWN = Path(__file__).resolve().parent.parent
"""Where the program's modules are, whatever folder has its settings."""
LIBRARIES = ("pulumi", "pulumi-aws", "pulumi-random", "pydantic")


def folder() -> Path | None:
    """Return the folder that is named, where it is there."""
    named = Path(os.environ.get(VARIABLE, ""))
    return named if named.is_absolute() and named.is_dir() else None


def place(root: Path, stacks: Sequence[str]) -> Path | None:
    """Return the file for recordings of stacks, there or not; None where none are kept.

    Its name tells everything that the program is run from: of other settings, or of other code, the
    file is another one. Where it lies is no part of what it describes.
    """
    named = folder()
    if named is None:
        return None
    versions = [sys.version, *map(metadata.version, LIBRARIES)]
    mark = hashlib.sha256(repr([*stacks, *versions]).encode())
    for base in dict.fromkeys((root.resolve(), OWN)):
        for file in _files(base):
            mark.update(f"\0{file.relative_to(base)}\0".encode())
            mark.update(hashlib.sha256(file.read_bytes()).digest())
    return named / f"recorded-{mark.hexdigest()}"


def keep(recorded: IO[bytes], file: Path) -> None:
    """Keep what was recorded; without room, or with the folder gone, nothing is lost by it."""
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    with suppress(OSError):
        recorded.seek(0)
        with beside.open("wb") as copy:
            shutil.copyfileobj(recorded, copy)
        beside.replace(file)


def _files(folder: Path) -> Iterator[Path]:
    """Yield what lies in a folder, in order."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in BESIDE:
            continue
        if path.is_dir():
            yield from _files(path)
        elif path.is_file():
            yield path
