"""A small project with a sandbox of its own, and commands that hold its AWS."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from sandbox.session import Session
from tests.support.cloud import ROOT

IDENTITY: dict[str, Any] = {
    "account": "222222222222",
    "archiveAccount": "333333333333",
    "archiveRole": "archive",
    "deployerRole": "deployer",
    "dns": {
        "delegationRole": "delegate",
        "parentAccount": "111111111111",
        "parentDomain": "example.com",
        "parentZoneId": "Z0PARENT",
    },
    "region": "eu-west-1",
}
HOLD = """
import json, sys
from pathlib import Path
from sandbox.session import Session

with Session(Path(sys.argv[1])) as session:
    print(json.dumps(session.tell("status")), flush=True)
    sys.stdin.read()
"""


def make(root: Path) -> Session:
    """Write a project of two stacks and return a session of it that has not begun."""
    root.mkdir()
    (root / "Pulumi.yaml").write_text("name: understudy\n")
    for stack, account in (("staging", "222222222222"), ("production", "444444444444")):
        config = {"config": {"understudy:identity": {**IDENTITY, "account": account}}}
        (root / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump(config))
    return Session(root, say=lambda _: None)


def make_runnable(root: Path) -> Session:
    """Make a project whose sandbox runs the code under test."""
    session = make(root)
    (root / "sandbox").symlink_to(ROOT / "sandbox")
    return session


class Holder:
    """Another command that holds the sandbox's AWS until it is told to let go."""

    def __init__(self, root: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(root)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def status(self) -> dict[str, Any]:
        """Wait until it holds the AWS, and return what that says of itself."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        found: dict[str, Any] = json.loads(line)
        return found

    def let_go(self) -> str:
        """End it and return what it said on standard error."""
        return self.process.communicate(timeout=60)[1]
