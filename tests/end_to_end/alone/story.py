"""A team's repository and its two environments, in which the story is told."""

import json
import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
import yaml

import settings
from operations.environment.catalogue import CHECKS
from operations.environment.wanted import hosts
from policies.releases import SANDBOX_VARIABLE
from sandbox.session import Session
from tests.operations.environment.authority import Authority
from tests.operations.environment.database import secured
from tests.operations.environment.servers import WORLD, servers
from tests.operations.github.server import REPOSITORY, TOKEN, GitHub, serving
from tests.support.brought_up import BroughtUp
from tests.support.project import ROOT, Project
from tests.support.runner.job import Machine
from tests.support.runner.workflow import Workflows
from tests.support.scripts import python_script

STACKS = ("production", "staging")
ELSEWHERE = {
    ("pull-request.yml", "check"): "make check is not repeated in a test that it runs beside",
    ("pull-request.yml", "tests"): "make test is what runs this test",
    ("nightly.yml", "drill"): "tests/operations/backup/test_drill.py restores into PostgreSQL",
}
"""By workflow and job, why a job is not run here."""
LEFT_OUT = {
    "./.github/actions/setup": "the project is set up already",
    "aws-actions/configure-aws-credentials": "the sandbox's roles ask for no token of GitHub's",
    "github/codeql-action/upload-sarif": "the code-scanning view is GitHub's own",
    "pulumi login": "the sandbox has a state of its own",
    ".venv/bin/python -m operations validate": "asks AWS's own backend and key of the state; "
    "tests/operations/environment/test_before.py has both",
}
"""By the beginning of a command or action, why it is not run here."""
UNSEEN = {
    "database-version-as-settings": "this machine's PostgreSQL is another than RDS has",
    "dns-zone-signed": "moto signs no zone",
    "load-balancer-attributes": "moto keeps no waf.fail_open.enabled",
}
"""By check, why it can't pass in the sandbox; tests/operations/environment has it pass."""
PYTHON = """\
import contextlib, io, json, os, runpy, socket, sys

sys.path.insert(0, os.getcwd())
words = sys.argv[1:]
if words[:2] == ["-m", "operations"]:
    from operations.command import parser_of

    with open({ways!r}) as file:
        words += json.load(file).get(" ".join(words[2:4]), [])
    with contextlib.suppress(SystemExit), contextlib.redirect_stderr(io.StringIO()):
        parser_of(words[2]).parse_args([*words[2:], "--sandbox"])
        words.append("--sandbox")
    # The world's name leads to this machine, as a line in its hosts would have it.
    asked = socket.getaddrinfo
    socket.getaddrinfo = lambda host, *more, **named: asked(
        "127.0.0.1" if str(host).endswith({world!r}) else host, *more, **named
    )
    sys.argv = words[1:]
    runpy.run_module("operations", run_name="__main__", alter_sys=True)
os.execv({python!r}, [{python!r}, *words])
"""
"""In place of the project's Python: where a command knows the sandbox, it is told of it."""


@dataclass
class Team:
    """The repository, GitHub, and both environments."""

    project: Project
    session: Session
    github: GitHub
    machine: Machine
    workflows: Workflows

    def commit(self, words: str) -> str:
        """Commit all that differs, and return the commit."""
        self.machine.git("add", "--all")
        self.machine.git("commit", "--quiet", "--message", words)
        return self.machine.git("rev-parse", "HEAD")

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.project.root / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def release(self, letters: str, version: str, *steps: Mapping[str, Any]) -> None:
        """Have staging's file say another release, with the steps of its schema."""
        file = self.project.root / "Pulumi.staging.yaml"
        release = yaml.safe_load(file.read_text())["config"]["understudy:identity"]["release"]
        repository = release["image"].partition("@")[0]
        self.edit(file.name, release["image"], f"{repository}@sha256:{letters * 32}")
        self.edit(file.name, f'version: "{release["version"]}"', f'version: "{version}"')
        told = yaml.safe_dump({"migrations": list(steps)})
        (self.project.root / "migrations.yaml").write_text(told)

    def operations(self, *words: str) -> Any:
        """Run a command in the sandbox and return its answer."""
        return json.loads(self.project.ran(*words, "--json", module="operations"))


