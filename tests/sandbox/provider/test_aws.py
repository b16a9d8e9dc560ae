"""A miss, a refusal and a fault of the sandbox are told apart, on moto's own answers."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.errors import SandboxError
from sandbox.provider import aws as aws_module
from sandbox.provider.aws import CURRENT, AwsError, MissingError, _classified
from sandbox.provider.aws_provider import AwsProvider
from sandbox.provider.servicer import PartialError
from sandbox.provider.values import UNKNOWN, Props
from sandbox.services import resource_type
from tests.support.cloud import ACCOUNT, REGION, Cloud, tell

VPC = "aws:ec2/vpc:Vpc"
URN = f"urn:pulumi:test::understudy::{VPC}::partial"


@pytest.fixture(name="faults")
def _faults(cloud: Cloud) -> Iterator[Any]:
    yield lambda *faults: tell(cloud, "faults", list(faults))
    tell(cloud, "faults", [])


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("ec2.describe_vpcs", {"VpcIds": ["vpc-0"]}),
        ("iam.get_role", {"RoleName": "none"}),
        ("s3.head_bucket", {"Bucket": "none-of-that-name"}),
        ("s3.get_bucket_policy", {"Bucket": "none-of-that-name"}),
        ("rds.describe_db_instances", {"DBInstanceIdentifier": "none"}),
        ("elbv2.describe_load_balancers", {"Names": ["none"]}),
        ("secretsmanager.describe_secret", {"SecretId": "none"}),
        ("kms.describe_key", {"KeyId": "00000000-0000-0000-0000-000000000000"}),
        ("lambda.get_function", {"FunctionName": "none"}),
        ("ecr.describe_repositories", {"repositoryNames": ["none"]}),
        ("route53.get_hosted_zone", {"Id": "ZNONE"}),
        ("sns.get_topic_attributes", {"TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:none"}),
        ("ssm.get_parameter", {"Name": "none"}),
        ("backup.describe_backup_vault", {"BackupVaultName": "none"}),
        ("scheduler.get_schedule", {"Name": "none"}),
        ("cloudtrail.get_trail", {"Name": "none"}),
    ],
)
def test_what_is_not_there_is_a_miss(cloud: Cloud, operation: str, params: Any) -> None:
    with pytest.raises(MissingError) as caught:
        cloud.aws.call(operation, **params)
    assert str(caught.value).startswith(f"{operation}: {caught.value.code}: ")
    assert cloud.aws.find(operation, "@", **params) is None


@pytest.mark.parametrize(
    ("operation", "params", "code"),
    [
        ("ec2.create_vpc", {"CidrBlock": "10.0.0.0/8"}, "InvalidVpc.Range"),
        ("iam.create_role", {"RoleName": "deployer"}, "EntityAlreadyExists"),
        ("ec2.create_vpc", {"CidrBlock": 5}, "ParamValidation"),
        ("ec2.create_vpc", {"Colour": "red"}, "ParamValidation"),
    ],
)
def test_what_aws_refuses_is_told_by_its_code(
    cloud: Cloud, operation: str, params: Any, code: str
) -> None:
    if operation == "iam.create_role":
        params = {**params, "AssumeRolePolicyDocument": '{"Version": "2012-10-17"}'}
    with pytest.raises(AwsError) as caught:
        cloud.aws.call(operation, **params)
    assert caught.value.code == code
    assert not isinstance(caught.value, MissingError)
    assert "\n" not in str(caught.value)
    with pytest.raises(AwsError):
        cloud.aws.find(operation, "@", **params)


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("chatbot.describe_slack_channel_configurations", {}),  # a service that moto has not
        ("ec2.describe_fast_launch_images", {}),  # a request of a known service: query protocol
        ("ecs.list_services_by_namespace", {"namespace": "x"}),  # and of the JSON protocol
        ("backup.list_restore_jobs", {}),  # and of the REST protocol
    ],
)
def test_what_moto_has_not_is_an_error_of_the_sandbox_and_never_a_miss(
    cloud: Cloud, operation: str, params: Any
) -> None:
    with pytest.raises(SandboxError, match="moto does not carry this request") as called:
        cloud.aws.call(operation, **params)
    with pytest.raises(SandboxError, match="moto does not carry this request") as looked_for:
        cloud.aws.find(operation, "@", **params)
    assert not isinstance(called.value, AwsError)
    assert not isinstance(looked_for.value, AwsError)


def answered(code: str, status: int, message: str = "x") -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "x")


@pytest.mark.parametrize(
    ("operation", "code", "status", "kind"),
    [
        ("ec2.a", "InvalidVpcID.NotFound", 400, MissingError),
        ("sqs.a", "AWS.SimpleQueueService.NonExistentQueue", 400, MissingError),
        ("s3.head_bucket", "404", 404, MissingError),
        ("s3.get_object", "404", 404, SandboxError),
        ("lambda.a", "404", 404, SandboxError),
        ("lambda.a", "500", 500, SandboxError),
        ("lambda.a", "NotImplementedError", 500, SandboxError),
        ("lambda.a", "InternalFailure", 500, AwsError),
        ("iam.a", "DeleteConflict", 409, AwsError),
        ("iam.a", "", 400, AwsError),
    ],
)
def test_each_answer_is_what_it_is(
    operation: str, code: str, status: int, kind: type[SandboxError]
) -> None:
    assert type(_classified(operation, answered(code, status))) is kind


def test_a_message_of_many_lines_becomes_one() -> None:
    assert str(_classified("a.b", answered("C", 400, "one\n  two"))) == "a.b: C: one two"


def test_an_endpoint_that_is_gone_is_no_miss() -> None:
    gone = Cloud("http://127.0.0.1:9").aws

    with pytest.raises(SandboxError, match="Could not connect") as caught:
        gone.find("iam.get_role", "@", RoleName="x")
    assert not isinstance(caught.value, AwsError)


# Faults, as a program meets them.


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("ec2.describe_vpcs", {}),
        ("iam.list_roles", {}),
        ("ecs.list_clusters", {}),
        ("s3.list_buckets", {}),
        ("lambda.list_functions", {}),
    ],
)
def test_throttling_is_waited_out_and_a_failure_is_told(
    cloud: Cloud, faults: Any, monkeypatch: pytest.MonkeyPatch, operation: str, params: Any
) -> None:
    monkeypatch.setattr(aws_module, "FIRST_WAIT_SECONDS", 0.001)
    faults({"kind": "throttle", "operation": operation, "times": aws_module.ATTEMPTS - 1})
    cloud.aws.call(operation, **params)
    faults({"kind": "throttle", "operation": operation, "times": aws_module.ATTEMPTS})
    with pytest.raises(AwsError) as caught:
        cloud.aws.call(operation, **params)
    assert caught.value.code in aws_module.THROTTLED
    faults({"kind": "fail", "operation": operation})
    with pytest.raises(AwsError) as caught:
        cloud.aws.call(operation, **params)
    assert caught.value.code == "ServiceUnavailable"
    cloud.aws.call(operation, **params)


def test_a_listing_is_read_to_its_last_page(
    cloud: Cloud, faults: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws_module, "FIRST_WAIT_SECONDS", 0.001)
    names = [f"every/{n}" for n in range(3)]
    for name in names:
        cloud.aws.call("logs.create_log_group", logGroupName=name)
    wanted = {"logGroupNamePrefix": "every/", "limit": 1}
    path = "logGroups[].logGroupName"
    assert cloud.aws.find("logs.describe_log_groups", path, **wanted) == names[:1]
    faults({"kind": "throttle", "operation": "logs.describe_log_groups", "times": 1})
    assert cloud.aws.every("logs.describe_log_groups", path, **wanted) == names
    assert cloud.aws.every("logs.describe_log_groups", "absent", **wanted) == []
    assert cloud.aws.every("ecs.list_services", "serviceArns[]", cluster="none") == []
    assert cloud.aws.every("sts.get_caller_identity", "[Account]") == [ACCOUNT]


def test_a_fault_can_be_aimed_at_one_resource(cloud: Cloud, faults: Any) -> None:
    faults({"kind": "fail", "resource": "web-*"})
    CURRENT.set("database")
    cloud.aws.call("iam.list_roles")
    CURRENT.set("web-1")
    with pytest.raises(AwsError):
        cloud.aws.call("iam.list_roles")
    CURRENT.set("")


def test_a_rollback_waits_for_the_deployment(cloud: Cloud, faults: Any) -> None:
    faults({"kind": "rollback", "times": 1})
    cloud.aws.call("ecs.list_clusters")

    assert cloud.aws.struck("ecs.deployment") == "rollback"
    assert cloud.aws.struck("ecs.deployment") is None


# The provider on it.


def test_what_was_not_finished_is_reported_and_the_next_update_finishes_it(
    cloud: Cloud, faults: Any
) -> None:
    provider = cloud.provider
    inputs: Props = {
        "cidrBlock": "10.41.0.0/16",
        "enableDnsHostnames": True,
        "tags": {"Name": "partial"},
    }
    faults({"kind": "fail", "operation": "ec2.modify_vpc_attribute", "resource": "partial"})
    with pytest.raises(PartialError) as caught:
        provider.create(URN, inputs)

    half = caught.value
    assert half.id.startswith("vpc-")
    assert half.inputs == inputs
    assert half.props["cidrBlock"] == "10.41.0.0/16"
    assert half.props["enableDnsHostnames"] is False
    # The engine asks for an update of what was not finished, though no input differs.
    props = provider.update(URN, half.id, inputs, inputs, half.props)
    assert props["enableDnsHostnames"] is True
    read = provider.read(URN, half.id, props, inputs)
    assert read is not None
    assert read[1] == inputs
    provider.delete(URN, half.id, {**inputs, **props})


@pytest.mark.parametrize("problem", [KeyError("State"), SandboxError("refused")])
def test_an_object_that_cannot_be_read_after_its_creation_is_known_with_id_and_inputs(
    cloud: Cloud, faults: Any, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    def unreadable(*_: object) -> None:
        raise problem

    inputs: Props = {
        "cidrBlock": "10.44.0.0/16",
        "enableDnsHostnames": True,
        "tags": {"Name": "partial"},
    }
    with monkeypatch.context() as patch:
        patch.setattr(type(resource_type(VPC)), "item", unreadable)
        with pytest.raises(PartialError, match=r"State|refused") as caught:
            cloud.provider.create(URN, inputs)

    half = caught.value
    assert (half.id[:4], half.inputs) == ("vpc-", inputs)
    assert half.props == {**inputs, "__unfinished": True}
    # The next update sends only what is not there: what the creation did set, it leaves alone.
    faults({"kind": "fail", "operation": "ec2.modify_vpc_attribute", "times": 9})
    props = cloud.provider.update(URN, half.id, inputs, inputs, half.props)
    assert "__unfinished" not in props
    cloud.provider.delete(URN, half.id, {**inputs, **props})


def test_an_update_of_what_is_finished_sends_only_what_differs(cloud: Cloud, faults: Any) -> None:
    vpc = cloud.make(
        VPC, "finished", {"cidrBlock": "10.42.0.0/16", "enableDnsSupport": True, "tags": {"a": "b"}}
    )
    faults({"kind": "fail", "operation": "ec2.modify_vpc_attribute", "times": 9})

    vpc.update(tags={"a": "c"})
    assert vpc.props["tags"] == {"a": "c"}
    faults()
    vpc.delete()


def environment(cloud: Cloud, **more: str) -> dict[str, str]:
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    return {"AWS_ENDPOINT_URL": cloud.endpoint, **keys, **more}


def role(name: str) -> str:
    return json.dumps([{"roleArn": f"arn:aws:iam::{ACCOUNT}:role/{name}"}])


@pytest.mark.parametrize(
    ("settings", "more", "reason"),
    [
        ({"region": REGION}, {"AWS_ENDPOINT_URL": ""}, "AWS_ENDPOINT_URL is not set"),
        ({}, {}, "the aws provider has no region"),
        ({"region": REGION, "assumeRoles": role("none")}, {}, "there is no such role in account"),
        (
            {
                "region": REGION,
                "assumeRoles": role("deployer"),
                "allowedAccountIds": '["999999999999"]',
            },
            {},
            f"AWS account is {ACCOUNT}, but the provider allows only 999999999999",
        ),
    ],
)
def test_a_provider_that_could_reach_the_wrong_place_is_refused(
    cloud: Cloud, settings: Props, more: dict[str, str], reason: str
) -> None:
    with pytest.raises(SandboxError, match=reason):
        AwsProvider().configure(settings, environment(cloud, **more))


def test_without_a_role_the_account_is_that_of_the_key(cloud: Cloud) -> None:
    provider = AwsProvider()
    provider.configure({}, environment(cloud, AWS_REGION=REGION))
    with pytest.raises(SandboxError, match="but the provider allows only 1"):
        AwsProvider().configure({"allowedAccountIds": '["1"]'}, environment(cloud, AWS_REGION="x"))


def test_a_setting_that_would_not_be_honoured_is_refused() -> None:
    settings = {"region": REGION, "defaultTags": '{"tags": {}}', "profile": "", "insecure": "false"}

    assert AwsProvider().check_config(settings) == [
        ("defaultTags", "is not carried by the sandbox's aws provider")
    ]


def test_a_provider_must_be_configured_first_and_answers_no_look_ups() -> None:
    with pytest.raises(SandboxError, match="not configured"):
        AwsProvider().create(URN, {})
    with pytest.raises(SandboxError, match="answers no look-ups"):
        AwsProvider().invoke("aws:ec2/getVpc:getVpc", {})
    with pytest.raises(SandboxError, match="does not carry this type"):
        AwsProvider().secrets("urn:pulumi:t::u::aws:ec2/instance:Instance::x")


def test_a_preview_tells_what_only_aws_will_tell() -> None:
    provider = AwsProvider()
    first = provider.preview(URN, {}, {"cidrBlock": "10.0.0.0/16"})
    later = provider.preview(URN, {"arn": "arn:1", "cidrBlock": "a"}, {"cidrBlock": "b"})

    assert first["arn"] is UNKNOWN
    assert first["cidrBlock"] == "10.0.0.0/16"
    assert later == {"arn": "arn:1", "cidrBlock": "b"}


def test_what_is_gone_already_is_as_good_as_deleted(cloud: Cloud) -> None:
    vpc = cloud.make(VPC, "gone", {"cidrBlock": "10.43.0.0/16", "tags": {"Name": "gone"}})
    cloud.boto3("ec2").delete_vpc(VpcId=vpc.id)

    assert vpc.refresh() is None
    vpc.delete()
    with pytest.raises(SandboxError, match="`pulumi refresh` finds what became of it|NotFound"):
        cloud.provider.update(vpc.urn, vpc.id, vpc.inputs, vpc.inputs, vpc.props)


def test_the_region_of_a_resource_is_its_own(cloud: Cloud) -> None:
    here = cloud.aws
    there = here.passing_over(["a"]).in_region("us-east-1")

    assert (there.account, there.region, there.known) == (ACCOUNT, "us-east-1", frozenset("a"))
    assert here.known == frozenset()
    assert here.in_region(None) is here
    assert there.arn("sns", "x") == f"arn:aws:sns:us-east-1:{ACCOUNT}:x"
    assert here.arn("iam", "role/x", region=False) == f"arn:aws:iam::{ACCOUNT}:role/x"
    assert here.arn("s3", "b", region=False, account=False) == "arn:aws:s3:::b"
