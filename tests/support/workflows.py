"""What must hold for every workflow: a function of a folder ``.github``, a line a mistake."""

import argparse
import contextlib
import io
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from operations.command import parser_of
from operations.github.places import PREVIEW_ROLE
from policies.command import _parser as policies_parser
from sandbox.engine import VERSION
from settings.provider_roles import VARIABLE

ROOT = Path(__file__).parent.parent.parent
TRIGGERS = {"pull_request", "push", "schedule", "workflow_dispatch"}
"""Not `pull_request_target` and `workflow_run`: those give secrets to code of a fork."""
WRITES = {"id-token", "issues", "pull-requests", "security-events"}
"""Nothing writes the repository's contents."""
RUNNERS = {"ubuntu-24.04", "${{ vars.DEPLOY_RUNNER || 'ubuntu-24.04' }}"}
"""The second where a job must reach what is closed to others; never for a pull request's code."""
ENGINE = {("pulumi", "login"), ("pulumi", "stack", "export")}
"""What is asked of the engine's own command line."""
PROVIDING = ("deploy", "drift", "gate", "rollback", "validate")
"""Commands whose engine, or they themselves, take on the roles of the program's providers."""
SAMPLES = {
    "BACKEND": "s3://understudy-state-222222222222",
    "IMAGE": f"1.dkr.ecr.eu-west-1.amazonaws.com/storefront@sha256:{'0' * 64}",
    "NUMBER": "7",
    "RELEASE": "1.0.0",
    "ROLE": "preview",
    "STACK": "staging",
    "VERSION": "1.0.0",
}
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
PIN = re.compile(r"uses: (\S+)@(\S+)(?: # (\S+))?$", re.MULTILINE)
OPTIONAL = re.compile(r"\$\{([A-Z]+):\+([^}]*)\}")
NAMED = re.compile(r"\$([A-Z_]+)")


@dataclass(frozen=True)
class Job:
    """One job of a workflow, or a composite action, which has steps as well."""

    file: str
    name: str
    body: dict[str, Any]

    @property
    def steps(self) -> list[dict[str, Any]]:
        return list(self.body["steps"])

    @property
    def environment(self) -> str:
        return str(self.body.get("environment", ""))

    def say(self, words: str) -> str:
        return f"{self.file}: {self.name}: {words}"


def problems(github: Path) -> list[str]:
    """Return what is wrong with a folder's workflows and actions."""
    workflows = {path.name: loaded(path) for path in sorted((github / "workflows").glob("*.yml"))}
    jobs = [
        Job(file, name, body)
        for file, workflow in workflows.items()
        for name, body in workflow["jobs"].items()
    ]
    actions = [
        Job(path.parent.name, "steps", loaded(path)["runs"])
        for path in sorted((github / "actions").glob("*/action.yml"))
    ]
    return [
        *_pins(github),
        *(line for file, workflow in workflows.items() for line in _workflow(file, workflow)),
        *(line for job in jobs for line in [*_job(job), *_identity(job), *_reads(job)]),
        *(line for job in [*jobs, *actions] for line in [*_steps(job), *_commands(job)]),
        *_elsewhere(github, jobs),
        *_required(github, workflows["pull-request.yml"]),
    ]


def loaded(path: Path) -> dict[str, Any]:
    """Return a YAML file; the key ``on`` stays a word (YAML 1.1 takes it for true)."""
    return _read(path.read_text())


@cache
def _read(text: str) -> dict[str, Any]:
    # By text: a test breaks one file of a copy, and the others are as they were.
    found: dict[str, Any] = yaml.load(text, LOADER)  # noqa: S506  (texts alone)
    return found


