"""Back to a release that ran well: its image, and its configuration where that is wanted too.

The database is left alone. Where the schema must go back first, the steps are said and a person
takes them; where it can't, the rollback is refused with the command that restores it.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from operations.delivery.course import Course, Result, Wanted
from operations.delivery.project import forget_worktree, worktree
from operations.delivery.release_lines import ReleaseLines
from operations.delivery.target import Target, target
from operations.errors import OperationError, refusals
from operations.releases.merge import known_releases
from operations.rollback_gate import Way
from policies.files import write
from policies.releases import FILE
from settings.stackfile import stack_file

ENVIRONMENT = ".venv"
"""What ``Pulumi.yaml`` runs the program with; no commit holds it."""


class RollbackRefusedError(Exception):
    """The way back is closed, or not open yet; each line says why or what to do."""


@dataclass(frozen=True)
class Back:
    """A way back that is open."""

    course: Course
    found: Target
    commit: str
    """Of the project that is deployed."""

    def deliver(self, agree: Callable[[str], bool]) -> Result:
        """Bring the earlier release out again."""
        place, record = self.course.place, self.found.record
        repository = ReleaseLines.of(place.root, place.stack).image.partition("@")[0]
        wanted = Wanted(
            image=f"{repository}@{record.digest}",
            version=record.version,
            commit=self.commit,
            migrations=record.migrations,
            migrates=False,
            rollback_of=self.found.instead_of,
        )
        return self.course.deliver(wanted, agree)


def back(course: Course, *, commit: str, to: str = "", undone: bool = False) -> Back:
    """Return the way back to a release, the last good one by default.

    ``undone`` says that a person has undone the steps in between. Raises RollbackRefusedError where
    the schema stands in the way, OperationError where there is no such release.
    """
    found = target(
        course.records,
        known_releases(course.home, sandbox=course.sandbox),
        stack=course.place.stack,
        running=course.running,
        to=to,
    )
    decision, version = found.decision, found.record.version
    if not decision.allowed:
        lines = [f"{version}: refused: {decision.why}"]
        if decision.restore:
            lines.append(f"the schema of before, with the data of then: {decision.restore}")
        raise RollbackRefusedError("\n".join(lines))
    if decision.way is Way.DOWN and not undone:
        raise RollbackRefusedError(
            f"{version}: {decision.why}\n"
            f"undo first, in this order: {', '.join(decision.undo)}\n"
            f"then: python -m operations rollback {course.place.stack} --to {version} --undone"
        )
    return Back(course, found, commit)


@contextmanager
def configured(way: Back) -> Iterator[Back]:
    """Give the same way with the whole project as of the release's record, in a folder of its own.

    What is edited here stays as it is; only the release in the stack file follows, where it went
    well, so that the next update from here does not undo it.
    """
    place, record = way.course.place, way.found.record
    if way.course.sandbox:
        raise OperationError("--configuration: not in the sandbox, which runs the files of here")
    with tempfile.TemporaryDirectory(prefix="understudy-") as above:
        folder = Path(above) / "project"
        worktree(place.root, record.commit, folder)
        try:
            root = folder / _within(place.root)
            with refusals():
                # What has been verified since then is still so.
                write(root / FILE, (way.course.home / FILE).read_text(encoding="utf-8"))
            if (place.root / ENVIRONMENT).exists() and not (root / ENVIRONMENT).exists():
                (root / ENVIRONMENT).symlink_to((place.root / ENVIRONMENT).resolve())
            course = replace(way.course, place=replace(place, root=root))
            yield Back(course, way.found, record.commit)
        finally:
            forget_worktree(place.root, folder)


def _within(root: Path) -> Path:
    """Return where the project lies in its repository."""
    for above in (root, *root.parents):
        if (above / ".git").exists():
            return root.relative_to(above)
    raise OperationError(f"{root}: is in no git repository")


def follow(root: Path, stack: str, image: str, version: str) -> None:
    """Have a stack file say the release that was gone back to elsewhere."""
    if (root / stack_file(stack)).exists():
        ReleaseLines.of(root, stack).say(image, version)
