"""An environment's control plane on a real moto server, made as the program makes it.

What moto carries is made there. What it does not (tasks that run, a signed zone) is laid over its
answers where boto3 has read them, and stands in plain fields that a test changes for a while.
"""

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3

from settings import Settings
from tests.support.cloud import ACCOUNT, REGION, Cloud

GLOBAL = "us-east-1"
PASSWORD = "correct-horse-battery-9"  # noqa: S105  (no one's)
ALARMS = ("web-errors", "database-cpu")
GLOBAL_ALARM = "dns-signing"


@dataclass
class Made:
    """What was made, by the names that faults need."""

    outputs: dict[str, Any]
    state: dict[str, Any]
    balancer: str
    listener: str
    address_set: dict[str, str]
    acl: dict[str, str]
    tasks: dict[str, list[dict[str, Any]]]
    """By service, its running tasks; laid over what ECS answers."""
    stopped: list[dict[str, Any]] = field(default_factory=list)
    """Runs of jobs that ended within the hour."""
    services: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By service, what it shows otherwise than a steady one."""
    signing: str = "SIGNING"
    lost: bool = False
    """Whether the last start of every job came to nothing."""
    answers: dict[tuple[str, ...], Any] = field(default_factory=dict)
    """What was asked once and is known since, until it is forgotten."""

    def forget(self, *services: str) -> None:
        """Forget what was asked of services whose things were changed."""
        for key in [key for key in self.answers if key[0] in services]:
            del self.answers[key]


def control_plane(cloud: Cloud, settings: Settings, certificate: Path, name: str) -> Made:
    """Make everything that the checks ask AWS for."""
    key = client(cloud, "kms").create_key()["KeyMetadata"]["Arn"]
    domain = settings.identity.dns.domain
    network = _network(cloud)
    entrance = _entrance(cloud, settings, certificate, network, name)
    outputs = {
        "account": ACCOUNT,
        "region": REGION,
        "environment": settings.identity.name,
        "domain": domain,
        "url": f"https://{domain}",
        "encryptionKeyArn": key,
        "releaseImage": settings.identity.release.image,
        "releaseVersion": settings.identity.release.version,
        "databaseName": settings.shape.database.name,
        **_zone(cloud, settings, entrance["dns"]),
        "loadBalancerDnsName": entrance["dns"],
        "targetGroupArn": entrance["targets"],
        **_compute(cloud, settings, name),
        **_secrets(cloud, settings, key, name),
        **_database(cloud, key, name),
        **_logs(cloud, settings, key, name),
    }
    topics, alarms = _alarms(cloud, settings, name)
    outputs["notificationsTopicArn"] = topics[0]
    _jobs(cloud, settings, outputs)
    tasks = {
        service: [_task(outputs, output, settings)]
        for service, output in (
            (outputs["webServiceName"], "webTaskDefinition"),
            (outputs["workerServiceName"], "workerTaskDefinition"),
        )
    }
    state = {"version": 3, "deployment": {"resources": alarms}}
    firewall = _firewall(cloud, settings, entrance["balancer"], name)
    return Made(outputs, state, entrance["balancer"], entrance["listener"], *firewall, tasks)


def _network(cloud: Cloud) -> tuple[str, list[str]]:
    ec2 = client(cloud, "ec2")
    vpc = ec2.create_vpc(CidrBlock="10.70.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.70.{place}.0/24", AvailabilityZone=f"{REGION}{zone}"
        )["Subnet"]["SubnetId"]
        for place, zone in enumerate("ab")
    ]
    return vpc, subnets


def _entrance(
    cloud: Cloud, settings: Settings, certificate: Path, network: tuple[str, list[str]], name: str
) -> dict[str, str]:
    elb, (vpc, subnets) = client(cloud, "elbv2"), network
    (made,) = elb.create_load_balancer(Name=name, Subnets=subnets)["LoadBalancers"]
    arn = made["LoadBalancerArn"]
    attributes = {
        "routing.http.drop_invalid_header_fields.enabled": "true",
        "access_logs.s3.enabled": "true",
        "access_logs.s3.bucket": f"{name}-logs",
        "waf.fail_open.enabled": "false",
    }
    here = {"LocationConstraint": REGION}
    client(cloud, "s3").create_bucket(Bucket=f"{name}-logs", CreateBucketConfiguration=here)
    elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=_pairs(attributes))
    (group,) = elb.create_target_group(
        Name=name, Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip"
    )["TargetGroups"]
    targets = group["TargetGroupArn"]
    elb.register_targets(TargetGroupArn=targets, Targets=[{"Id": "10.70.0.5", "Port": 8080}])
    pem = certificate.read_bytes()
    cut = pem.index(b"-----BEGIN CERTIFICATE")
    held = client(cloud, "acm").import_certificate(Certificate=pem[cut:], PrivateKey=pem[:cut])
    (listener,) = elb.create_listener(
        LoadBalancerArn=arn,
        Protocol="HTTPS",
        Port=443,
        SslPolicy=settings.shape.tls.policy,
        Certificates=[{"CertificateArn": held["CertificateArn"]}],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": targets}],
    )["Listeners"]
    return {
        "balancer": arn,
        "dns": made["DNSName"],
        "targets": targets,
        "listener": listener["ListenerArn"],
    }


def client(cloud: Cloud, service: str, region: str = REGION) -> Any:
    """Return the test's own client, made once: making one takes longer than asking."""
    return _client(cloud.endpoint, service, region)


