"""What is asked before an update: each thing that can be wrong is told by its own check."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from operations.command import main
from operations.environment.checks.before import OF_ALL, OF_STACK
from settings.files import read
from tests.settings.workspace import ROOT, Workspace
from tests.support.cloud import ACCOUNT, Cloud
from tests.support.scripts import python_script

pytestmark = pytest.mark.moto

ENGINE = """\
import json, os, sys

words = [word for word in sys.argv[1:] if word != "--non-interactive"]
told = json.load(open(os.path.join(os.path.dirname(sys.argv[0]), "told.json")))
answer = told.get(" ".join(words))
if answer is None:
    sys.exit("error: could not reach the backend")
print(answer)
"""
"""The engine's place is taken by a script: what it says is what the real one prints."""


class Project:
    """A project before its first update, and what is wrong with it."""

    def __init__(self, folder: Path, cloud: Cloud) -> None:
        self.workspace = Workspace(folder)
        self.folder = folder
        key = cloud.boto3("kms").create_key()["KeyMetadata"]["KeyId"]
        self.workspace.top(
            "Pulumi.staging.yaml", "secretsprovider", f"awskms:///{key}?region=eu-west-1"
        )
        (folder / "requirements.txt").write_text((ROOT / "requirements.txt").read_text())
        (folder / "bin").mkdir()
        script = folder / "bin" / "pulumi"
        python_script(script, ENGINE)
        self.told: dict[str, str | None] = {
            "stack ls --json": json.dumps([{"name": "staging"}, {"name": "production"}]),
            "whoami --json": json.dumps({"user": "ci", "url": "s3://understudy-state"}),
        }
        self.tell()

    def tell(self, words: str = "version", answer: str | None = "v3.230.0") -> None:
        """Have the engine answer some words otherwise, or fail by them."""
        self.told[words] = answer
        (self.folder / "bin" / "told.json").write_text(json.dumps(self.told))


@pytest.fixture(name="project")
def _project(cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    keys = cloud.boto3("sts").assume_role(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/deployer", RoleSessionName="test"
    )["Credentials"]
    for variable, value in {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
        "AWS_CONFIG_FILE": os.devnull,
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }.items():
        monkeypatch.setenv(variable, value)
    return Project(tmp_path, cloud)


@pytest.fixture(name="verdicts")
def _verdicts(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, dict[str, str]]]:
    def verdicts(*words: str) -> tuple[int, dict[str, str]]:
        capsys.readouterr()
        code = main(["validate", *words, "--root", str(project.folder), "--json"])
        told = json.loads(capsys.readouterr().out)
        return code, {each["id"]: each["verdict"] for each in told["checks"]}

    return verdicts


Verdicts = Callable[..., tuple[int, dict[str, str]]]
WELL = {check.id: "pass" for check in (*OF_ALL, *OF_STACK)} | {"quotas-have-room": "unknown"}
"""moto has no quotas of Fargate; that is an advice."""


def test_where_all_is_ready_it_ends_with_0(verdicts: Verdicts) -> None:
    assert verdicts("staging") == (0, WELL)


