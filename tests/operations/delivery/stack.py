"""A stack as deploying meets it: services on moto, and an engine that updates them.

A script takes the engine's place: the real one takes minutes. What it does on AWS it does as the
engine's provider: a new task definition for each of the tasks, then the services; and as ECS may
do behind it, it can leave a service on the old one.
"""

import json
import os
import shutil
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from operations.command import main
from operations.place import Place, placed
from operations.releases.ledger import Folder, Ledger
from operations.releases.record import Record
from tests.settings.workspace import FILES, ROOT
from tests.support.cloud import ACCOUNT, REGION, Cloud
from tests.support.ecs import Place as Network
from tests.support.ecs import containers, role_of
from tests.support.git import git
from tests.support.scripts import python_script

REPOSITORY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/storefront"
SECRET = "correct-horse-battery-9"  # noqa: S105  (no one's)
PULUMI = """\
import json, os, shutil, sys
from functools import cache

here, words = os.path.dirname(sys.argv[0]), sys.argv[1:]
stack = words[words.index("--stack") + 1] if "--stack" in words else ""
def load(name): return json.load(open(os.path.join(here, name)))
def save(name, told): json.dump(told, open(os.path.join(here, name), "w"))
with open(os.path.join(here, "asked"), "a") as asked:
    asked.write(" ".join(words) + "\\n")
knobs = load("knobs.json")
@cache
def release():
    import yaml
    file = yaml.load(open("Pulumi." + stack + ".yaml"), yaml.CSafeLoader)
    return file["config"]["understudy:identity"]["release"]
def defined(task, image):
    before = load("tasks.json")[task]
    return [dict(each, image=image) for each in before]
def ecs(action, **given):
    # As boto3 sends it, which takes longer to load than all the rest of this together.
    from http.client import HTTPConnection
    host = os.environ["AWS_ENDPOINT_URL"].removeprefix("http://")
    who = "/".join([os.environ["AWS_ACCESS_KEY_ID"], "20310501", "{region}", "ecs", "aws4_request"])
    asked = HTTPConnection(host)
    asked.request("POST", "/", json.dumps(given), {{
        "Authorization": "AWS4-HMAC-SHA256 Credential=" + who + ", SignedHeaders=host, Signature=0",
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "AmazonEC2ContainerServiceV20141113." + action,
    }})
    answer = asked.getresponse()
    told = json.load(answer)
    if answer.status != 200:
        sys.exit(action + ": " + json.dumps(told))
    return told
if words[:2] == ["whoami", "--json"]:
    print(json.dumps({{"url": "file://" + os.path.join(here, "backend")}}))
elif words[:2] == ["stack", "output"]:
    print(json.dumps(load("outputs.json")))
elif words[:2] == ["stack", "export"]:
    print(json.dumps({{"version": 3, "deployment": load("state.json")}}))
elif words[0] == "cancel":
    knobs["locked"] = ""
    save("knobs.json", knobs)
elif words[0] == "preview":
    print("previews " + release()["image"])
    if knobs["forbidden"]:
        sys.exit(1)
    changed = load("outputs.json")["releaseImage"] != release()["image"]
    text = json.dumps(defined("migration", release()["image"]))
    goal = {{"updates": {{"containerDefinitions": text}}}} if changed else {{}}
    planned = {{"urn:x::migration-task-definition": {{"goal": {{"inputDiff": goal}}}}}}
    json.dump({{"resourcePlans": planned}}, open(words[words.index("--save-plan") + 1], "w"))
elif words[0] == "up":
    if knobs["locked"]:
        sys.exit("error: the stack is currently locked by 1 lock(s). Either wait for the other "
            "process(es) to end or delete the lock file with `pulumi cancel`.\\n  file:///x.json: "
            "created by me@" + knobs["locked"] + " at 2031-05-01")
    assert "resourcePlans" in json.load(open(words[words.index("--plan") + 1]))
    if knobs["broken"]:
        sys.exit(1)
    told, image = load("outputs.json"), release()["image"]
    for task in ("migration", "web", "worker"):
        arn = ecs("RegisterTaskDefinition",
            family=stack + "-" + task, requiresCompatibilities=["FARGATE"], networkMode="awsvpc",
            cpu="256", memory="512", containerDefinitions=defined(task, image),
        )["taskDefinition"]["taskDefinitionArn"]
        if task == "migration":
            told["migrationRun"]["taskDefinition"] = arn
        else:
            told[task + "TaskDefinition"] = arn
            if knobs["taken_back"] != image:
                ecs("UpdateService", cluster=told["clusterName"],
                    service=told[task + "ServiceName"], taskDefinition=arn)
    shutil.copy("Pulumi.yaml", os.path.join(here, "applied.yaml"))
    told.update(releaseImage=image, releaseVersion=release()["version"])
    save("outputs.json", told)
    asked = open(os.path.join(here, "asked")).read()
    save("state.json", {{"manifest": {{"time": str(len(asked))}}}})
    if knobs["killed"]:
        os.kill(os.getppid(), 9)
elif words[0] != "refresh":
    sys.exit("unknown: " + " ".join(words))
"""
KNOBS: dict[str, Any] = {
    "forbidden": False,
    "broken": False,
    "locked": "",
    "taken_back": "",
    "killed": False,
}