@cache
def _client(endpoint: str, service: str, region: str) -> Any:
    return Cloud(endpoint).boto3(service, region)


def _pairs(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


def _zone(cloud: Cloud, settings: Settings, balancer: str) -> dict[str, Any]:
    route53, domain = client(cloud, "route53"), settings.identity.dns.domain
    made = route53.create_hosted_zone(Name=domain, CallerReference=str(time.time_ns()))
    zone = made["HostedZone"]["Id"].rpartition("/")[2]
    hosts = [domain, *(f"{label}.{domain}" for label in settings.shape.tls.subdomains)]
    for host in hosts:
        put_record(cloud, zone, alias(host, balancer))
    put_record(cloud, zone, caa(domain, *settings.shape.dns.caa_issuers))
    return {"zoneId": zone, "nameServers": made["DelegationSet"]["NameServers"]}


def alias(host: str, target: str) -> dict[str, Any]:
    """Return the record of a name that leads to a load balancer."""
    to = {"HostedZoneId": "Z2P70J7EXAMPLE", "DNSName": target, "EvaluateTargetHealth": True}
    return {"Name": host, "Type": "A", "AliasTarget": to}


def caa(domain: str, *issuers: str) -> dict[str, Any]:
    """Return the record that names issuers, and lets nobody issue a wildcard."""
    values = [*(f'0 issue "{issuer}"' for issuer in issuers), '0 issuewild ";"']
    records = [{"Value": value} for value in values]
    return {"Name": domain, "Type": "CAA", "TTL": 300, "ResourceRecords": records}


def put_record(cloud: Cloud, zone: str, record: dict[str, Any], action: str = "UPSERT") -> None:
    """Change one record of the zone."""
    change = {"Action": action, "ResourceRecordSet": record}
    client(cloud, "route53").change_resource_record_sets(
        HostedZoneId=zone, ChangeBatch={"Changes": [change]}
    )


def _firewall(
    cloud: Cloud, settings: Settings, balancer: str, name: str
) -> tuple[dict[str, str], dict[str, str]]:
    waf = client(cloud, "wafv2")
    networks = waf.create_ip_set(
        Name=name, Scope="REGIONAL", IPAddressVersion="IPV4",
        Addresses=list(settings.identity.access.networks),
    )["Summary"]  # fmt: skip
    acl = waf.create_web_acl(
        Name=name, Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=seen(name),
        Rules=rules(settings, networks["ARN"]),
    )["Summary"]  # fmt: skip
    waf.associate_web_acl(WebACLArn=acl["ARN"], ResourceArn=balancer)
    return networks, acl


def seen(name: str) -> dict[str, Any]:
    """Return what WAF wants with every rule."""
    return {
        "SampledRequestsEnabled": False,
        "CloudWatchMetricsEnabled": True,
        "MetricName": name,
    }


def rules(settings: Settings, networks: str, *, override: str = "None") -> list[dict[str, Any]]:
    """Return the firewall's rules as the program has them."""
    firewall = settings.shape.web_firewall
    known = {"IPSetReferenceStatement": {"ARN": networks}}
    asked = {
        "ByteMatchStatement": {
            "SearchString": b"/robots.txt",
            "PositionalConstraint": "EXACTLY",
            "FieldToMatch": {"UriPath": {}},
            "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
        }
    }
    inner = {"OrStatement": {"Statements": [known, asked]}}
    limit = {"Limit": firewall.requests_per_5_minutes, "AggregateKeyType": "IP"}
    block: dict[str, Any] = {"Action": {"Block": {}}}
    own = [
        ("allowed-networks-only", {"NotStatement": {"Statement": inner}}, block),
        ("rate-limit", {"RateBasedStatement": limit}, block),
    ]
    own += [
        (
            group,
            {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": group}},
            {"OverrideAction": {override: {}}},
        )
        for group in firewall.managed_rule_groups
    ]
    return [
        {"Name": name, "Priority": place, "Statement": statement, "VisibilityConfig": seen(name),
         **action}
        for place, (name, statement, action) in enumerate(own)
    ]  # fmt: skip


def _compute(cloud: Cloud, settings: Settings, name: str) -> dict[str, Any]:
    ecs, outputs = client(cloud, "ecs"), dict[str, Any](clusterName=name)
    ecs.create_cluster(clusterName=name)
    for what in ("web", "worker"):
        outputs[f"{what}TaskDefinition"] = _definition(cloud, settings, f"{name}-{what}")
        ecs.create_service(
            cluster=name, serviceName=f"{name}-{what}", desiredCount=1,
            taskDefinition=outputs[f"{what}TaskDefinition"],
        )  # fmt: skip
        outputs[f"{what}ServiceName"] = f"{name}-{what}"
    outputs["jobTaskDefinitions"] = {
        job.name: _definition(cloud, settings, job_group(settings, job.name))
        for job in settings.shape.jobs
    }
    return outputs


def job_group(settings: Settings, job: str) -> str:
    """Return what a job's schedule group and family are called."""
    return f"{settings.shape.application}-{settings.identity.name}-{job}"


def _definition(cloud: Cloud, settings: Settings, family: str) -> str:
    container = {"name": "application", "image": settings.identity.release.image, "memory": 512}
    made = client(cloud, "ecs").register_task_definition(
        family=family, containerDefinitions=[container]
    )
    return str(made["taskDefinition"]["taskDefinitionArn"])


def _task(outputs: dict[str, Any], output: str, settings: Settings) -> dict[str, Any]:
    digest = settings.identity.release.image.rpartition("@")[2]
    arn = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/{outputs['clusterName']}/{output.lower()}1"
    return {
        "taskArn": arn,
        "lastStatus": "RUNNING",
        "healthStatus": "HEALTHY",
        "taskDefinitionArn": outputs[output],
        "containers": [{"name": "application", "imageDigest": digest}],
    }


def _secrets(cloud: Cloud, settings: Settings, key: str, name: str) -> dict[str, Any]:
    asked = client(cloud, "secretsmanager")
    declared = [each.name for each in settings.shape.variables if each.secret]
    arns = {
        variable: asked.create_secret(
            Name=f"{name}/{variable}", KmsKeyId=key, SecretString="not-read-by-anybody"
        )["ARN"]
        for variable in declared
    }
    login = {"username": settings.shape.database.master_user, "password": PASSWORD}
    master = asked.create_secret(
        Name=f"{name}/master", KmsKeyId=key, SecretString=json.dumps(login)
    )["ARN"]
    return {"secretArns": arns, "databaseMasterSecretArn": master}


def _database(cloud: Cloud, key: str, name: str) -> dict[str, Any]:
    rds = client(cloud, "rds")
    rds.create_db_instance(
        DBInstanceIdentifier=name, DBInstanceClass="db.t4g.medium", Engine="postgres",
        EngineVersion="16.8", AllocatedStorage=50, MasterUsername="storefront_owner",
        MasterUserPassword=PASSWORD, StorageEncrypted=True, KmsKeyId=key, MultiAZ=False,
        EnableIAMDatabaseAuthentication=True, PubliclyAccessible=False, BackupRetentionPeriod=7,
    )  # fmt: skip
    rds.create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=f"{name}-1")
    client(cloud, "backup").create_backup_vault(BackupVaultName=name)
    return {
        "databaseIdentifier": name,
        "databaseAddress": "database.internal.example",
        "databasePort": 5432,
        "backupVaultName": name,
        "backupCopyVaultArn": f"arn:aws:backup:eu-central-1:{ACCOUNT}:backup-vault:{name}",
    }


def _logs(cloud: Cloud, settings: Settings, key: str, name: str) -> dict[str, Any]:
    asked = client(cloud, "logs")
    groups = {
        what: f"/{name}/{what}"
        for what in ("web", "worker", "migration", *(job.name for job in settings.shape.jobs))
    }
    for group in groups.values():
        asked.create_log_group(logGroupName=group, kmsKeyId=key)
        days = settings.shape.logs.retention_days
        asked.put_retention_policy(logGroupName=group, retentionInDays=days)
        asked.create_log_stream(logGroupName=group, logStreamName="task")
    for what in ("web", "worker"):
        write_log(cloud, groups[what])
    return {"logGroups": groups}


def write_log(cloud: Cloud, group: str, minutes_ago: int = 1, stream: str = "task") -> None:
    """Write one event."""
    event = {"timestamp": int((time.time() - minutes_ago * 60) * 1000), "message": "served"}
    client(cloud, "logs").put_log_events(
        logGroupName=group, logStreamName=stream, logEvents=[event]
    )


def _alarms(cloud: Cloud, settings: Settings, name: str) -> tuple[list[str], list[dict[str, Any]]]:
    topics, resources = [], []
    for region, alarms in ((REGION, ALARMS), (GLOBAL, (GLOBAL_ALARM,))):
        sns = client(cloud, "sns", region)
        topic = sns.create_topic(Name=f"{name}-alarms")["TopicArn"]
        topics.append(topic)
        for email in settings.identity.notifications.emails:
            sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=email)
        for alarm in alarms:
            put_alarm(cloud, f"{name}-{alarm}", topic, region)
            outputs = {"name": f"{name}-{alarm}", "region": region}
            resources.append({"type": "aws:cloudwatch/metricAlarm:MetricAlarm", "outputs": outputs})
    return topics, resources


