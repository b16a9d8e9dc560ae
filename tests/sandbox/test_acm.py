"""A certificate is issued once its validation records are in a zone, and not before."""

import pytest

from sandbox.errors import SandboxError
from sandbox.services import acm
from tests.support.cloud import Cloud, Thing, settled

CERTIFICATE = "aws:acm/certificate:Certificate"
VALIDATION = "aws:acm/certificateValidation:CertificateValidation"


def certificate(cloud: Cloud, domain: str) -> Thing:
    return cloud.make(
        CERTIFICATE,
        "cert",
        {
            "domainName": domain,
            "subjectAlternativeNames": [f"www.{domain}"],
            "validationMethod": "DNS",
            "keyAlgorithm": "RSA_2048",
            "options": {"certificateTransparencyLoggingPreference": "ENABLED"},
            "tags": {"Name": domain},
        },
    )


def test_a_certificate_lives_changes_and_goes(cloud: Cloud) -> None:
    made = certificate(cloud, "life.example.com")
    settled(made)
    options = made.props["domainValidationOptions"]
    assert {option["domainName"] for option in options} == {
        "life.example.com",
        "www.life.example.com",
    }
    made.update(tags={"Name": "life.example.com", "More": "1"})
    settled(made)
    made.update(tags={"Name": "life.example.com"})
    settled(made)
    assert made.plan(domainName="x.example.com").replaces == {"domainName"}
    made.delete()
    assert made.refresh() is None


def test_a_certificate_is_issued_once_its_records_are_in_the_zone(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acm, "RECORD_SECONDS", 0.2)
    made = certificate(cloud, "wait.example.com")
    with pytest.raises(SandboxError, match="PENDING_VALIDATION"):
        cloud.make(VALIDATION, "early", {"certificateArn": made.id})
    route53 = cloud.boto3("route53")
    zone = route53.create_hosted_zone(Name="wait.example.com", CallerReference="1")["HostedZone"]
    for option in made.props["domainValidationOptions"]:
        record = {
            "Name": option["resourceRecordName"],
            "Type": option["resourceRecordType"],
            "TTL": 60,
            "ResourceRecords": [{"Value": option["resourceRecordValue"]}],
        }
        route53.change_resource_record_sets(
            HostedZoneId=zone["Id"],
            ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]},
        )
    validation = cloud.make(VALIDATION, "wait", {"certificateArn": made.id})
    assert validation.refresh() == set()
    made.delete()


def test_a_key_algorithm_that_acm_has_not_is_refused_in_preview(cloud: Cloud) -> None:
    problems = cloud.problems(CERTIFICATE, {"domainName": "a.example.com", "keyAlgorithm": "DSA"})
    assert "must be one of" in problems["keyAlgorithm"]
