"""What was taken away or added behind Pulumi's back is found by a refresh, type by type."""

import json
from typing import Any

from tests.support.cloud import ACCOUNT, Cloud, Thing, settled
from tests.support.foundations import a_role

TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:alerts"
QUEUE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:left-over"
PATTERN = json.dumps({"source": ["aws.backup"]})
ALARM: dict[str, Any] = {
    "comparisonOperator": "GreaterThanThreshold",
    "evaluationPeriods": 3,
    "metricName": "CPUUtilization",
    "namespace": "AWS/ECS",
    "statistic": "Average",
    "period": 60,
    "threshold": 80,
}
SEEN = {"cloudwatchMetricsEnabled": True, "metricName": "m", "sampledRequestsEnabled": False}


def make(cloud: Cloud, token: str, logical: str, /, **inputs: Any) -> Thing:
    made = cloud.make(token, logical, inputs)
    settled(made)
    return made


def test_an_alarms_settings(cloud: Cloud) -> None:
    more = {"datapointsToAlarm": 2, "treatMissingData": "breaching", "unit": "Percent"}
    alarm = make(
        cloud, "aws:cloudwatch/metricAlarm:MetricAlarm", "lax", name="lax", **ALARM, **more
    )
    cloud.boto3("cloudwatch").put_metric_alarm(
        AlarmName="lax",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=3,
        MetricName="CPUUtilization",
        Namespace="AWS/ECS",
        Statistic="Average",
        Period=60,
        Threshold=80,
    )
    assert alarm.refresh() == set(more)
    alarm.update()
    settled(alarm)
    alarm.delete()


def test_a_rules_pattern(cloud: Cloud) -> None:
    rule = make(
        cloud, "aws:cloudwatch/eventRule:EventRule", "aimed", name="drift", eventPattern=PATTERN
    )
    events = cloud.boto3("events")
    events.delete_rule(Name="drift")
    events.put_rule(Name="drift", ScheduleExpression="rate(1 hour)")
    assert "eventPattern" in (rule.refresh() or ())
    rule.delete()


def test_a_schedules_end_and_what_becomes_of_its_failures(cloud: Cloud) -> None:
    role = a_role(cloud, "drift-starter", "scheduler.amazonaws.com")
    aim = {"arn": f"arn:aws:ecs:eu-west-1:{ACCOUNT}:cluster/c", "roleArn": role}
    schedule = make(
        cloud,
        "aws:scheduler/schedule:Schedule",
        "drift",
        name="drift",
        scheduleExpression="rate(1 hour)",
        flexibleTimeWindow={"mode": "OFF"},
        endDate="2040-01-01T00:00:00Z",
        target={
            **aim,
            "deadLetterConfig": {"arn": QUEUE},
            "retryPolicy": {"maximumRetryAttempts": 3, "maximumEventAgeInSeconds": 3600},
        },
    )
    cloud.boto3("scheduler").update_schedule(
        Name="drift",
        ScheduleExpression="rate(1 hour)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": aim["arn"], "RoleArn": role},
    )
    assert schedule.refresh() == {"endDate", "target"}
    schedule.delete()


def test_a_secrets_policy(cloud: Cloud) -> None:
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "secretsmanager:DeleteSecret",
                "Resource": "*",
            }
        ],
    }
    secret = make(
        cloud,
        "aws:secretsmanager/secret:Secret",
        "guarded",
        name="guarded",
        policy=json.dumps(policy),
        recoveryWindowInDays=0,
    )
    cloud.boto3("secretsmanager").delete_resource_policy(SecretId=secret.id)
    assert secret.refresh() == {"policy"}
    secret.delete()


def test_a_records_alias_and_health_check(cloud: Cloud) -> None:
    zone = make(
        cloud, "aws:route53/zone:Zone", "drift", name="drift.example.net", forceDestroy=True
    )
    dns = cloud.boto3("route53")
    check = dns.create_health_check(
        CallerReference="drift", HealthCheckConfig={"Type": "TCP", "IPAddress": "192.0.2.1"}
    )["HealthCheck"]["Id"]
    name, kind = {"zoneId": zone.id, "type": "A"}, "aws:route53/record:Record"
    www, api = "www.drift.example.net", "api.drift.example.net"
    checked = make(
        cloud,
        kind,
        "checked",
        name=api,
        **name,
        ttl=60,
        records=["192.0.2.1"],
        setIdentifier="one",
        weightedRoutingPolicies=[{"weight": 1}],
        healthCheckId=check,
    )
    own = f"own.{zone.inputs['name']}"
    make(cloud, kind, "own", name=own, **name, ttl=60, records=["192.0.2.1"])
    target = {"name": own, "zoneId": zone.id, "evaluateTargetHealth": False}
    alias = make(cloud, kind, "alias", name=www, **name, aliases=[target])
    plain = {"Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    for changed in (
        {"Name": www, **plain},
        {"Name": api, **plain, "SetIdentifier": "one", "Weight": 1},
    ):
        dns.change_resource_record_sets(
            HostedZoneId=zone.id,
            ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": changed}]},
        )
    assert "aliases" in (alias.refresh() or ())
    assert checked.refresh() == {"healthCheckId"}
    zone.delete()


