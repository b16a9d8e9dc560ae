"""Parameters through their lives on moto."""

import pytest

from sandbox.errors import SandboxError
from tests.support.cloud import ACCOUNT, Cloud, settled
from tests.support.foundations import a_key

PARAMETER = "aws:ssm/parameter:Parameter"
VALUE = "hunter2-hunter2"


def test_a_parameter_lives_changes_and_goes(cloud: Cloud) -> None:
    parameter = cloud.make(
        PARAMETER,
        "p",
        {
            "name": "/shop/level",
            "type": "String",
            "value": "info",
            "description": "how much is logged",
            "allowedPattern": "^(info|debug)$",
            "tags": {"Name": "p"},
        },
    )
    settled(parameter)
    assert parameter.props["arn"] == f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/shop/level"
    assert parameter.props["version"] == 1
    parameter.update(value="debug", description=None, tags={"More": "yes"})
    settled(parameter)
    assert parameter.props["version"] == 2
    assert parameter.imported()["value"] == "debug"
    cloud.boto3("ssm").put_parameter(Name="/shop/level", Value="info", Overwrite=True)
    assert parameter.refresh() == {"value"}
    parameter.delete()
    assert parameter.refresh() is None
    assert parameter.found() is None


def test_a_secure_parameter_is_encrypted_and_its_value_is_secret(cloud: Cloud) -> None:
    key = a_key(cloud)
    inputs = {"name": "/shop/key", "type": "SecureString", "value": VALUE, "keyId": key}
    parameter = cloud.make(PARAMETER, "k", inputs)
    settled(parameter)
    shown = cloud.boto3("ssm").get_parameter(Name="/shop/key")["Parameter"]["Value"]
    assert shown != VALUE
    assert "value" in cloud.provider.secrets(parameter.urn)
    with pytest.raises(SandboxError, match="ParameterAlreadyExists") as caught:
        cloud.make(PARAMETER, "k", inputs)
    assert VALUE not in str(caught.value)
    missing = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/00000000-0000-0000-0000-000000000000"
    with pytest.raises(SandboxError, match="does not exist"):
        parameter.update(keyId=missing)


def test_a_parameter_is_taken_over_only_when_told_to(cloud: Cloud) -> None:
    cloud.boto3("ssm").put_parameter(Name="/shop/taken", Value="theirs", Type="String")
    inputs = {"name": "/shop/taken", "type": "String", "insecureValue": "ours"}
    with pytest.raises(SandboxError, match="ParameterAlreadyExists"):
        cloud.make(PARAMETER, "t", inputs)
    parameter = cloud.make(PARAMETER, "t", {**inputs, "overwrite": True, "tags": {"Name": "t"}})
    settled(parameter)
    parameter.update(insecureValue="ours again")
    settled(parameter)


def test_no_problem_repeats_the_value(cloud: Cloud) -> None:
    problems = cloud.problems(
        PARAMETER,
        {
            "name": "no/slash",
            "type": "SecureString",
            "value": VALUE * 1000,
            "allowedPattern": "^[0-9]+$",
        },
    )
    assert set(problems) == {"name", "value"}
    assert not [text for text in problems.values() if VALUE in text]
    secure = {"name": "x", "type": "SecureString", "insecureValue": VALUE}
    assert set(cloud.problems(PARAMETER, secure)) == {"insecureValue"}
    assert set(cloud.problems(PARAMETER, {"name": "x", "type": "Strung", "value": "1"})) == {"type"}