def _pins(github: Path) -> Iterator[str]:
    table = loaded(github / "actions.yaml")["actions"]
    used = set()
    files = [*(github / "workflows").glob("*.yml"), *(github / "actions").glob("*/action.yml")]
    for path in sorted(files):
        for action, commit, release in PIN.findall(path.read_text()):
            used.add(action)
            if table.get(action) != {"release": release, "commit": commit}:
                yield f"{path.name}: {action}: is not pinned as actions.yaml says"
        for name in re.findall(r"uses: \./\.github/(actions/\S+)", path.read_text()):
            if not (github / name / "action.yml").exists():
                yield f"{path.name}: {name}: there is no such action"
        for other in re.findall(r"uses: (?!\./)([^@\s]+)$", path.read_text(), re.MULTILINE):
            yield f"{path.name}: {other}: is not pinned"
    yield from (
        f"actions.yaml: {action}: nothing uses it" for action in sorted(table.keys() - used)
    )
    setup = (github / "actions/setup/action.yml").read_text()
    if f"pulumi-version: {VERSION.removeprefix('v')}\n" not in setup:
        yield f"setup: the engine is not the one that the sandbox is tested against, {VERSION}"


def _workflow(file: str, workflow: dict[str, Any]) -> Iterator[str]:
    on = workflow["on"]
    for trigger in sorted(set(on) - TRIGGERS):
        yield f"{file}: on {trigger} is not allowed"
    if workflow.get("permissions") != {}:
        yield f"{file}: permissions must be {{}}; each job has its own"
    concurrency = workflow.get("concurrency") or {}
    if not concurrency.get("group"):
        yield f"{file}: must say what it never runs beside"
    # Only where nothing is changed may a run be ended by the next one.
    if concurrency.get("cancel-in-progress") != (
        "true" if set(on) == {"pull_request"} else "false"
    ):
        yield f"{file}: a run that changes something must not be cancelled"


def _job(job: Job) -> Iterator[str]:
    if not 1 <= int(job.body.get("timeout-minutes", 0)) <= 360:
        yield job.say("must have a timeout, in minutes")
    if job.body.get("runs-on") not in RUNNERS:
        yield job.say(f"must run on one of {sorted(RUNNERS)}")
    if job.file == "pull-request.yml" and "vars." in job.body.get("runs-on", ""):
        yield job.say("must run on a machine that knows nobody")
    permissions = job.body.get("permissions")
    if not isinstance(permissions, dict) or permissions.get("contents") != "read":
        yield job.say("must have permissions of its own, with contents: read")
        return
    for name, level in permissions.items():
        if level != "read" and name not in WRITES:
            yield job.say(f"may not write {name}")


def _identity(job: Job) -> Iterator[str]:
    """Hold a deployer's role to the stack's own environment; elsewhere a job only reads."""
    signing = [step for step in job.steps if step.get("uses") == "./.github/actions/sign-in"]
    permissions = job.body.get("permissions") or {}
    if bool(signing) != (permissions.get("id-token", "none") == "write"):
        yield job.say("must have id-token: write where it signs in, and only there")
    for step in signing:
        stack, role = step["with"]["stack"], step["with"]["role"]
        if (role == "deployer") != bool(job.environment):
            yield job.say(f"takes role {role} in environment {job.environment or '(none)'}")
        if job.environment and stack != job.environment:
            yield job.say(f"takes a role of {stack} in environment {job.environment}")
        if "DEPLOYS_TO_AWS" not in job.body.get("if", "") and "needs" not in job.body:
            yield job.say("must ask whether the repository deploys to AWS at all")
    updates = any(
        word in step.get("run", "")
        for step in job.steps
        for word in ("deploy staging --yes", "--plan production", "operations rollback")
    )
    alone = {"group": f"stack-{job.environment}", "cancel-in-progress": "false"}
    if updates and job.body.get("concurrency") != alone:
        yield job.say(f"must be the only one at its stack, and never cancelled: {alone}")


def _reads(job: Job) -> Iterator[str]:
    """Whoever signs in to preview has no provider ask for another role; else each asks for its own.

    A provider takes on the role that the program names, whichever the job has.
    """
    roles = {step["with"]["role"] for step in job.steps if "role" in step.get("with", {})}
    said = (job.body.get("env") or {}).get(VARIABLE, "")
    asks = any(
        step.get("uses", "").startswith("pulumi/actions@")
        or any(f"operations {name}" in step.get("run", "") for name in PROVIDING)
        for step in job.steps
    )
    wanted = PREVIEW_ROLE if roles == {"preview"} and asks else ""
    if said != wanted:
        yield job.say(f"its providers must take {wanted or 'their own roles'}, by {VARIABLE}")