def put_alarm(
    cloud: Cloud, alarm: str, topic: str = "", region: str = REGION, *, enabled: bool = True
) -> None:
    """Make an alarm that tells a topic, or none."""
    client(cloud, "cloudwatch", region).put_metric_alarm(
        AlarmName=alarm, Namespace="Test", MetricName="Errors", Statistic="Sum", Period=60,
        EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold",
        ActionsEnabled=enabled, AlarmActions=[topic] if topic else [],
    )  # fmt: skip


def _jobs(cloud: Cloud, settings: Settings, outputs: dict[str, Any]) -> None:
    asked = client(cloud, "scheduler")
    for job in settings.shape.jobs:
        group = job_group(settings, job.name)
        asked.create_schedule_group(Name=group)
        asked.create_schedule(
            Name="schedule", GroupName=group, **schedule(settings, outputs, job.name)
        )
        count(cloud, group, "InvocationAttemptCount")


def schedule(settings: Settings, outputs: dict[str, Any], name: str, **more: Any) -> dict[str, Any]:
    """Return a job's schedule as the program makes it."""
    (job,) = [each for each in settings.shape.jobs if each.name == name]
    task = {"TaskDefinitionArn": outputs["jobTaskDefinitions"][name], "TaskCount": 1}
    cluster = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{outputs['clusterName']}"
    role = f"arn:aws:iam::{ACCOUNT}:role/scheduler"
    return {
        "ScheduleExpression": job.schedule,
        "ScheduleExpressionTimezone": job.timezone,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "State": "ENABLED",
        "Target": {"Arn": cluster, "RoleArn": role, "EcsParameters": task},
        **more,
    }


