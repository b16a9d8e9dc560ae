"""What was recorded, kept beside the plan of an update: the update is judged like its preview.

Whoever previews and then updates names a folder to the engine's processes, for the time of both.
To record takes longer than everything else that a policy pack does.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

VARIABLE = "UNDERSTUDY_RECORDINGS"
"""Names that folder; it is deleted with the plan."""
BESIDE = frozenset({"__pycache__", "benchmarks", "docs", "tests"})
"""Folders that the program reads nothing from, besides the hidden ones."""


def place(root: Path, stacks: Sequence[str]) -> Path | None:
    """Return the file for recordings of stacks, there or not; None where none are kept.

    Its name tells everything that the program is run from: of other settings, or of other code, the
    file is another one.
    """
    folder = Path(os.environ.get(VARIABLE, ""))
    if not folder.is_absolute() or not folder.is_dir():
        return None
    mark = hashlib.sha256(repr([str(root), *stacks]).encode())
    for file in _files(root):
        mark.update(f"\0{file.relative_to(root)}\0".encode())
        mark.update(hashlib.sha256(file.read_bytes()).digest())
    return folder / f"recorded-{mark.hexdigest()}"


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
