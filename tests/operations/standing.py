"""A stack in an AWS account of its own, as commands meet it, with a script in the engine's place.

Each has a new account: what one test seeds no other sees.
"""

import json
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from operations.command import main
from operations.place import NEEDED, Place
from settings import load
from tests.settings.workspace import FILES, ROOT
from tests.support.cloud import REGION, Cloud
from tests.support.scripts import python_script

PULUMI = """\
import json, os, shutil, sys

here, words = os.path.dirname(sys.argv[0]), sys.argv[1:]
with open(os.path.join(here, "calls"), "a") as calls:
    print(json.dumps(words), file=calls)
stack = words[words.index("--stack") + 1]
state = os.path.join(here, stack + ".json")
if words[:2] == ["stack", "output"]:
    print(open(os.path.join(here, "outputs.json")).read())
elif words[:2] == ["stack", "export"] and os.path.exists(state):
    print(open(state).read())
elif words[0] == "refresh" and os.environ["PULUMI_DEBUG_COMMANDS"] == "true":
    events = os.path.join(here, "events")
    if os.path.exists(events):
        shutil.copy(events, words[words.index("--event-log") + 1])
    if os.path.exists(os.path.join(here, "wrong")):
        sys.exit(open(os.path.join(here, "wrong")).read())
else:
    sys.exit("error: no stack named '" + stack + "' found")
"""
POLICY_FILES = (
    "policies/contract.yaml",
    "policies/enforcement.yaml",
    "policies/releases.yaml",
    "policies/waivers.yaml",
    "policies/manifests",
    "operations/audit/waivers.yaml",
    "operations/drift/expected.yaml",
)


@dataclass
class Standing:
    """One stack, its account and its commands."""

    cloud: Cloud | None
    root: Path
    name: str
    account: str
    capture: pytest.CaptureFixture[str]

    def session(self) -> Any:
        """Return a session of boto3 in the account."""
        return boto3.session.Session()

    def boto3(self, service: str, region: str = REGION) -> Any:
        return self.session().client(service, region_name=region)

    def outputs(self, **more: Any) -> None:
        """Have the engine tell outputs beside those that every command needs."""
        told = {**dict.fromkeys(NEEDED, "x"), "account": self.account, "region": REGION, **more}
        (self.root / "bin" / "outputs.json").write_text(json.dumps(told))

    def state(self, resources: list[dict[str, Any]], stack: str = "") -> None:
        """Have the engine export these resources."""
        file = self.root / "bin" / f"{stack or self.name}.json"
        file.write_text(json.dumps({"version": 3, "deployment": {"resources": resources}}))

    def events(self, *events: dict[str, Any]) -> None:
        """Have the engine's refresh tell these events."""
        lines = "".join(f"{json.dumps(event)}\n" for event in events)
        (self.root / "bin" / "events").write_text(lines)

    def calls(self) -> list[list[str]]:
        """Return the words of every call of the engine."""
        lines = (self.root / "bin" / "calls").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def place(self) -> Place:
        told = json.loads((self.root / "bin" / "outputs.json").read_text())
        return Place(self.name, self.root, [], told, load(ROOT, self.name), self.session())

    def said(self, command: str, *words: str) -> tuple[int, str, str]:
        """Run a command; return its code and what it said."""
        self.capture.readouterr()
        code = main([command, self.name, "--root", str(self.root), *words])
        told = self.capture.readouterr()
        return code, told.out, told.err


def laid_out(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay out what commands read of a project, with the script on the PATH."""
    for file in (*FILES, *POLICY_FILES):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / file).is_dir():
            shutil.copytree(ROOT / file, root / file)
        else:
            shutil.copy(ROOT / file, root / file)
    (root / "bin").mkdir()
    script = root / "bin" / "pulumi"
    python_script(script, PULUMI)
    monkeypatch.setenv("PATH", f"{root / 'bin'}{os.pathsep}{os.environ['PATH']}")


def standing(
    cloud: Cloud,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capture: pytest.CaptureFixture[str],
    name: str = "staging",
) -> Standing:
    """Return a stack in a new account, which has nothing in it yet."""
    account = str(100_000_000_000 + secrets.randbelow(899_999_999_999))
    laid_out(root, monkeypatch)
    sts = boto3.client(
        "sts",
        region_name=REGION,
        endpoint_url=cloud.endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    keys = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/auditor", RoleSessionName="test")[
        "Credentials"
    ]
    for variable, value in {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_DEFAULT_REGION": REGION,
    }.items():
        monkeypatch.setenv(variable, value)
    made = Standing(cloud, root, name, account, capture)
    made.outputs()
    return made


def resource(type_: str, name: str, **more: Any) -> dict[str, Any]:
    """Return a resource as the engine exports it."""
    urn = f"urn:pulumi:staging::understudy::{type_}::{name}"
    return {"urn": urn, "type": type_, "id": name, "inputs": {}, "outputs": {}, **more}