def _steps(job: Job) -> Iterator[str]:
    for step in job.steps:
        kept = step.get("with", {}).get("persist-credentials") != "false"
        if kept and str(step.get("uses", "")).startswith("actions/checkout@"):
            yield job.say("must check out with persist-credentials: false")
        if "${{" in step.get("run", ""):
            yield job.say("must hand values on by env, not write them into a command")
        if "secrets." in str(step):
            yield job.say("there are no secrets: AWS trusts the run's own identity")
        if step.get("continue-on-error"):
            yield job.say("must fail where a step fails")


def _commands(job: Job) -> Iterator[str]:
    for step in job.steps:
        if "run" in step:
            for words in spelled(step["run"]):
                why = refused(*words)
                if why:
                    yield job.say(f"{shlex.join(words)}: {why}")


@cache
def spelled(run: str) -> tuple[tuple[str, ...], ...]:
    """Return the words of a step's one command; twice where an option is left out when empty."""
    variants = {OPTIONAL.sub(r"\2", run), OPTIONAL.sub("", run)}
    found = []
    for text in sorted(variants):
        words = shlex.split(NAMED.sub(lambda name: SAMPLES.get(name[1], name[0]), text))
        ends = [words.index(word) for word in (">", ">>") if word in words]
        found.append(tuple(words[: min(ends)] if ends else words))
    return tuple(found)


@cache
def refused(*words: str) -> str:
    """Return why a command can't be run as it stands; empty where it can."""
    if set(words) & {"|", "||", "&&", ";", "&"} or "\n" in shlex.join(words):
        return "must be one command"
    if words[0] == "make":
        return _made(*words[1:])
    match words:
        case [".venv/bin/python", "-m", "policies.command", *given]:
            return _parsed(policies_parser(), given)
        case [".venv/bin/python", "-m", "operations", *given]:
            return _parsed(parser_of(given[0]), given)
    known = any(words[: len(known)] == known for known in ENGINE)
    return "" if known else "is no command of this project"


@cache
def _made(*words: str) -> str:
    done = subprocess.run(
        ["make", "--dry-run", *words],  # noqa: S607  (the one on the PATH)
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stderr.strip()


def _parsed(parser: argparse.ArgumentParser, words: list[str]) -> str:
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            parser.parse_args(words)
    except SystemExit:
        return said.getvalue().strip().splitlines()[-1]
    return ""


def _elsewhere(github: Path, jobs: list[Job]) -> Iterator[str]:
    """Names that a job uses must be those of the files that the repository is made from."""
    environments = {each["name"] for each in loaded(github / "environments.yaml")["environments"]}
    labels = {each["name"] for each in loaded(github / "labels.yaml")["labels"]}
    used = set()
    for job in jobs:
        if job.environment and not job.environment.startswith("${{"):
            used.add(job.environment)
            if job.environment not in environments:
                yield job.say(f"environment {job.environment} is not in environments.yaml")
        for step in job.steps:
            for label in re.findall(r"--label (\S+)", step.get("run", "")):
                if label not in labels:
                    yield job.say(f"label {label} is not in labels.yaml")
    yield from (
        f"environments.yaml: {name}: no job uses it" for name in sorted(environments - used)
    )


def _required(github: Path, workflow: dict[str, Any]) -> Iterator[str]:
    """Every job of a pull request but the comment is required, by the name it has on GitHub."""
    ruleset = loaded(github / "rulesets/main.json")
    (rule,) = [each for each in ruleset["rules"] if each["type"] == "required_status_checks"]
    required = {check["context"] for check in rule["parameters"]["required_status_checks"]}
    jobs = {body["name"]: body for key, body in workflow["jobs"].items() if key != "comment"}
    for name in sorted(required ^ jobs.keys()):
        yield f"main.json: check {name}: is required and no job, or a job and not required"
    for name, body in jobs.items():
        # A job that is skipped, as after one that failed, counts as passed.
        if "needs" in body or "${{" in name or "strategy" in body:
            yield f"pull-request.yml: {name}: is required, and may not wait for another or vary"
    if set(workflow["on"]["pull_request"]) != {"branches"}:
        yield "pull-request.yml: must run for every pull request, whatever it changes"