def test_without_a_stack_no_account_is_asked(
    verdicts: Verdicts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")

    assert verdicts() == (0, {check.id: "pass" for check in OF_ALL})


def _pinned_otherwise(project: Project) -> None:
    (project.folder / "requirements.txt").write_text("pulumi==3.0.0\nno-such-package==1\n")


def _no_packages(project: Project) -> None:
    (project.folder / "requirements.txt").write_text("")


def _passphrase(project: Project) -> None:
    project.workspace.top("Pulumi.staging.yaml", "secretsprovider", "passphrase")


def _old_engine_wanted(project: Project) -> None:
    project.workspace.put("project.requiredPulumiVersion", ">=3.231.0")


@pytest.mark.parametrize(
    ("breaks", "told_by"),
    [
        (lambda project: project.tell(answer="v3.229.9"), {"engine-new-enough": "fail"}),
        (lambda project: project.tell(answer="dev"), {"engine-new-enough": "fail"}),
        (_old_engine_wanted, {"engine-new-enough": "fail"}),
        (_pinned_otherwise, {"packages-as-pinned": "fail"}),
        (_no_packages, {"packages-as-pinned": "fail"}),
        (
            lambda project: project.tell("stack ls --json", "[]"),
            {"state-has-the-stack": "fail"},
        ),
        (
            lambda project: project.tell("whoami --json", None),
            {"state-has-the-stack": "unknown", "state-secrets-encrypted": "unknown"},
        ),
        (
            lambda project: project.tell("whoami --json", "not JSON"),
            {"state-has-the-stack": "unknown", "state-secrets-encrypted": "unknown"},
        ),
        (_passphrase, {"state-secrets-encrypted": "fail"}),
    ],
    ids=[
        "an engine that is too old", "an engine of no version", "a project that wants a newer one",
        "packages that are not those pinned", "nothing pinned", "a backend without the stack",
        "a backend that does not answer", "an engine that says nonsense", "a passphrase",
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_its_own_check(
    project: Project,
    verdicts: Verdicts,
    breaks: Callable[[Project], None],
    told_by: dict[str, str],
) -> None:
    breaks(project)
    code, found = verdicts("staging")

    assert {name: now for name, now in found.items() if now != WELL[name]} == told_by
    assert code == 1


def test_a_key_that_is_switched_off_is_told(
    project: Project, verdicts: Verdicts, cloud: Cloud
) -> None:
    provider = read(project.folder, "Pulumi.staging.yaml")["secretsprovider"]
    key = provider.removeprefix("awskms:///").partition("?")[0]
    cloud.boto3("kms").disable_key(KeyId=key)
    code, found = verdicts("staging")

    assert (code, found["state-secrets-encrypted"]) == (1, "fail")


def test_settings_that_are_refused_stop_what_needs_them(
    project: Project, verdicts: Verdicts
) -> None:
    project.workspace.put("staging.scale.database.backupDays", 99)
    code, found = verdicts("staging")

    assert code == 1
    assert found["settings-accepted"] == "fail"
    assert found["credentials-of-the-account"] == found["roles-assumed"] == "unknown"


def test_the_credentials_of_another_account_are_told(project: Project, verdicts: Verdicts) -> None:
    project.workspace.put("staging.identity.account", "444444444444")
    image = "444444444444.dkr.ecr.eu-west-1.amazonaws.com/{}@sha256:" + "4" * 64
    for key, name in (("release", "storefront"), ("operations", "storefront-operations")):
        project.workspace.put(f"staging.identity.{key}.image", image.format(name))
    project.workspace.put("production.identity.dataRefresh.sharedWith", "444444444444")
    assert project.workspace.lines() == []
    code, found = verdicts("staging")

    assert (code, found["credentials-of-the-account"]) == (1, "fail")


@contextmanager
def refusing(monkeypatch: pytest.MonkeyPatch, role: str) -> Iterator[None]:
    """Have STS refuse one role; moto gives every role to everybody."""
    made = boto3.session.Session

    def session() -> Any:
        found = made()
        found.events.register("before-call.sts.AssumeRole", refuse)
        return found

    def refuse(params: dict[str, Any], **_: Any) -> Any:
        if not params["body"]["RoleArn"].endswith(f"/{role}"):
            return None
        error = {"Code": "AccessDenied", "Message": "not authorized to perform: sts:AssumeRole"}
        return SimpleNamespace(status_code=403), {"Error": error, "ResponseMetadata": {}}

    with monkeypatch.context() as patch:
        patch.setattr("boto3.session.Session", session)
        yield


@pytest.mark.parametrize(
    "role", ["understudy-deployer", "understudy-archive-staging", "understudy-delegate-staging"]
)
def test_a_role_that_is_refused_is_told(
    verdicts: Verdicts, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    with refusing(monkeypatch, role):
        code, found = verdicts("staging")

    assert {name: now for name, now in found.items() if now != WELL[name]} == {
        "roles-assumed": "fail"
    }
    assert code == 1


def test_a_stack_without_a_file_is_refused(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", "stagign", "--root", str(project.folder)]) == 2
    assert capsys.readouterr().err == "Pulumi.stagign.yaml: there is no such file\n"


def test_results_are_written_for_ci(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "junit.xml"

    assert main(["validate", "--root", str(project.folder), "--junit", str(file)]) == 0
    assert 'name="validate"' in file.read_text()
