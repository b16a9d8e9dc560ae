"""Signing of zones: kept in state, with the records that DNS would have."""

import base64
import json

import pytest

from sandbox.errors import SandboxError
from sandbox.services.route53_dnssec import key_tag
from tests.support.cloud import Cloud, settled

ZONE = "aws:route53/zone:Zone"
KEY = "aws:route53/keySigningKey:KeySigningKey"
SIGNING = "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::222222222222:root"},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            "Principal": {"Service": "dnssec-route53.amazonaws.com"},
            "Action": ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign", "kms:CreateGrant"],
            "Resource": "*",
        },
    ],
}


def test_a_zone_is_signed_by_the_kms_key_that_it_names(cloud: Cloud) -> None:
    zone = cloud.make(ZONE, "signed", {"name": "signed.example.net"})
    key = cloud.boto3("kms", "us-east-1").create_key(
        KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY", Policy=json.dumps(POLICY)
    )["KeyMetadata"]["Arn"]
    given = {"hostedZoneId": zone.id, "keyManagementServiceArn": key, "name": "signing"}
    signing_key = cloud.make(KEY, "ksk", {**given, "status": "ACTIVE"})
    settled(signing_key)
    props = signing_key.props
    assert signing_key.id == f"{zone.id},signing"
    tag, algorithm, digest_type, digest = props["dsRecord"].split()
    assert (algorithm, digest_type, len(digest)) == ("13", "2", 64)
    assert int(tag) == props["keyTag"]
    assert len(base64.b64decode(props["publicKey"])) == 64
    before = props["dsRecord"]
    signing_key.update(status="INACTIVE")
    assert signing_key.props["dsRecord"] == before
    signing = cloud.make(SIGNING, "dnssec", {"hostedZoneId": zone.id, "signingStatus": "SIGNING"})
    settled(signing)
    assert signing.id == zone.id
    signing.delete()
    signing_key.delete()
    zone.delete()


def test_a_key_tag_is_computed_as_the_standard_says() -> None:
    # The example of RFC 6605, section 6.1: tag 55648.
    public = base64.b64decode(
        "GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA=="
    )
    assert key_tag(bytes([1, 1, 3, 13]) + public) == 55648


def test_a_key_that_route_53_could_not_use_is_refused(cloud: Cloud) -> None:
    zone = cloud.make(ZONE, "unsigned", {"name": "unsigned.example.net"})
    kms = cloud.boto3("kms", "us-east-1")
    symmetric = kms.create_key()["KeyMetadata"]["Arn"]
    unshared = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    given = {"hostedZoneId": zone.id, "name": "signing", "status": "ACTIVE"}
    for key, said in ((symmetric, "is no enabled key of ECC"), (unshared, "does not let")):
        with pytest.raises(SandboxError, match=said):
            cloud.make(KEY, "ksk", {**given, "keyManagementServiceArn": key})
    with pytest.raises(SandboxError, match="NoSuchHostedZone"):
        cloud.make(SIGNING, "dnssec", {"hostedZoneId": "Z0NOBODY"})
    asked = {**given, "name": "has-dash", "keyManagementServiceArn": symmetric}
    assert "underscores" in cloud.problems(KEY, asked)["name"]
    elsewhere = {**given, "keyManagementServiceArn": symmetric.replace("us-east-1", "eu-west-1")}
    assert "us-east-1" in cloud.problems(KEY, elsewhere)["keyManagementServiceArn"]
    zone.delete()
