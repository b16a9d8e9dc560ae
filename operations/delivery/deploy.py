"""``deploy``: which release, agreed by whom, and back again where it does not run well."""

import argparse
from dataclasses import dataclass
from typing import Any

from operations.aws import AwsRefusedError, ask
from operations.delivery.course import Course, Result, Wanted, summary
from operations.delivery.opening import opened
from operations.delivery.project import commit_of, refuse_other_project
from operations.delivery.release_lines import ReleaseLines
from operations.delivery.reviewed import Reviewed, read_reviewed, version_of, write_reviewed
from operations.delivery.rollback import RollbackRefusedError, back
from operations.delivery.stopping import ended
from operations.delivery.unfinished import state_of
from operations.delivery.verify_command import as_table
from operations.errors import OperationError
from operations.reading import reading, refuse_to_change
from operations.releases.merge import known_releases, known_steps
from operations.releases.migrations_file import read_migrations
from operations.talk import agreed, as_json, progress, refuse_if_nobody_agrees, say
from policies.releases import Release, promotable
from settings.stack import REFERENCE

FAILED = 1
MIGRATIONS = "migrations.yaml"
"""In the project: the steps of the release that the stack file says."""


@dataclass(frozen=True)
class Chosen:
    """What is deployed, and by which plan where one was reviewed."""

    wanted: Wanted
    reviewed: Reviewed | None = None


def deploy(options: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    _refuse_unfit(options)
    again = f"python -m operations deploy {options.stack}"
    return ended(lambda: _deploy(options), progress, again)


def _refuse_unfit(options: argparse.Namespace) -> None:
    if bool(options.image) != bool(options.version):
        raise OperationError("--image: is given with --version, and only then")
    if options.plan_only and (options.plan or options.dry_run):
        raise OperationError("--plan-only: is not given with --plan or --dry-run")
    if options.plan and options.dry_run:
        raise OperationError("--plan: was previewed already; it takes no --dry-run")
    if not (options.plan_only or options.dry_run):
        refuse_to_change()
        refuse_if_nobody_agrees(options, "deploy", by_name=options.stack == REFERENCE)


def _deploy(options: argparse.Namespace) -> int:
    with opened(options) as course:
        chosen = _chosen(options, course)
        if not options.sandbox:
            _refuse_missing(course, chosen.wanted.image)
        if options.plan_only:
            return _plan(options, course, chosen.wanted)
        result = course.deliver(
            chosen.wanted,
            lambda does: _agree(options, course, chosen.wanted, does),
            chosen.reviewed,
        )
        told = [(result, chosen.wanted.digest)]
        if not options.json:
            _say(result, chosen.wanted.version)
        if result.outcome == "failed" and result.updated and not options.no_rollback:
            told.append(_taken_back(options, course, chosen.wanted.commit))
    if options.json:
        as_json(_summary(options.stack, told))
    return 0 if result.well or (result.outcome is None and not result.why) else FAILED


def _chosen(options: argparse.Namespace, course: Course) -> Chosen:
    place = course.place
    commit = commit_of(place.root, sandbox=course.sandbox)
    lines = ReleaseLines.of(place.root, place.stack)
    image, version, reviewed = lines.image, lines.version, None
    releases = known_releases(course.home, sandbox=course.sandbox)
    if options.image:
        image, version = options.image, options.version
    elif options.source:
        found = newest_of(releases, options.source)
        refuse_other_project(place.root, found.commit, found.version)
        image, version = f"{image.partition('@')[0]}@{found.digest}", found.version
    elif options.plan:
        reviewed = read_reviewed(options.plan)
        state = version_of(state_of(place.root, place.stack, place.pulumi))
        reviewed.hold(stack=place.stack, commit=commit, state=state)
        image, version = reviewed.image, reviewed.version
    steps = read_migrations(options.migrations) if options.migrations else None
    own = place.root / MIGRATIONS
    if steps is None and lines.image == image and own.exists():
        steps = read_migrations(own)
    if steps is None:
        steps = known_steps(releases, image.rpartition("@")[2])
    return Chosen(Wanted(image=image, version=version, commit=commit, migrations=steps), reviewed)


def newest_of(releases: list[Release], stack: str) -> Release:
    """Return the record of the newest release that a stack has tested, and that stayed good.

    ``releases`` are the records of all stacks, the oldest first.
    """
    own = [each for each in releases if each.stack == stack]
    good = promotable(own, REFERENCE).values()
    if not good:
        raise OperationError(
            f"--from: no release is recorded as tested in {stack}; test what runs there, then "
            f"python -m operations releases record {stack} --verdict passed"
        )
    return max(good, key=lambda release: release.time)


def _refuse_missing(course: Course, image: str) -> None:
    """Raise OperationError unless the registry has the image: ECS would try for minutes.

    The sandbox's registry holds none, and its tasks pull none.
    """
    repository, _, digest = image.partition("/")[2].partition("@")
    try:
        ask(
            course.place.client("ecr"),
            "describe_images",
            repositoryName=repository,
            imageIds=[{"imageDigest": digest}],
        )
    except AwsRefusedError as error:
        if error.code != "ImageNotFoundException":
            raise
        raise OperationError(f"{image}: is not in the registry; push it there first") from None


def _agree(options: argparse.Namespace, course: Course, wanted: Wanted, does: str) -> bool:
    now = course.place.outputs.get("releaseVersion")
    say(f"{options.stack}: {now} -> {wanted.version} ({wanted.digest[:19]}): {does}", options)
    if options.dry_run:
        return False
    return agreed(options, "deploy", by_name=options.stack == REFERENCE)


def _plan(options: argparse.Namespace, course: Course, wanted: Wanted) -> int:
    place = course.place
    lines = ReleaseLines.of(place.root, place.stack)
    with lines.undone_unless(), course.gate.plan() as plan:
        lines.say(wanted.image, wanted.version)
        state = version_of(state_of(place.root, place.stack, place.pulumi))
        if why := course.gate.preview(plan):
            say(f"stopped: {why}", options)
            return FAILED
        reviewed = Reviewed(
            stack=place.stack,
            commit=wanted.commit,
            image=wanted.image,
            version=wanted.version,
            state=state,
            plan=plan.read_text(encoding="utf-8"),
            role=reading(),
        )
    write_reviewed(options.plan_only, reviewed)
    say(f"{options.plan_only}: the plan of {wanted.version} for {place.stack}", options)
    return 0


def _taken_back(options: argparse.Namespace, course: Course, commit: str) -> tuple[Result, str]:
    """Go back to the last good release by itself; what keeps it from that is said."""
    try:
        way = back(course, commit=commit)
    except (RollbackRefusedError, OperationError) as error:
        why = str(error).replace("\n", "; ") if options.json else str(error)
        progress(f"not rolled back: {error}")
        return Result(None, why), ""
    record = way.found.record
    progress(f"rolls back to {record.version} ({record.digest[:19]})")
    result = way.deliver(lambda _: True)
    if not options.json:
        _say(result, record.version)
    return result, record.digest


def _say(result: Result, version: str) -> None:
    if result.lines:
        say(as_table(list(result.lines)))
    if result.outcome is None and not result.why:
        say("nothing was changed")
    else:
        say(f"{version}: {result.outcome or 'stopped'}{f': {result.why}' if result.why else ''}")


def _summary(stack: str, told: list[tuple[Result, str]]) -> dict[str, Any]:
    (result, digest), *rest = told
    more = {"rollback": summary(stack, *rest[0])} if rest else {}
    return {**summary(stack, result, digest), **more}
