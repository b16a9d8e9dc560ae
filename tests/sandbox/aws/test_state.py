"""moto's state survives on disk, or the old one stays and it says why."""

import errno
import io
import os
import pickle
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import dill
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.backends import get_backend, list_of_moto_modules
from moto.core.base_backend import BackendDict

from operations.adopt.listings import LISTINGS
from operations.adopt.others import OTHERS
from sandbox.aws import state
from sandbox.errors import SandboxError
from sandbox.services import all_types

REGION = "eu-west-1"
TRUST = '{"Version": "2012-10-17", "Statement": []}'


def client(service: str, region: str = REGION) -> Any:
    return boto3.client(
        service, region_name=region, aws_access_key_id="test", aws_secret_access_key="test"
    )


def forget() -> None:
    """Empty moto as a new process would find it."""
    for backends in list(BackendDict._instances):  # noqa: SLF001
        backends.reset()
        backends.clear()


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Iterator[Path]:
    with mock_aws():
        yield tmp_path / "aws.state"
        forget()


def again(file: Path) -> None:
    """Save, forget everything, and load."""
    state.save(file)
    forget()
    assert state.load(file)


def test_there_may_be_no_state_yet(file: Path) -> None:
    assert not state.load(file)


def test_the_state_is_for_its_owner_alone(file: Path) -> None:
    file.with_suffix(".part").touch(mode=0o644)  # What a killed AWS leaves.
    before = os.umask(0)
    try:
        state.save(file)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_keys_go_on_signing_and_decrypting(file: Path) -> None:
    kms = client("kms")
    plain = kms.create_key()["KeyMetadata"]["KeyId"]
    secret = kms.encrypt(KeyId=plain, Plaintext=b"secret")["CiphertextBlob"]
    signing = [
        kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
        for spec in ("RSA_2048", "ECC_NIST_P256")
    ]
    ways = ("RSASSA_PSS_SHA_256", "ECDSA_SHA_256")
    signed = [
        kms.sign(KeyId=key, Message=b"x", SigningAlgorithm=way)["Signature"]
        for key, way in zip(signing, ways, strict=True)
    ]

    again(file)

    assert kms.decrypt(CiphertextBlob=secret)["Plaintext"] == b"secret"
    for key, way, signature in zip(signing, ways, signed, strict=True):
        assert kms.verify(KeyId=key, Message=b"x", SigningAlgorithm=way, Signature=signature)[
            "SignatureValid"
        ]


def test_certificates_secrets_and_parameters_come_back(file: Path) -> None:
    arn = client("acm").request_certificate(DomainName="example.com")["CertificateArn"]
    body = client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
    client("secretsmanager").create_secret(Name="app", SecretString="hunter2")
    client("ssm").put_parameter(Name="/app/a", Value="1", Type="String")
    client("ssm").put_parameter(Name="/app/a", Value="2", Type="String", Overwrite=True)

    again(file)

    assert client("acm").describe_certificate(CertificateArn=arn)["Certificate"] == body
    assert client("secretsmanager").get_secret_value(SecretId="app")["SecretString"] == "hunter2"
    assert client("ssm").get_parameter(Name="/app/a")["Parameter"]["Value"] == "2"
    history = client("ssm").get_parameter_history(Name="/app/a")["Parameters"]
    assert [each["Value"] for each in history] == ["1", "2"]


def test_functions_come_back_with_their_versions_and_aliases(file: Path) -> None:
    role = client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("main.py", "def main(event, context): return 1")
    functions = client("lambda")
    functions.create_function(
        FunctionName="f",
        Runtime="python3.12",
        Role=role,
        Handler="main.main",
        Code={"ZipFile": code.getvalue()},
        Publish=True,
    )
    functions.create_alias(FunctionName="f", Name="live", FunctionVersion="1")

    again(file)

    assert functions.get_alias(FunctionName="f", Name="live")["FunctionVersion"] == "1"
    # moto finds a function by its ARN in a dictionary that holds it weakly.
    found = functions.get_function(FunctionName=f"arn:aws:lambda:{REGION}:123456789012:function:f")
    assert found["Configuration"]["Role"] == role