def test_a_firewalls_log_filter(cloud: Cloud) -> None:
    kind = "aws:wafv2/webAcl:WebAcl"
    acl = make(
        cloud,
        kind,
        "logged",
        scope="REGIONAL",
        defaultAction={"allow": {}},
        visibilityConfig=SEEN,
    )
    arn = acl.props["arn"]
    group = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:aws-waf-logs-drift"
    log = make(
        cloud,
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        "log",
        resourceArn=arn,
        logDestinationConfigs=[group],
        redactedFields=[{"singleHeader": {"name": "authorization"}}],
    )
    cloud.boto3("wafv2").put_logging_configuration(
        LoggingConfiguration={"ResourceArn": arn, "LogDestinationConfigs": [group]}
    )
    assert log.refresh() == {"redactedFields"}
    log.delete()
    acl.delete()


def test_a_statement_that_narrows_a_rule_of_the_firewall(cloud: Cloud) -> None:
    rate = {"limit": 2000, "aggregateKeyType": "IP", "evaluationWindowSec": 300}
    rule = {
        "name": "rate",
        "priority": 0,
        "action": {"block": {}},
        "statement": {"rateBasedStatement": rate},
        "visibilityConfig": SEEN,
    }
    acl = make(
        cloud,
        "aws:wafv2/webAcl:WebAcl",
        "narrow",
        name="narrow",
        scope="REGIONAL",
        defaultAction={"allow": {}},
        rules=[rule],
        visibilityConfig=SEEN,
    )
    waf = cloud.boto3("wafv2")
    named = {"Id": acl.id, "Name": "narrow", "Scope": "REGIONAL"}
    found = waf.get_web_acl(**named)
    shown = found["WebACL"]
    shown["Rules"][0]["Statement"]["RateBasedStatement"]["ScopeDownStatement"] = {
        "GeoMatchStatement": {"CountryCodes": ["IE"]}
    }
    waf.update_web_acl(
        **named,
        LockToken=found["LockToken"],
        DefaultAction=shown["DefaultAction"],
        Rules=shown["Rules"],
        VisibilityConfig=shown["VisibilityConfig"],
    )
    assert acl.refresh() == {"rules"}
    acl.delete()


def test_an_expiry_in_a_buckets_lifecycle(cloud: Cloud) -> None:
    bucket = make(
        cloud, "aws:s3/bucket:Bucket", "drift", bucket="drift-lifecycle", tags={"Name": "drift"}
    )
    rules = [
        {
            "id": "tidy",
            "status": "Enabled",
            "filter": {"prefix": "logs/"},
            "noncurrentVersionExpiration": {"noncurrentDays": 30},
        }
    ]
    lifecycle = make(
        cloud,
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "drift",
        bucket="drift-lifecycle",
        rules=rules,
    )
    s3 = cloud.boto3("s3")
    shown = s3.get_bucket_lifecycle_configuration(Bucket="drift-lifecycle")["Rules"]
    s3.put_bucket_lifecycle_configuration(
        Bucket="drift-lifecycle",
        LifecycleConfiguration={"Rules": [{**shown[0], "Expiration": {"Days": 1}}]},
    )
    assert lifecycle.refresh() == {"rules"}
    lifecycle.delete()
    bucket.delete()


def test_a_backup_plans_cold_storage(cloud: Cloud) -> None:
    backup = cloud.boto3("backup")
    backup.create_backup_vault(BackupVaultName="drift-vault")
    plan = make(
        cloud,
        "aws:backup/plan:Plan",
        "drift",
        name="drift",
        rules=[
            {
                "ruleName": "daily",
                "targetVaultName": "drift-vault",
                "schedule": "cron(0 5 * * ? *)",
                "lifecycle": {"deleteAfter": 120},
            }
        ],
    )
    backup.update_backup_plan(
        BackupPlanId=plan.id,
        BackupPlan={
            "BackupPlanName": "drift",
            "Rules": [
                {
                    "RuleName": "daily",
                    "TargetBackupVaultName": "drift-vault",
                    "ScheduleExpression": "cron(0 5 * * ? *)",
                    "Lifecycle": {"DeleteAfterDays": 120, "MoveToColdStorageAfterDays": 30},
                }
            ],
        },
    )
    assert plan.refresh() == {"rules"}
    plan.delete()
