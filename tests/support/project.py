"""A copy of the project in a folder of its own, and its commands as a user would run them."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import yaml

from sandbox import folder
from sandbox.session import Session

ROOT = Path(__file__).parent.parent.parent
COPIED = (
    "__main__.py",
    "blueprint",
    "components",
    "operations",
    "policies",
    "sandbox",
    "settings",
)
LONGEST_SECONDS = 300


@dataclass
class Project:
    """One copy of the project with a sandbox of its own."""

    root: Path
    checkpoints: bool = True
    """Whether the engine saves the state after every step, as it does for users."""

    @classmethod
    def copy_to(cls, folder: Path, *, checkpoints: bool = True) -> "Project":
        """Copy what a run needs, with its bytecode; nothing a test does reaches the original."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name)
            elif source.exists():
                shutil.copy2(source, folder / name)
        for file in ROOT.glob("Pulumi*.yaml"):
            shutil.copy2(file, folder / file.name)
        return cls(folder, checkpoints)

    def command(self, *arguments: str, module: str = "sandbox") -> list[str]:
        """Return the command line of a command."""
        return [sys.executable, "-m", module, *arguments]

    def run(
        self, *arguments: str, module: str = "sandbox", **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        saves = {} if self.checkpoints else {"UNDERSTUDY_CHECKPOINTS": "0"}
        return subprocess.run(
            self.command(*arguments, module=module),
            cwd=self.root,
            env={**os.environ, **saves, **environment},
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
            check=False,
        )

    def ran(self, *arguments: str, module: str = "sandbox") -> str:
        """Run a command that must succeed and return what it prints."""
        done = self.run(*arguments, module=module)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def pulumi(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run the engine's own CLI, as `make shell` offers it."""
        return self.run("pulumi", "--", *arguments, "--non-interactive")

    def changes(self, stack: str) -> dict[str, int]:
        """Return what a preview of the stack would do, without what stays the same."""
        done = self.pulumi("preview", "--stack", stack, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        summary: dict[str, int] = json.loads(done.stdout)["changeSummary"]
        return {op: number for op, number in summary.items() if op != "same"}

    def export(self, stack: str) -> dict[str, Any]:
        """Return a stack's state as the engine exports it."""
        done = self.pulumi("stack", "export", "--stack", stack)
        assert done.returncode == 0, done.stderr
        exported: dict[str, Any] = json.loads(done.stdout)
        return exported

    def resources(self, stack: str) -> list[dict[str, Any]]:
        """Return the resources in a stack's state."""
        found: list[dict[str, Any]] = self.recorded(stack).get("resources", [])
        return found

    def recorded(self, stack: str) -> dict[str, Any]:
        """Return a stack's state as it stands in its file."""
        return folder.recorded_of(folder.of(self.root), stack)

    def edit(self, file: str, path: str, value: Any) -> None:
        """Set a dotted key of a YAML file."""
        target = self.root / file
        document = yaml.safe_load(target.read_text())
        *way, last = path.split("/")
        here = document
        for step in way:
            here = here[step]
        here[last] = value
        target.write_text(yaml.safe_dump(document, sort_keys=False))

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Hold the sandbox's AWS for a test's own requests."""
        with Session(self.root, say=lambda _: None) as session:
            yield session

    def boto3(self, session: Session, stack: str, service: str, region: str = "") -> Any:
        """Return a boto3 client of a stack's account, as `AWS_PROFILE=<stack>` gives it."""
        identity = yaml.safe_load((self.root / f"Pulumi.{stack}.yaml").read_text())["config"][
            "understudy:identity"
        ]
        region = region or identity["region"]
        role = f"arn:aws:iam::{identity['account']}:role/{identity['deployerRole']}"
        common = {"region_name": region, "endpoint_url": session.endpoint}
        sts = boto3.client("sts", aws_access_key_id="test", aws_secret_access_key="test", **common)
        keys = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        return boto3.client(
            service,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
            **common,
        )

    def images(self, session: Session, stack: str) -> set[str]:
        """Return the digests that the tasks of the web and worker services run, as ECS shows it."""
        ecs = self.boto3(session, stack, "ecs")
        (cluster,) = ecs.list_clusters()["clusterArns"]
        arns = [
            arn
            for service in ("web-service", "worker-service")
            for name in ecs.list_services(cluster=cluster)["serviceArns"]
            if service in name
            for arn in ecs.list_tasks(cluster=cluster, serviceName=name)["taskArns"]
        ]
        tasks = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"]
        return {each["containers"][0]["imageDigest"] for each in tasks}


def keys_of(resources: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    """Return (parent path, type, name) of every resource but stack and providers."""
    parents = {
        resource["urn"]: resource.get("parent", "")
        for resource in resources
        if resource["type"] != "pulumi:pulumi:Stack"
    }

    def path(urn: str) -> str:
        above = parents[urn] in parents
        return f"{path(parents[urn])}/{name_of(urn)}" if above else name_of(urn)

    return {
        (path(resource["urn"]).rpartition("/")[0], resource["type"], name_of(resource["urn"]))
        for resource in resources
        if not resource["type"].startswith("pulumi:")
    }


def name_of(urn: str) -> str:
    """Return the logical name, which ends a URN."""
    return urn.rpartition("::")[2]


def refused(project: Project, *arguments: str, says: str, **environment: str) -> None:
    """Assert that a command is refused in one line, by the exit code for it."""
    done = project.run(*arguments, **environment)
    assert done.returncode == 2, done.stdout + done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert says in done.stderr
