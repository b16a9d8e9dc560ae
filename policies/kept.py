"""What was recorded, kept in a folder: what describes the same environment is described once.

To record takes longer than everything else that a check does. The gate names the folder for the
time of a preview and the update of it, which is judged by the same recordings; whoever starts many
commands may name one for the time of all of them.
"""

import hashlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

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


@dataclass(frozen=True)
class Shelf:
    """Where the recordings of some stacks lie, and what is there of them."""

    stacks: Sequence[str]
    files: Mapping[str, Path]
    """The file of each stack, there or not; of none where nothing is kept."""
    there: Mapping[str, str]
    """What is kept."""

    @classmethod
    def of(cls, root: Path, stacks: Sequence[str]) -> "Shelf":
        """Return the one for stacks of a program, which is empty where no folder is named.

        A file's name tells everything that the program is run from: of other settings, or of other
        code, the file is another one. Where it lies is no part of what it describes.
        """
        files: dict[str, Path] = {}
        there: dict[str, str] = {}
        named = folder()
        if named is None:
            return cls(stacks, files, there)
        mark = _mark(root)
        for stack in stacks:
            own = mark.copy()
            own.update(f"\0{stack}".encode())
            files[stack] = named / f"recorded-{own.hexdigest()}"
            with suppress(OSError):
                there[stack] = files[stack].read_text()
        return cls(stacks, files, there)

    @property
    def missing(self) -> list[str]:
        """The stacks of which nothing is kept, in order."""
        return [stack for stack in self.stacks if stack not in self.there]

    def filled(self, recorded: Iterator[str]) -> Iterator[str]:
        """Yield the recording of each stack in order, and keep those that are missing."""
        for stack in self.stacks:
            if stack in self.there:
                yield self.there[stack]
            elif line := next(recorded, None):
                if stack in self.files:
                    _keep(line, self.files[stack])
                yield line
            else:
                return


def _mark(root: Path) -> "hashlib._Hash":
    versions = [sys.version, *map(metadata.version, LIBRARIES)]
    mark = hashlib.sha256(repr(versions).encode())
    for base in dict.fromkeys((root.resolve(), OWN)):
        for file in _files(base):
            mark.update(f"\0{file.relative_to(base)}\0".encode())
            mark.update(hashlib.sha256(file.read_bytes()).digest())
    return mark


def _keep(line: str, file: Path) -> None:
    """Keep one; without room, or with the folder gone, nothing is lost by it."""
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    with suppress(OSError):
        beside.write_text(line)
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