@dataclass
class Stack:
    """A deployed stack, and the commands on it."""

    cloud: Cloud
    root: Path
    name: str
    images: list[str]
    """By digest, the registry's; the first one runs."""
    cluster: str
    capture: pytest.CaptureFixture[str]
    knobs: dict[str, Any] = field(default_factory=lambda: dict(KNOBS))

    def turn(self, **knobs: Any) -> None:
        """Have the engine behave otherwise."""
        self.knobs.update(knobs)
        self.write("knobs.json", self.knobs)

    def write(self, file: str, told: Any) -> None:
        (self.root / "bin" / file).write_text(json.dumps(told))

    def read(self, file: str) -> Any:
        return json.loads((self.root / "bin" / file).read_text())

    def asked(self) -> list[str]:
        """Return the engine's commands that judge or change something."""
        path = self.root / "bin" / "asked"
        words = [line.split()[0] for line in path.read_text().splitlines()] if path.exists() else []
        return [word for word in words if word in {"preview", "up", "cancel"}]

    def said(self, *words: str) -> tuple[int, str, str]:
        """Run a command of the stack's; return its code and what it said."""
        self.capture.readouterr()
        code = main([*words, "--root", str(self.root)])
        told = self.capture.readouterr()
        return code, told.out, told.err

    @property
    def agreed(self) -> list[str]:
        """What says yes to a change."""
        return ["--confirm", self.name] if self.name == "production" else ["--yes"]

    def deploy(self, number: int, version: str, *more: str) -> tuple[int, dict[str, Any], str]:
        """Deploy an image of the registry's; return code, answer and what is said beside it."""
        words = ["--image", self.images[number], "--version", version, "--minutes", "0"]
        code, out, err = self.said("deploy", self.name, *words, *self.agreed, "--json", *more)
        return code, json.loads(out) if out else {}, err

    def rollback(self, *more: str) -> tuple[int, dict[str, Any], str]:
        words = ["rollback", self.name, *self.agreed, "--json", "--minutes", "0", *more]
        code, out, err = self.said(*words)
        return code, json.loads(out) if out else {}, err

    @property
    def ledger(self) -> Ledger:
        return Ledger(Folder(self.root / "bin" / "backend"))

    def records(self) -> list[Record]:
        return self.ledger.records(self.name)

    def ended(self) -> list[tuple[str, str]]:
        """Return what each deployment came to."""
        records = [each for each in self.records() if each.outcome not in {"begun", "deployed"}]
        return [(each.version, each.outcome) for each in records]

    def running(self) -> set[str]:
        """Return the images that the services run."""
        outputs = self.read("outputs.json")
        ecs = self.cloud.boto3("ecs")
        names = [outputs[f"{each}ServiceName"] for each in ("web", "worker")]
        shown = ecs.describe_services(cluster=self.cluster, services=names)["services"]
        return {
            ecs.describe_task_definition(taskDefinition=each["taskDefinition"])["taskDefinition"][
                "containerDefinitions"
            ][0]["image"]
            for each in shown
        }

    def says(self) -> tuple[str, str]:
        """Return the release that the stack file says."""
        file = yaml.safe_load((self.root / f"Pulumi.{self.name}.yaml").read_text())
        release = file["config"]["understudy:identity"]["release"]
        return release["image"], release["version"]

    def place(self) -> Place:
        pulumi = [str(self.root / "bin" / "pulumi")]
        with placed(self.root, self.name, pulumi=pulumi, sandbox=False) as found:
            return found

    def git(self, *words: str) -> str:
        return git(self.root, *words)

    def commit(self) -> str:
        """Commit all that differs, and return the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "More")
        return self.git("rev-parse", "HEAD")


def deployed(
    cloud: Cloud,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capture: pytest.CaptureFixture[str],
    name: str = "staging",
) -> Stack:
    """Deploy a stack's services and have the commands find them."""
    mark = uuid.uuid4().hex[:8]
    network = Network(cloud, f"shop-{mark}")
    cloud.boto3("ec2").modify_vpc_attribute(VpcId=network.vpc, EnableDnsHostnames={"Value": True})
    images = [_image(cloud, f"{mark}-{number}") for number in range(3)]
    tasks = _tasks(cloud, mark)
    if name == "production":
        # Its settings name a registry of another account; moto has one for all here.
        images = [image.replace(ACCOUNT, "1" * 12) for image in images]
    stack = Stack(cloud, root, name, images, network.name, capture)
    for file in FILES:
        shutil.copy(ROOT / file, root)
    (root / "policies").mkdir()
    shutil.copy(ROOT / "policies" / "releases.yaml", root / "policies")
    (root / ".gitignore").write_text("bin/\n.plans/\n.reports/\n")
    (root / "bin").mkdir()
    outputs = _services(stack, network, tasks, mark)
    for file, told in (
        ("outputs.json", outputs),
        ("tasks.json", tasks),
        ("state.json", {"manifest": {}}),
        ("knobs.json", KNOBS),
    ):
        stack.write(file, told)
    script = root / "bin" / "pulumi"
    python_script(script, PULUMI.format(region=REGION), "-I")
    _edit(root / f"Pulumi.{name}.yaml", images[0])
    stack.git("init", "--quiet")
    stack.commit()
    _environment(cloud, root, monkeypatch)
    return stack


