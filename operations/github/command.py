"""``python -m operations github``: the options of each step; what the steps do is in `run`."""

import argparse
from pathlib import Path
from typing import Any

from operations.options import add_json, later, positive

ROLES = ("preview", "deployer")


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the command's steps to its parser."""
    steps = parser.add_subparsers(required=True, metavar="STEP")
    _add_settling(steps)
    _add_telling(steps)
    _add_reading(steps)


def _add_settling(steps: Any) -> None:
    about = "Show how the repository differs from the files in .github."
    diff = _step(steps, "diff", "show", about)
    about = "Bring the repository to what the files in .github say, and check it afterwards."
    apply = _step(steps, "apply", "apply", about)
    _add_asking(apply, "apply it")
    about = "Whether the repository is as the files in .github say; 1 where it is not."
    check = _step(steps, "check", "check", about)
    for step in (diff, apply, check):
        _add_repository(step)
        step.add_argument(
            "--prune",
            action="store_true",
            help="rulesets and labels that no file has are to be deleted (environments never are)",
        )
        add_json(step)


def _add_telling(steps: Any) -> None:
    about = "Put Markdown into the pull request's one comment; the next run writes it anew."
    comment = _step(steps, "comment", "comment", about)
    comment.add_argument("number", type=positive, metavar="NUMBER", help="of the pull request")
    comment.add_argument(
        "--part",
        action="append",
        required=True,
        type=_part,
        metavar="TITLE=FILE",
        help="a part of the comment; that a file is missing is said in its place",
    )
    comment.add_argument(
        "--author",
        default="github-actions[bot]",
        metavar="LOGIN",
        help="whose comment it is (default: %(default)s)",
    )
    about = "Open an issue, or add to the one that is open under the same title."
    issue = _step(steps, "issue", "issue", about)
    issue.add_argument("--title", required=True)
    issue.add_argument("--label", required=True, help="one of labels.yaml")
    issue.add_argument("--words", default="", help="what happened, beside the run's address")
    for step in (comment, issue):
        _add_repository(step)
        _add_asking(step, "write it")


def _add_reading(steps: Any) -> None:
    about = "Show the changes of an update plan as Markdown; no value of any property."
    plan = _step(steps, "plan", "plan", about)
    plan.add_argument("stack", metavar="STACK")
    plan.add_argument("file", type=Path, metavar="FILE", help="what the engine's preview saved")
    about = "Print a stack's role, region and state backend, each as NAME=VALUE, from its settings."
    place = _step(steps, "place", "place", about)
    place.add_argument("stack", metavar="STACK")
    place.add_argument("--role", choices=ROLES, required=True, help="what the job may do")
    about = "Print commit and image of a release that a mirror has tested, as NAME=VALUE."
    release = _step(steps, "release", "release", about)
    release.add_argument("version", metavar="VERSION", help="a version or digest of releases.yaml")
    release.add_argument(
        "--for", dest="stack", required=True, metavar="STACK", help="whose registry has the image"
    )
    release.add_argument(
        "--sandbox", action="store_true", help="one that was tested in the sandbox counts too"
    )
    about = "Print the subjects of tokens that AWS's roles are to trust."
    subjects = _step(steps, "subjects", "subjects", about)
    _add_repository(subjects)
    add_json(subjects)
    about = "Run the linters of workflows and actions; they are fetched once, into the cache."
    _step(steps, "lint", "lint", about)


def _step(steps: Any, name: str, run: str, about: str) -> argparse.ArgumentParser:
    step: argparse.ArgumentParser = steps.add_parser(name, help=about, description=about)
    step.add_argument("--root", type=Path, default=Path(), metavar="DIR", help=argparse.SUPPRESS)
    step.set_defaults(run=later("operations.github.run", run))
    return step


def _add_repository(step: argparse.ArgumentParser) -> None:
    step.add_argument(
        "--repository",
        default="",
        metavar="OWNER/NAME",
        help="default: GITHUB_REPOSITORY, else shape.repository; the token is read from GH_TOKEN",
    )


def _add_asking(step: argparse.ArgumentParser, to: str) -> None:
    step.add_argument("--dry-run", action="store_true", help="only say what would be done")
    step.add_argument("--yes", action="store_true", help=f"{to} without asking")


def _part(text: str) -> tuple[str, Path]:
    title, _, file = text.partition("=")
    if not title or not file:
        raise argparse.ArgumentTypeError(f"must be TITLE=FILE, got {text!r}")
    return title, Path(file)
