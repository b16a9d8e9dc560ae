"""The sandbox knows which role of the program has asked what."""

from sandbox.provider.aws import Aws, Clients
from tests.support.cloud import ACCOUNT, REGION, Cloud, tell

KEYS = {"AccessKeyId": "test", "SecretAccessKey": "test"}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/asks"


def calls_of(cloud: Cloud, role: str) -> list[str]:
    calls = tell(cloud, "calls", None)["calls"]
    return [call.partition(" ")[2] for call in calls if call.partition(" ")[0] == role]


def test_each_request_of_a_role_is_noted_once(cloud: Cloud) -> None:
    aws = Aws(Clients(cloud.endpoint, KEYS, ROLE), ACCOUNT, REGION)
    for _ in range(2):
        aws.call("ec2.describe_vpcs")
    aws.call("sqs.list_queues")
    assert calls_of(cloud, ROLE) == ["ec2.describe_vpcs", "sqs.list_queues"]


def test_what_no_role_of_the_program_asks_is_not_noted(cloud: Cloud) -> None:
    cloud.boto3("dynamodb").list_tables()
    Aws(Clients(cloud.endpoint, KEYS), ACCOUNT, REGION).call("kinesis.list_streams")
    requests = {call.partition(" ")[2] for call in tell(cloud, "calls", None)["calls"]}
    assert not requests & {"dynamodb.list_tables", "kinesis.list_streams"}


def test_the_provider_asks_in_the_name_of_the_role_that_it_took_on(cloud: Cloud) -> None:
    parameter = {"name": "noted", "type": "String", "value": "x", "tags": {}}
    cloud.make("aws:ssm/parameter:Parameter", "noted", parameter)
    assert "ssm.put_parameter" in calls_of(cloud, f"arn:aws:iam::{ACCOUNT}:role/deployer")