def _image(cloud: Cloud, mark: str) -> str:
    ecr = cloud.boto3("ecr")
    # Other tests, which may be at the same AWS, make and leave repositories too.
    with suppress(ecr.exceptions.RepositoryAlreadyExistsException):
        ecr.create_repository(repositoryName="storefront")
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {"digest": f"sha256:{mark}"},
            # Of an image without layers moto makes one of a hundred digests up.
            "layers": [{"digest": f"sha256:{mark}", "size": 1}],
        }
    )
    made = ecr.put_image(repositoryName="storefront", imageManifest=manifest, imageTag=mark)
    return f"{REPOSITORY}@{made['image']['imageId']['imageDigest']}"


def _tasks(cloud: Cloud, mark: str) -> dict[str, Any]:
    """Return the containers of each task; the migration's is given a secret, and logs."""
    secret = cloud.boto3("secretsmanager").create_secret(
        Name=f"master-{mark}", SecretString=json.dumps({"username": "owner", "password": SECRET})
    )["ARN"]
    logs = {"awslogs-group": f"/shop/{mark}/migration", "awslogs-stream-prefix": "application"}
    migration = {
        "logConfiguration": {"logDriver": "awslogs", "options": logs},
        "secrets": [{"name": "DATABASE_MASTER_PASSWORD", "valueFrom": f"{secret}:password::"}],
    }
    cloud.boto3("logs").create_log_group(logGroupName=logs["awslogs-group"])
    return {
        "web": json.loads(containers()),
        "worker": json.loads(containers(portMappings=[])),
        "migration": json.loads(containers(portMappings=[], **migration)),
    }


def _services(stack: Stack, network: Network, tasks: dict[str, Any], mark: str) -> dict[str, Any]:
    """Make the services; return the stack's outputs."""
    made: dict[str, str] = {}
    for name, told in tasks.items():
        each = [{**container, "image": stack.images[0]} for container in told]
        role = role_of(network.cloud, f"{name}-{mark}")
        thing = network.task(
            f"{stack.name}-{name}",
            containerDefinitions=json.dumps(each),
            executionRoleArn=role,
            taskRoleArn=role,
        )
        made[name] = thing.id
        if name != "migration":
            more = {} if name == "web" else {"loadBalancers": None}
            grace = {} if name == "web" else {"healthCheckGracePeriodSeconds": None}
            network.service(f"{name}-{mark}", thing, **more, **grace)
    names = [f"{mark}-{alarm}" for alarm in ("errors", "health")]
    for name in names:
        network.cloud.boto3("cloudwatch").put_metric_alarm(
            AlarmName=name,
            Namespace="x",
            MetricName="y",
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            Period=60,
            Threshold=1,
            Statistic="Sum",
        )
    return {
        "account": ACCOUNT,
        "region": REGION,
        **dict.fromkeys(
            (
                "databaseIdentifier",
                "databaseAddress",
                "databasePort",
                "databaseName",
                "databaseMasterSecretArn",
                "encryptionKeyArn",
                "backupVaultName",
                "backupCopyVaultArn",
            ),
            "x",
        ),
        "releaseImage": stack.images[0],
        "releaseVersion": "1.0.0",
        "registryUrl": REPOSITORY,
        "clusterName": network.name,
        "webServiceName": f"web-{mark}",
        "workerServiceName": f"worker-{mark}",
        "webTaskDefinition": made["web"],
        "workerTaskDefinition": made["worker"],
        "targetGroupArn": network.target_group,
        "deploymentAlarmNames": names[:1],
        "healthAlarmName": names[1],
        "migrationRun": {
            "cluster": network.cluster.props["arn"],
            "taskDefinition": made["migration"],
            "launchType": "FARGATE",
            "networkConfiguration": {
                "awsvpcConfiguration": {
                    "subnets": network.subnets,
                    "securityGroups": [network.group],
                    "assignPublicIp": "DISABLED",
                }
            },
            "containerName": "application",
            "logGroupName": f"/shop/{mark}/migration",
        },
    }


def _edit(file: Path, image: str) -> None:
    before = yaml.safe_load(file.read_text())["config"]["understudy:identity"]["release"]["image"]
    file.write_text(
        file.read_text().replace(
            f"image: {before}\n      version", f"image: {image}\n      version"
        )
    )


def _environment(cloud: Cloud, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = cloud.boto3("sts").assume_role(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/deployer", RoleSessionName="test"
    )["Credentials"]
    for variable, value in {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
        "AWS_CONFIG_FILE": os.devnull,
        "PATH": f"{root / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.delenv("UNDERSTUDY_LEDGER", raising=False)
    monkeypatch.setattr("operations.delivery.migration.POLL_SECONDS", 0.05)
