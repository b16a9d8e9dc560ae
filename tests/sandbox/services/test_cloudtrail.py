"""Trails through their lives on moto."""

import json
from typing import Any

import pytest

from sandbox.errors import SandboxError
from tests.support.cloud import ACCOUNT, Cloud, Thing, settled
from tests.support.foundations import a_key, a_role

TRAIL = "aws:cloudtrail/trail:Trail"
MANAGEMENT = {
    "name": "management",
    "fieldSelectors": [{"field": "eventCategory", "equals": ["Management"]}],
}
OBJECTS = {
    "name": "objects",
    "fieldSelectors": [
        {"field": "eventCategory", "equals": ["Data"]},
        {"field": "resources.type", "equals": ["AWS::S3::Object"]},
        {"field": "resources.ARN", "notStartsWiths": ["arn:aws:s3:::logs/"]},
    ],
}


def a_trail_bucket(cloud: Cloud, name: str, *, open_to_trail: bool = True) -> str:
    s3 = cloud.boto3("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    if open_to_trail:
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{name}/AWSLogs/{ACCOUNT}/*",
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
    return name


def a_trail(cloud: Cloud, name: str, bucket: str, **more: Any) -> Thing:
    return cloud.make(
        TRAIL, name, {"name": name, "s3BucketName": bucket, "tags": {"Name": name}, **more}
    )


def test_a_trail_lives_changes_and_goes(cloud: Cloud) -> None:
    bucket = a_trail_bucket(cloud, "trail-life")
    cloud.boto3("logs").create_log_group(logGroupName="/trail/life")
    group = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/trail/life:*"
    trail = a_trail(
        cloud,
        "life",
        bucket,
        kmsKeyId=a_key(cloud),
        isMultiRegionTrail=True,
        includeGlobalServiceEvents=True,
        enableLogging=True,
        enableLogFileValidation=True,
        cloudWatchLogsGroupArn=group,
        cloudWatchLogsRoleArn=a_role(cloud, "trail", "cloudtrail.amazonaws.com"),
        advancedEventSelectors=[MANAGEMENT, OBJECTS],
        insightSelectors=[{"insightType": "ApiCallRateInsight"}],
    )
    settled(trail)
    assert trail.id == f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/life"
    assert trail.props["homeRegion"] == "eu-west-1"
    imported = trail.imported()
    assert imported["advancedEventSelectors"] == [MANAGEMENT, OBJECTS]
    assert imported["enableLogging"] is True
    trail.update(
        enableLogging=False,
        kmsKeyId=None,
        tags={"More": "yes"},
        insightSelectors=[{"insightType": "ApiErrorRateInsight"}],
        advancedEventSelectors=None,
        eventSelectors=[{"readWriteType": "WriteOnly", "includeManagementEvents": True}],
    )
    settled(trail)
    imported = trail.imported()
    assert "kmsKeyId" not in imported
    assert "advancedEventSelectors" not in imported
    client = cloud.boto3("cloudtrail")
    client.start_logging(Name="life")
    client.update_trail(Name="life", EnableLogFileValidation=False)
    client.put_event_selectors(
        TrailName="life",
        EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True}],
    )
    assert trail.refresh() == {"enableLogFileValidation", "enableLogging", "eventSelectors"}
    assert trail.plan(name="other").replaces == {"name"}
    trail.update(eventSelectors=None, insightSelectors=None)
    settled(trail)
    trail.delete()
    assert trail.refresh() is None
    assert trail.found() is None


def test_a_trail_wants_what_it_writes_to(cloud: Cloud) -> None:
    shut = a_trail_bucket(cloud, "trail-shut", open_to_trail=False)
    with pytest.raises(SandboxError, match="InsufficientS3BucketPolicyException"):
        a_trail(cloud, "shut", shut)
    bucket = a_trail_bucket(cloud, "trail-open")
    key = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/00000000-0000-0000-0000-000000000000"
    with pytest.raises(SandboxError, match=r"KMS key .* does not exist"):
        a_trail(cloud, "open", bucket, kmsKeyId=key)
    role = a_role(cloud, "trail-open", "cloudtrail.amazonaws.com")
    with pytest.raises(SandboxError, match=r"log group /missing does not exist"):
        a_trail(
            cloud,
            "open",
            bucket,
            cloudWatchLogsGroupArn=f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/missing:*",
            cloudWatchLogsRoleArn=role,
        )


def test_a_trail_that_cloudtrail_would_refuse_is_refused(cloud: Cloud) -> None:
    problems = cloud.problems(
        TRAIL,
        {
            "name": "x",
            "s3BucketName": "b",
            "isMultiRegionTrail": True,
            "includeGlobalServiceEvents": False,
            "cloudWatchLogsGroupArn": "arn:aws:logs:eu-west-1:1:log-group:g",
            "eventSelectors": [{"readWriteType": "Some"}],
            "advancedEventSelectors": [{"fieldSelectors": [{"field": "a", "begins": ["b"]}]}],
        },
    )
    assert set(problems) >= {
        "advancedEventSelectors[0].fieldSelectors[0].begins",
        "cloudWatchLogsGroupArn",
        "cloudWatchLogsRoleArn",
        "eventSelectors",
        "eventSelectors[0].ReadWriteType",
        "includeGlobalServiceEvents",
    }
