"""Which commit of the project is deployed, and whether it is that: a record has to say so."""

from pathlib import Path

import yaml

from operations.delivery.release_lines import edited, release_of
from operations.engine import run
from operations.errors import OperationError
from policies.releases import FILE
from settings.loading import stack_names
from settings.stackfile import stack_file


def commit_of(root: Path, *, sandbox: bool) -> str:
    """Return the commit that the project is at.

    Raises OperationError where there is none, and where files differ from it: what is recorded as
    verified would then be something else. Releases may differ: deploying writes them. In the
    sandbox, whose records count there alone, everything may.
    """
    commit = _git(root, "rev-parse", "HEAD").strip()
    if not sandbox and (other := changed_since(root, "HEAD")):
        raise OperationError(f"{_few(other)}: differ from the commit {commit[:12]}; commit them")
    return commit


def refuse_other_project(root: Path, commit: str, version: str) -> None:
    """Raise OperationError unless the project is the one that a release was verified with."""
    if other := changed_since(root, commit):
        raise OperationError(
            f"{version} was verified with the commit {commit[:12]}, from which differ "
            f"{_few(other)}: check that commit out"
        )


def changed_since(root: Path, commit: str) -> list[str]:
    """Return the files that differ from a commit by more than releases."""
    names = _git(root, "diff", "--name-only", "--relative", commit, "--", ".").splitlines()
    stacks = {stack_file(stack) for stack in stack_names(root)}
    return [
        name
        for name in names
        if name != FILE and not (name in stacks and _same_but_release(root, commit, name))
    ]


def _same_but_release(root: Path, commit: str, name: str) -> bool:
    try:
        now = (root / name).read_text(encoding="utf-8")
        then = _git(root, "show", f"{commit}:./{name}")
        wanted = release_of(now)
        return edited(then, wanted["image"], wanted["version"]) == now
    except (OSError, OperationError, KeyError, TypeError, yaml.YAMLError):
        return False


def _few(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""  # noqa: PLR2004  (fits a line)
    return f"{', '.join(names[:3])}{more}"


def _git(root: Path, *words: str) -> str:
    done = run(root, ["git", *words])
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise OperationError(f"git {words[0]}: {said[0] if said else 'failed'}")
    return done.stdout


def worktree(root: Path, commit: str, folder: Path) -> None:
    """Check a commit out into a folder of its own, beside whatever is edited here."""
    _git(root, "worktree", "add", "--detach", "--quiet", str(folder), commit)


def forget_worktree(root: Path, folder: Path) -> None:
    """Take such a folder away."""
    _git(root, "worktree", "remove", "--force", str(folder))