@contextmanager
def team(brought_up: BroughtUp, folder: Path) -> Iterator[Team]:
    """Give a team that has brought both environments up, once, by hand."""
    project = brought_up.copy_to(folder / "project")
    for name in (".github", ".gitignore"):
        _copy(ROOT / name, project.root / name)
    with ExitStack() as stack:
        ways, given = stack.enter_context(_served(project.root, folder))
        stack.enter_context(mock.patch.dict(os.environ, given))
        github, address = stack.enter_context(serving())
        machine = _machine(project.root, folder, ways, address)
        machine.git("init", "--quiet", "--initial-branch", "main")
        machine.git("add", "--all")
        machine.git("commit", "--quiet", "--message", "All of it")
        stack.callback(project.ran, "down")
        session = stack.enter_context(project.session())
        project.ran("up")
        made = Team(
            project,
            session,
            github,
            machine,
            Workflows(machine, {"DEPLOYS_TO_AWS": "true"}, ELSEWHERE),
        )
        _provide(made, given["DATABASE_PORT"], ways)
        yield made


def _copy(source: Path, to: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, to)
    else:
        shutil.copy2(source, to)


def _machine(root: Path, folder: Path, ways: Path, address: str) -> Machine:
    binary = root / ".venv" / "bin" / "python"
    binary.parent.mkdir(parents=True)
    python_script(binary, PYTHON.format(python=sys.executable, ways=str(ways), world=WORLD))
    engine = [sys.executable, "-m", "sandbox", "pulumi", "--"]
    environment = {
        **os.environ,
        "UNDERSTUDY_CHECKPOINTS": "0",
        # Beside the engine the policies are to know, too, what the sandbox has tested.
        SANDBOX_VARIABLE: str(root / ".sandbox"),
        "GITHUB_API_URL": address,
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_RUN_ID": "1",
        "GH_TOKEN": TOKEN,
        # As bash exports a function; a program of this name would be taken for the engine itself.
        "BASH_FUNC_pulumi%%": f'() {{ {shlex.join(engine)} "$@"; }}',
    }
    return Machine(root, environment, LEFT_OUT, folder / "artifacts", engine)


@contextmanager
def _served(root: Path, folder: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """Serve both sites and a database; give the file with the ways there, and variables."""
    authority = Authority(folder, "authority")
    known = {stack: settings.load(root, stack) for stack in STACKS}
    worlds = {stack: f"{stack}.{WORLD}" for stack in STACKS}
    names = (*worlds.values(), *(name for each in known.values() for name in hosts(each)))
    site = authority.certificate("site.pem", names)
    # As moto names every instance.
    database = authority.certificate("database.pem", ("*.aaaaaaaaaa.eu-west-1.rds.amazonaws.com",))
    with servers(site, site) as serving_, secured(database, known["staging"]) as server:
        reached = ["--address", "127.0.0.1", "--https-port", str(serving_.https)]
        reached += ["--http-port", str(serving_.http), "--ca-file", str(authority.file)]
        seen = [check.id for check in CHECKS if check.id not in UNSEEN]
        ways = {
            **{f"health {stack}": reached for stack in STACKS},
            "test-staging staging": [
                *reached, "--database-address", server.address, "--only", *seen,
            ],
        }  # fmt: skip
        file = folder / "ways.json"
        file.write_text(json.dumps(ways))
        for stack in STACKS:
            path = root / f"Pulumi.{stack}.yaml"
            identity = yaml.safe_load(path.read_text())["config"]["understudy:identity"]
            payments = identity["variables"]["PAYMENTS_URL"]
            there = f"https://{worlds[stack]}:{serving_.other}"
            path.write_text(path.read_text().replace(payments, there))
        port = server.address.rpartition(":")[2]
        yield file, {"PGSSLROOTCERT": str(authority.file), "DATABASE_PORT": port}


def _provide(made: Team, port: str, ways: Path) -> None:
    """Put in what no file holds: values of secrets, lines of logs, and the database's password."""
    outputs = json.loads(made.project.pulumi("stack", "output", "--json", "-s", "staging").stdout)
    secrets = made.project.boto3(made.session, "staging", "secretsmanager")
    for arn in outputs["secretArns"].values():
        if "VersionIdsToStages" not in secrets.describe_secret(SecretId=arn):
            secrets.put_secret_value(SecretId=arn, SecretString="provided by a person")
    logs = made.project.boto3(made.session, "staging", "logs")
    for group in outputs["logGroups"].values():
        logs.create_log_stream(logGroupName=group, logStreamName="story")
        event = {"timestamp": int(time.time() * 1000), "message": "a line"}
        logs.put_log_events(logGroupName=group, logStreamName="story", logEvents=[event])
    answer = secrets.get_secret_value(SecretId=outputs["databaseMasterSecretArn"])
    password = json.loads(answer["SecretString"])["password"]
    where = f"host=127.0.0.1 port={port} user=postgres dbname=postgres sslmode=require"
    with psycopg.connect(f"{where} sslrootcert={ways.parent}/none", autocommit=True) as link:
        link.execute(f"alter role storefront_owner password '{password}'".encode())
