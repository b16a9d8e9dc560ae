"""The audit trail sees every region, is signed, encrypted and watched, and can't feed itself."""

import json
from dataclasses import replace

import pytest

from components.audit_trail import AuditTrail, AuditTrailArgs, trail_arn
from tests.support.graph import Graph, once, record

TRAIL = "aws:cloudtrail/trail:Trail"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"

STAGING = AuditTrailArgs(
    account_id="222222222222",
    region="eu-west-1",
    trail_name="storefront-staging",
    bucket="storefront-staging-222222222222-trail",
    kms_key_arn="arn:aws:kms:eu-west-1:222222222222:key/main",
    log_bucket_arns=["arn:aws:s3:::trail", "arn:aws:s3:::access"],
    log_group_name="/storefront/staging/audit",
    log_retention_days=365,
    protect=False,
    tags={"Owner": "platform"},
)
PRODUCTION = replace(STAGING, protect=True)

both = pytest.mark.parametrize("args", [STAGING, PRODUCTION], ids=["staging", "production"])


@once
def deploy(args: AuditTrailArgs) -> Graph:
    """Build one trail offline."""
    return record(lambda: AuditTrail("audit", args))


def test_both_sizes_have_the_same_shape() -> None:
    assert deploy(STAGING).shape == deploy(PRODUCTION).shape


@both
def test_it_records_every_region_and_can_be_proved_untouched(args: AuditTrailArgs) -> None:
    trail = deploy(args).one(TRAIL)

    assert trail.inputs["isMultiRegionTrail"] is True
    assert trail.inputs["includeGlobalServiceEvents"] is True
    assert trail.inputs["enableLogging"] is True
    assert trail.inputs["enableLogFileValidation"] is True
    assert trail.inputs["kmsKeyId"] == args.kms_key_arn
    assert trail.inputs["s3BucketName"] == args.bucket
    assert trail.options["protect"] is args.protect


@both
def test_it_can_be_watched_in_an_encrypted_log_group(args: AuditTrailArgs) -> None:
    graph = deploy(args)
    trail = graph.one(TRAIL)
    group = graph.one(LOG_GROUP)

    assert trail.inputs["cloudWatchLogsGroupArn"].endswith(f":{group.name}:*")
    assert group.inputs["kmsKeyId"] == args.kms_key_arn
    assert group.inputs["retentionInDays"] == 365


def test_it_may_write_to_its_own_streams_only() -> None:
    graph = deploy(STAGING)
    (statement,) = json.loads(graph.one(ROLE_POLICY).inputs["policy"])["Statement"]

    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Resource"] == (
        "arn:aws:logs:eu-west-1:222222222222:log-group:/storefront/staging/audit"
        ":log-stream:222222222222_CloudTrail_eu-west-1*"
    )


def test_cloudtrail_alone_takes_its_role_on_and_is_asked_for_no_source_that_it_does_not_send() -> (
    None
):
    (statement,) = json.loads(deploy(STAGING).one(ROLE).inputs["assumeRolePolicy"])["Statement"]

    assert statement["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
    assert "Condition" not in statement


def test_it_starts_only_once_it_may_write() -> None:
    waits_for = deploy(STAGING).one(TRAIL).options["dependencies"]

    assert any(urn.endswith("::audit-write") for urn in waits_for)


def test_it_records_objects_of_every_bucket_but_those_of_logs() -> None:
    management, objects = deploy(STAGING).one(TRAIL).inputs["advancedEventSelectors"]

    assert management["fieldSelectors"] == [{"field": "eventCategory", "equals": ["Management"]}]
    assert objects["fieldSelectors"] == [
        {"field": "eventCategory", "equals": ["Data"]},
        {"field": "resources.type", "equals": ["AWS::S3::Object"]},
        {
            "field": "resources.ARN",
            "notStartsWiths": ["arn:aws:s3:::trail/", "arn:aws:s3:::access/"],
        },
    ]


def test_every_taggable_child_carries_its_own_name() -> None:
    tagged = [n for n in deploy(STAGING).nodes if "tags" in n.inputs]

    assert {n.name for n in tagged} == {"audit-trail", "audit-log-group", "audit-role"}
    for node in tagged:
        assert node.inputs["tags"] == {
            "Owner": "platform",
            "Component": "audit",
            "Name": node.name,
        }


def test_its_arn_can_be_told_before_it_exists() -> None:
    known = trail_arn(account_id="222222222222", region="eu-west-1", trail_name="storefront")

    assert known == "arn:aws:cloudtrail:eu-west-1:222222222222:trail/storefront"


def test_a_trail_that_would_record_its_own_deliveries_is_refused() -> None:
    with pytest.raises(ValueError, match="log_bucket_arns must name the trail's own bucket"):
        replace(STAGING, log_bucket_arns=[])
