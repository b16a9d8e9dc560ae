"""Both environments, brought up once for all processes of a run, and copies of their sandbox."""

import fcntl
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.support.crash import left_behind
from tests.support.project import Project

RUNNING = ("pulumi", "server.json", "warm.socket")
"""What a sandbox's folder has of processes that run, and the engine, a link of its own to one."""


@dataclass(frozen=True)
class BroughtUp:
    """A sandbox in which both environments were brought up; nobody changes it any more."""

    folder: Path

    @classmethod
    def once(cls, folder: Path) -> "BroughtUp":
        """Return it, made by whichever process asks first; the others wait."""
        folder.mkdir(exist_ok=True)
        made = cls(folder)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made._asked.exists():
                made._make()
        return made

    def copy_to(self, folder: Path) -> Project:
        """Copy the project with its sandbox: state and AWS are what they were."""
        shutil.copytree(self._root, folder, symlinks=True, ignore=_left_out)
        return Project(folder, checkpoints=False)

    @property
    def asked(self) -> list[str]:
        """What the program's roles asked of AWS meanwhile."""
        asked: list[str] = json.loads(self._asked.read_text())
        return asked

    @property
    def _root(self) -> Path:
        return self.folder / "project"

    @property
    def _asked(self) -> Path:
        return self.folder / "asked.json"

    def _make(self) -> None:
        project = Project.copy_to(self._root, checkpoints=False)
        with project.session() as session:
            project.ran("up")
            asked = session.tell("calls")["calls"]
        # Its AWS saves its state as it ends.
        assert left_behind(project.root) == []
        self._asked.write_text(json.dumps(asked))


def _left_out(folder: str, names: list[str]) -> set[str]:
    return set(RUNNING).intersection(names) if ".sandbox" in folder else set()
