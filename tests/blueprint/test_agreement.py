"""What the settings take, the components take too: nothing passes the one to fail in the other."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from components.certificate import APEX
from components.database_args import COMMON_USER_NAMES
from components.database_parameters import STATIC
from components.instance_class import GIB, instance_class
from components.load_balancer import TLS_POLICY
from components.log_retention import RETENTION_DAYS
from components.migration_task import MASTER_PASSWORD, MASTER_USER
from components.task import MEMORY_MIB
from settings import catalogue, load, shape, variables
from settings.services import LONGEST_JOB_NAME, TAKEN_JOB_NAMES
from settings.shape import Tls
from tests.blueprint.environments import environment, laid_out
from tests.settings.schemas import underlined
from tests.settings.workspace import ROOT, Workspace

pytestmark = pytest.mark.slow

AWS = ROOT / "settings" / "aws"
CLASSES = json.loads((AWS / "database_classes.json").read_text())["classes"]
PRODUCTION_ECR = "111111111111.dkr.ecr.eu-west-1.amazonaws.com"
FAR_PRODUCTION_ECR = PRODUCTION_ECR.replace("eu-west-1", "us-west-2")
STAGING_ECR = "222222222222.dkr.ecr.eu-west-1.amazonaws.com"
FAR_STAGING_ECR = STAGING_ECR.replace("eu-west-1", "us-west-2")
DIGEST = f"sha256:{'0' * 64}"
RULE_GROUPS = json.loads((AWS / "waf_rule_groups.json").read_text())["groups"]
SIZES = json.loads((AWS / "fargate_sizes.json").read_text())["memoryMibByCpu"]
POSTGRES = shutil.which("postgres")

LEAST = {
    "shape.application": "ab",
    "shape.network.zones": ["a", "b"],
    "shape.database.port": 1150,
    "shape.dns.ttlSeconds": 60,
    "shape.tls.subdomains": [],
    "shape.webFirewall.requestsPer5Minutes": 10,
    "shape.web.port": 1024,
    "shape.web.healthCheck": {
        "path": "/",
        "intervalSeconds": 5,
        "timeoutSeconds": 2,
        "healthyCount": 2,
        "unhealthyCount": 2,
        "graceSeconds": 0,
    },
    "shape.web.scaling": {"cpuPercent": 1, "requestsPerTask": 1},
    "shape.worker.scaling.cpuPercent": 1,
    "shape.jobs": [],
    "shape.deployment.maximumPercent": 150,
    "shape.registry.keepImages": 5,
    "shape.alarms.backup.longestGapHours": 25,
    "shape.alarms.certificate.daysLeft": 7,
    "shape.alarms.firewall.blockedPercent": 1,
    "production.identity.release.image": f"{PRODUCTION_ECR}/ab@{DIGEST}",
    "staging.identity.release.image": f"{STAGING_ECR}/ab@{DIGEST}",
    "production.identity.operations.image": f"{PRODUCTION_ECR}/ab-operations@{DIGEST}",
    "staging.identity.operations.image": f"{STAGING_ECR}/ab-operations@{DIGEST}",
    "production.identity.dataRefresh.sharedWith": "",
    "staging.identity.dataRefresh.sharedKey": "",
    "shape.backup.restoreTest": {"schedule": "cron(0 9 * * ? *)", "longestGapDays": 2},
    "staging.identity.cidr": "10.20.0.0/20",
    "staging.scale.web": {"cpu": 256, "memoryMib": 512, "min": 2, "max": 2, "spotPercent": 100},
    "staging.scale.worker": {"cpu": 256, "memoryMib": 512, "min": 2, "max": 2, "spotPercent": 100},
    "staging.scale.database.storageGib": 20,
    "staging.scale.database.maxStorageGib": 22,
    "staging.scale.database.backupDays": 1,
    "production.scale.network.natGateways": 2,
    "production.scale.network.endpointZones": 2,
    "staging.scale.backup": {"dailyDays": 7, "weeklyDays": 8, "monthlyDays": 31},
}
MOST = {
    "shape.application": "abcdefghijklmnop",
    "shape.network.zones": ["a", "b", "c", "d"],
    "shape.database.port": 65535,
    "shape.dns.ttlSeconds": 86400,
    "shape.tls.subdomains": ["www", "a" * 63],
    "shape.jobs[0].name": "a" * LONGEST_JOB_NAME,
    "shape.webFirewall.requestsPer5Minutes": 2_000_000_000,
    "shape.webFirewall.managedRuleGroups": RULE_GROUPS,
    "shape.owner": "a" * 256,
    "staging.identity.dns.domain": f"{'a' * 52}.example.com",
    "shape.web.port": 65535,
    "shape.web.healthCheck": {
        "path": "/a",
        "intervalSeconds": 300,
        "timeoutSeconds": 120,
        "healthyCount": 10,
        "unhealthyCount": 10,
        "graceSeconds": 3600,
    },
    "shape.web.scaling": {"cpuPercent": 100, "requestsPerTask": 1_000_000},
    "shape.registry.keepImages": 1000,
    "shape.alarms.backup.longestGapHours": 168,
    "shape.alarms.certificate.daysLeft": 45,
    "shape.alarms.firewall.blockedPercent": 100,
    "production.identity.region": "us-west-2",
    "staging.identity.region": "us-west-2",
    "production.identity.release.image": f"{FAR_PRODUCTION_ECR}/abcdefghijklmnop@{DIGEST}",
    "staging.identity.release.image": f"{FAR_STAGING_ECR}/abcdefghijklmnop@{DIGEST}",
    "production.identity.operations.image": (
        f"{FAR_PRODUCTION_ECR}/abcdefghijklmnop-operations@{DIGEST}"
    ),
    "staging.identity.operations.image": f"{FAR_STAGING_ECR}/abcdefghijklmnop-operations@{DIGEST}",
    "staging.identity.dataRefresh.sharedKey": (
        "arn:aws:kms:us-west-2:111111111111:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
    ),
    "shape.dataRefresh": {
        "scheduled": True,
        "schedule": "cron(0 1 ? * SAT *)",
        "timezone": "Europe/Dublin",
        "task": {"cpu": 16384, "memoryMib": 122880},
    },
    "shape.backup.restoreTest": {"schedule": "cron(0 9 ? * SUN,WED *)", "longestGapDays": 7},
    "staging.identity.restore": {
        "suffix": "abcdefghijk",
        "snapshot": "",
        "database": "another",
        "deletedDatabase": "",
        "time": "2031-05-01T00:00:00Z",
    },
    "production.scale.network.natGateways": 4,
    "production.scale.network.endpointZones": 4,
    "production.scale.database.storageGib": 16384,
    "production.scale.database.maxStorageGib": 65536,
    "production.scale.database.readReplicas": 5,
    "production.scale.database.monitoringSeconds": 1,
    "production.scale.web.max": 500,
    "production.scale.worker.max": 500,
    "production.scale.backup": {"dailyDays": 35, "weeklyDays": 365, "monthlyDays": 36500},
    "production.scale.offHours.pausedUntil": "2031-05-01",
    "production.scale.offHours.keepRunning": ["web", "worker"],
}


@pytest.mark.slow
@pytest.mark.parametrize("extreme", [LEAST, MOST], ids=["least", "most"])
@pytest.mark.parametrize("stack", ["staging", "production"])
def test_extreme_settings_can_be_laid_out(
    tmp_path: Path, stack: str, extreme: dict[str, object]
) -> None:
    workspace = Workspace(tmp_path)
    for key, value in extreme.items():
        workspace.put(key, value)

    assert workspace.lines() == []
    assert underlined(workspace) == []
    assert len(laid_out(load(tmp_path, stack), stack).nodes) > 100


@pytest.mark.slow
def test_the_longest_names_can_be_laid_out(tmp_path: Path) -> None:
    """A third stack of sixteen letters, beside the two."""
    workspace = Workspace(tmp_path)
    for key, value in {
        "shape.application": "abcdefghijklmnop",
        "staging.identity.name": "abcdefghijklmnop",
        "staging.identity.account": "444444444444",
        "staging.identity.cidr": "10.30.0.0/16",
        "staging.identity.dns.domain": "third.example.com",
        "staging.identity.release.image": (
            f"444444444444.dkr.ecr.eu-west-1.amazonaws.com/abcdefghijklmnop@{DIGEST}"
        ),
        "staging.identity.operations.image": (
            f"444444444444.dkr.ecr.eu-west-1.amazonaws.com/abcdefghijklmnop-operations@{DIGEST}"
        ),
        "production.identity.release.image": (f"{PRODUCTION_ECR}/abcdefghijklmnop@{DIGEST}"),
        "production.identity.operations.image": (
            f"{PRODUCTION_ECR}/abcdefghijklmnop-operations@{DIGEST}"
        ),
        "staging.identity.dataRefresh.sharedKey": "",
    }.items():
        workspace.put(key, value)
    third = (tmp_path / "Pulumi.staging.yaml").read_text()
    workspace.put("staging.identity.name", "staging")
    workspace.put("staging.identity.account", "222222222222")
    workspace.put("staging.identity.cidr", "10.20.0.0/16")
    workspace.put("staging.identity.dns.domain", "staging.example.com")
    workspace.put(
        "staging.identity.release.image",
        f"{STAGING_ECR}/abcdefghijklmnop@{DIGEST}",
    )
    workspace.put(
        "staging.identity.operations.image", f"{STAGING_ECR}/abcdefghijklmnop-operations@{DIGEST}"
    )
    workspace.text("Pulumi.abcdefghijklmnop.yaml", third)

    assert workspace.lines() == []
    graph = laid_out(load(tmp_path, "abcdefghijklmnop"), "abcdefghijklmnop")
    buckets = [node.inputs["bucket"] for node in graph.of("aws:s3/bucket:Bucket")]
    assert buckets
    assert all(len(bucket) <= 63 for bucket in buckets)


def test_alarms_can_be_sized_for_every_class_of_the_catalogue() -> None:
    assert len(CLASSES) > 200
    for name in CLASSES:
        power = catalogue.database_class(name)

        assert power is not None, name
        assert instance_class(name).memory_bytes == power.memory_gib * GIB, name


def test_fargate_sizes_are_the_same() -> None:
    assert {int(cpu): list(memory) for cpu, memory in SIZES.items()} == {
        cpu: list(memory) for cpu, memory in MEMORY_MIB.items()
    }


def test_lists_of_choices_are_the_same() -> None:
    assert shape.RETENTION_DAYS == RETENTION_DAYS
    assert set(shape.COMMON_USERS) >= set(COMMON_USER_NAMES)
    policies = Tls.model_json_schema()["properties"]["policy"]["enum"]
    assert {MASTER_USER, MASTER_PASSWORD} <= set(variables.RESERVED)
    assert APEX in Tls.model_json_schema()["properties"]["subdomains"]["items"]["not"]["enum"]
    assert all(TLS_POLICY.fullmatch(policy) for policy in policies)


@pytest.mark.slow
def test_no_job_may_have_the_name_of_what_the_environment_logs() -> None:
    graph = environment("staging")
    groups = {node.inputs["name"] for node in graph.of("aws:cloudwatch/logGroup:LogGroup")}
    prefix = "/storefront/staging/"
    own = {name.removeprefix(prefix) for name in groups if name.startswith(prefix)}

    jobs = {job.name for job in load(ROOT, "staging").shape.jobs}
    assert own - jobs <= set(TAKEN_JOB_NAMES)


@pytest.mark.skipif(POSTGRES is None, reason="no PostgreSQL on this machine")
def test_parameters_are_static_where_the_component_says_so() -> None:
    """PostgreSQL 15 itself says which are read at start alone; RDS refuses those at once."""
    known = subprocess.run(
        [str(POSTGRES), "--describe-config"], capture_output=True, text=True, check=True
    ).stdout
    static = {line.split("\t")[0] for line in known.splitlines() if "\tpostmaster\t" in line}

    assert static & catalogue.database_parameters("15") <= STATIC