def count(cloud: Cloud, group: str, metric: str) -> None:
    """Have EventBridge Scheduler's metric count one now."""
    client(cloud, "cloudwatch").put_metric_data(
        Namespace="AWS/Scheduler",
        MetricData=[
            {
                "MetricName": metric,
                "Dimensions": [{"Name": "ScheduleGroup", "Value": group}],
                "Timestamp": datetime.now(UTC),
                "Value": 1.0,
            }
        ],
    )


def session(cloud: Cloud, made: Made) -> Any:
    """Return a session that reaches moto, with what moto does not carry laid over its answers."""
    keys = client(cloud, "sts").assume_role(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/deployer", RoleSessionName="test"
    )["Credentials"]
    found = boto3.session.Session(
        keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], REGION
    )
    listens = found.events.register
    listens("after-call.ecs.DescribeServices", lambda parsed, **_: _lay_over(made, parsed))
    listens("before-call.ecs.ListTasks", lambda params, **_: _listed(made, params))
    listens("before-call.ecs.DescribeTasks", lambda params, **_: _described(made, params))
    listens("after-call.route53.GetDNSSEC", lambda parsed, **_: _sign(made, parsed))
    listens("after-call.cloudwatch.GetMetricData", lambda parsed, **_: _lose(made, parsed))
    listens("before-call", lambda **told: _remembered(made, told))
    listens("after-call", lambda **told: _remember(made, told))
    return found