def test_nothing_that_the_project_asks_of_aws_needs_the_slow_way(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = {each.service for each in all_types().values()}
    services |= {each.service for each in (*LISTINGS.values(), *OTHERS.values())}
    named = {each.replace("lambda", "awslambda").replace("-", "") for each in services}
    known = named & set(list_of_moto_modules())
    assert named - known == {"", "accessanalyzer"}
    for name in sorted(known):
        regions = get_backend(name)["111111111111"]
        assert regions[REGION if REGION in regions.regions else "aws"]
    monkeypatch.setattr(dill, "dumps", lambda _: pytest.fail("many times slower"))

    again(file)


def test_a_listing_by_tags_of_several_pages_is_no_hindrance(file: Path) -> None:
    for n in range(60):
        client("sns").create_topic(Name=f"topic-{n}", Tags=[{"Key": "n", "Value": str(n)}])
    tagging = client("resourcegroupstaggingapi")
    listed = tagging.get_paginator("get_resources").paginate().build_full_result()
    begun = tagging.get_resources(ResourcesPerPage=5)
    assert len(listed["ResourceTagMappingList"]) == 60

    again(file)

    assert tagging.get_resources()["ResourceTagMappingList"]
    with pytest.raises(ClientError, match="PaginationTokenExpired"):
        tagging.get_resources(PaginationToken=begun["PaginationToken"])


def test_each_account_and_region_has_its_own(file: Path) -> None:
    for region in (REGION, "us-east-1"):
        client("sns", region).create_topic(Name=f"topic-{region}")

    again(file)

    for region in (REGION, "us-east-1"):
        arns = [topic["TopicArn"] for topic in client("sns", region).list_topics()["Topics"]]
        assert arns == [f"arn:aws:sns:{region}:123456789012:topic-{region}"]


def test_what_is_made_after_loading_gets_ids_of_its_own(file: Path) -> None:
    ec2 = client("ec2")
    before = {ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"] for _ in range(3)}

    again(file)

    after = {ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"] for _ in range(3)}
    assert not before & after
    assert before < {vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]}


def test_what_two_services_share_stays_shared(file: Path) -> None:
    client("s3").create_bucket(
        Bucket="shared", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    again(file)
    client("s3").put_object(Bucket="shared", Key="a", Body=b"x")
    again(file)

    assert client("s3").get_object(Bucket="shared", Key="a")["Body"].read() == b"x"


@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.9])
def test_a_damaged_file_is_refused_with_the_way_out(file: Path, part: float) -> None:
    client("sns").create_topic(Name="x")
    state.save(file)
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * part)])

    with pytest.raises(SandboxError, match=r"state cannot be read \(.*\): `make down`"):
        state.load(file)


@pytest.mark.parametrize("content", [[1], {"other": 1}, "text"])
def test_a_file_that_is_something_else_is_refused_too(file: Path, content: Any) -> None:
    file.write_bytes(dill.dumps(content))

    with pytest.raises(SandboxError, match="state cannot be read"):
        state.load(file)


def test_a_file_of_another_moto_is_refused_by_its_version(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("moto.__version__", "5.0.0")
        state.save(file)

    with pytest.raises(SandboxError, match=r"was saved by moto 5\.0\.0, not 5\.\S+: `make down`"):
        state.load(file)


def test_a_disk_that_is_full_leaves_the_old_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client("sns").create_topic(Name="old")
    state.save(file)
    before = file.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    client("sns").create_topic(Name="new")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(SandboxError, match=r"aws\.state: cannot save .*: No space left"):
            state.save(file)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_what_cannot_be_written_leaves_the_old_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state.save(file)
    before = file.read_bytes()

    def unwritable(*_: Any) -> None:
        raise pickle.PicklingError("cannot pickle\n'generator'")

    with monkeypatch.context() as patch:
        patch.setattr(pickle, "dumps", unwritable)
        patch.setattr(dill, "dumps", unwritable)
        with pytest.raises(SandboxError, match="cannot pickle 'generator'"):
            state.save(file)
    assert file.read_bytes() == before
    assert not list(file.parent.glob("*.part"))


def test_a_folder_that_is_gone_is_an_error_of_one_line(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="cannot save the sandbox's state: No such file"):
        state.save(tmp_path / "none" / "aws.state")
