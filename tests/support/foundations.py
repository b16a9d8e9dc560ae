"""What other resources refer to, made with boto3 in a test's account: keys, roles, functions."""

import io
import json
import zipfile

from tests.support.cloud import Cloud


def a_key(cloud: Cloud) -> str:
    """Return the ARN of a new KMS key."""
    return str(cloud.boto3("kms").create_key()["KeyMetadata"]["Arn"])


def a_role(cloud: Cloud, name: str, *services: str) -> str:
    """Return the ARN of a new role that trusts the services."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": list(services)},
        "Action": "sts:AssumeRole",
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = cloud.boto3("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    return str(made["Role"]["Arn"])


def a_function(cloud: Cloud, name: str, role: str) -> str:
    """Return the ARN of a new Lambda function that does nothing."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", "def handler(event, context): pass")
    made = cloud.boto3("lambda").create_function(
        FunctionName=name,
        Runtime="python3.12",
        Role=role,
        Handler="index.handler",
        Code={"ZipFile": packed.getvalue()},
    )
    return str(made["FunctionArn"])