def _lay_over(made: Made, parsed: dict[str, Any]) -> None:
    for shown in parsed["services"]:
        steady = {"rolloutState": "COMPLETED", "taskDefinition": shown["taskDefinition"]}
        running = len(made.tasks[shown["serviceName"]])
        shown.update(runningCount=running, pendingCount=0, deployments=[steady])
        shown.update(made.services.get(shown["serviceName"], {}))


def _listed(made: Made, params: dict[str, Any]) -> Any:
    asked = json.loads(params["body"])
    found = made.stopped if "family" in asked else made.tasks[asked["serviceName"]]
    return _answer(taskArns=[each["taskArn"] for each in found])


def _described(made: Made, params: dict[str, Any]) -> Any:
    arns = json.loads(params["body"])["tasks"]
    every = [*made.stopped, *(task for tasks in made.tasks.values() for task in tasks)]
    return _answer(tasks=[each for each in every if each["taskArn"] in arns], failures=[])


def _answer(**parsed: Any) -> Any:
    return SimpleNamespace(status_code=200), parsed


def _sign(made: Made, parsed: dict[str, Any]) -> None:
    parsed["Status"]["ServeSignature"] = made.signing


def _lose(made: Made, parsed: dict[str, Any]) -> None:
    results = {each["Id"]: each for each in parsed["MetricDataResults"]}
    if made.lost:
        started = results["started"]
        results["dropped"] |= {"Timestamps": started["Timestamps"], "Values": started["Values"]}


def _remembered(made: Made, told: dict[str, Any]) -> Any:
    model, params, context = told["model"], told["params"], told["context"]
    asked = [str(params.get(part)) for part in ("body", "url_path", "query_string")]
    key = (model.service_model.service_name, model.name, str(context["client_region"]), *asked)
    context["asked"] = key
    known = made.answers.get(key)
    return None if known is None else _answer(**known)


def _remember(made: Made, told: dict[str, Any]) -> None:
    # Neither a refusal, nor what was laid over the whole of an answer.
    if "asked" in told["context"] and told["http_response"].status_code < 300:
        made.answers[told["context"]["asked"]] = told["parsed"]
