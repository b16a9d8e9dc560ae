"""What guards an account through its life on moto: detector, hub, recorder, analyzer, switches.

Of each of these things a region has one: every test takes away what it made.
"""

import json

import pytest

from sandbox.errors import SandboxError
from tests.support.cloud import ACCOUNT, Cloud, Thing, settled
from tests.support.foundations import a_role

DETECTOR = "aws:guardduty/detector:Detector"
HUB = "aws:securityhub/account:Account"
STANDARD = "aws:securityhub/standardsSubscription:StandardsSubscription"
ANALYZER = "aws:accessanalyzer/analyzer:Analyzer"
RECORDER = "aws:cfg/recorder:Recorder"
CHANNEL = "aws:cfg/deliveryChannel:DeliveryChannel"
STATUS = "aws:cfg/recorderStatus:RecorderStatus"
VOLUMES = "aws:ebs/encryptionByDefault:EncryptionByDefault"
BLOCK = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
EVERYTHING = {"allSupported": True, "includeGlobalResourceTypes": True}


def test_a_detector_lives_changes_and_goes(cloud: Cloud) -> None:
    wanted = {"enable": True, "findingPublishingFrequency": "FIFTEEN_MINUTES", "tags": {"A": "b"}}
    detector = cloud.make(DETECTOR, "d", wanted)
    settled(detector)
    assert detector.props["accountId"] == ACCOUNT
    assert detector.props["arn"].endswith(f":detector/{detector.id}")
    with pytest.raises(SandboxError, match="a detector already exists"):
        cloud.make(DETECTOR, "second", wanted)
    detector.update(findingPublishingFrequency="ONE_HOUR")
    settled(detector)
    cloud.boto3("guardduty").update_detector(DetectorId=detector.id, Enable=False)
    assert detector.refresh() == {"enable"}
    detector.delete()
    assert detector.refresh() is None
    assert detector.found() is None


def test_security_hub_is_switched_on_once_and_off(cloud: Cloud) -> None:
    wanted = {"enableDefaultStandards": False, "controlFindingGenerator": "SECURITY_CONTROL"}
    hub = cloud.make(HUB, "hub", wanted)
    settled(hub)
    assert hub.id == ACCOUNT
    assert hub.props["arn"] == f"arn:aws:securityhub:eu-west-1:{ACCOUNT}:hub/default"
    assert hub.plan(enableDefaultStandards=True).replaces == {"enableDefaultStandards"}
    with pytest.raises(SandboxError, match="already subscribed"):
        cloud.make(HUB, "again", wanted)
    standard = cloud.make(STANDARD, "s", {"standardsArn": "arn:aws:securityhub:::standard/x"})
    settled(standard)
    cloud.boto3("securityhub").disable_security_hub()
    assert hub.refresh() is None
    assert hub.found() is None
    hub.delete()


def recorder_of(cloud: Cloud, role_name: str) -> Thing:
    role = a_role(cloud, role_name, "config.amazonaws.com")
    return cloud.make(
        RECORDER, "r", {"name": "default", "roleArn": role, "recordingGroup": EVERYTHING}
    )


def bucket_of(cloud: Cloud, name: str, *, lets_in: bool) -> str:
    s3 = cloud.boto3("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    if lets_in:
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "config.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{name}/config/*",
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
    return name


def test_a_recorder_runs_once_it_can_deliver_and_stops_before_it_goes(cloud: Cloud) -> None:
    recorder = recorder_of(cloud, "records")
    settled(recorder)
    bucket = bucket_of(cloud, "recorded", lets_in=True)
    channel = cloud.make(
        CHANNEL,
        "c",
        {
            "name": "default",
            "s3BucketName": bucket,
            "s3KeyPrefix": "config",
            "snapshotDeliveryProperties": {"deliveryFrequency": "TwentyFour_Hours"},
        },
    )
    settled(channel)
    status = cloud.make(STATUS, "s", {"name": recorder.id, "isEnabled": True})
    settled(status)
    recorder.update(recordingGroup={**EVERYTHING, "includeGlobalResourceTypes": False})
    settled(recorder)
    channel.update(s3KeyPrefix="elsewhere")
    settled(channel)
    config = cloud.boto3("config")
    config.stop_configuration_recorder(ConfigurationRecorderName="default")
    assert status.refresh() == {"isEnabled"}
    status.update(isEnabled=True)
    settled(status)
    with pytest.raises(SandboxError, match="LastDeliveryChannelDeleteFailed"):
        channel.delete()
    status.delete()
    channel.delete()
    recorder.delete()
    assert (recorder.refresh(), channel.refresh(), status.refresh()) == (None, None, None)


def test_a_recorder_needs_a_role_and_a_bucket_that_let_it(cloud: Cloud) -> None:
    other = a_role(cloud, "other", "ec2.amazonaws.com")
    with pytest.raises(SandboxError, match=r"does not let config.amazonaws.com assume it"):
        cloud.make(RECORDER, "r", {"name": "default", "roleArn": other})
    recorder = recorder_of(cloud, "records-too")
    closed = bucket_of(cloud, "closed-to-config", lets_in=False)
    with pytest.raises(SandboxError, match="InsufficientDeliveryPolicyException"):
        cloud.make(CHANNEL, "c", {"name": "default", "s3BucketName": closed})
    recorder.delete()


def test_new_volumes_are_encrypted_until_the_switch_goes(cloud: Cloud) -> None:
    volumes = cloud.make(VOLUMES, "v", {"enabled": True})
    settled(volumes)
    ec2 = cloud.boto3("ec2")
    ec2.disable_ebs_encryption_by_default()
    assert volumes.refresh() == {"enabled"}
    volumes.update(enabled=False)
    volumes.update(enabled=True)
    assert ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is True
    volumes.delete()
    assert ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is False


def test_what_moto_does_not_have_is_kept_under_the_id_that_aws_gives(cloud: Cloud) -> None:
    analyzer = cloud.make(ANALYZER, "a", {"analyzerName": "outside", "type": "ACCOUNT"})
    settled(analyzer)
    assert analyzer.id == "outside"
    assert analyzer.props["arn"] == f"arn:aws:access-analyzer:eu-west-1:{ACCOUNT}:analyzer/outside"
    assert analyzer.plan(type="ORGANIZATION").replaces == {"type"}
    block = cloud.make(BLOCK, "b", {"blockPublicAcls": True, "blockPublicPolicy": True})
    settled(block)
    assert (block.id, block.props["accountId"]) == (ACCOUNT, ACCOUNT)
