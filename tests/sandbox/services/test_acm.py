"""Certificates through their lives on moto: issued only once DNS says so."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.errors import SandboxError
from sandbox.services import acm
from tests.support.cloud import Cloud, Thing, settled

ZONE = "aws:route53/zone:Zone"
RECORD = "aws:route53/record:Record"
CERTIFICATE = "aws:acm/certificate:Certificate"
VALIDATION = "aws:acm/certificateValidation:CertificateValidation"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a validation that cannot succeed end sooner."""
    monkeypatch.setattr(acm, "ISSUE_SECONDS", 1.5)


@pytest.fixture(scope="module")
def zone(cloud: Cloud) -> Iterator[Thing]:
    made = cloud.make(ZONE, "certified", {"name": "certified.example.net", "forceDestroy": True})
    yield made
    made.delete()


def inputs(domain: str, *others: str) -> dict[str, Any]:
    return {
        "domainName": domain,
        "subjectAlternativeNames": list(others),
        "validationMethod": "DNS",
        "keyAlgorithm": "EC_prime256v1",
        "options": {"certificateTransparencyLoggingPreference": "ENABLED"},
        "tags": {"Name": domain},
    }


def publish(cloud: Cloud, zone: Thing, certificate: Thing) -> list[Thing]:
    """Put a certificate's validation records into a zone."""
    return [
        cloud.make(
            RECORD,
            "validation",
            {
                "zoneId": zone.id,
                "name": option["resourceRecordName"],
                "type": option["resourceRecordType"],
                "ttl": 300,
                "records": [option["resourceRecordValue"]],
            },
        )
        for option in certificate.props["domainValidationOptions"]
    ]


def test_a_certificate_is_issued_once_its_records_are_published(cloud: Cloud, zone: Thing) -> None:
    certificate = cloud.make(
        CERTIFICATE, "site", inputs("certified.example.net", "www.certified.example.net")
    )
    settled(certificate)
    options = certificate.props["domainValidationOptions"]
    assert [each["domainName"] for each in options] == [
        "certified.example.net",
        "www.certified.example.net",
    ]
    with pytest.raises(SandboxError, match=r"in no public zone: .*www\.certified"):
        cloud.make(VALIDATION, "issued", {"certificateArn": certificate.id})
    certificate.refresh()
    assert certificate.props["status"] == "PENDING_VALIDATION"
    records = publish(cloud, zone, certificate)
    fqdns = [record.props["fqdn"] for record in records]
    with pytest.raises(SandboxError, match="validationRecordFqdns lacks"):
        cloud.make(
            VALIDATION,
            "issued",
            {"certificateArn": certificate.id, "validationRecordFqdns": fqdns[:1]},
        )
    validation = cloud.make(
        VALIDATION,
        "issued",
        {"certificateArn": certificate.id, "validationRecordFqdns": fqdns},
    )
    settled(validation)
    assert validation.props["certificateArn"] == certificate.id
    assert certificate.refresh() == set()
    assert certificate.props["status"] == "ISSUED"
    validation.delete()
    certificate.delete()
    assert certificate.refresh() is None
    assert validation.refresh() is None


def test_a_certificate_changes_its_tags_and_options(cloud: Cloud) -> None:
    certificate = cloud.make(CERTIFICATE, "tags", inputs("tags.example.net"))
    certificate.update(
        tags={"More": "yes"},
        options={"certificateTransparencyLoggingPreference": "DISABLED"},
    )
    settled(certificate)
    assert certificate.imported() == {
        "domainName": "tags.example.net",
        "options": {"certificateTransparencyLoggingPreference": "DISABLED", "export": "DISABLED"},
        "tags": {"More": "yes"},
        "validationMethod": "DNS",
    }
    assert certificate.plan(domainName="other.example.net").replaces == {"domainName"}
    cloud.boto3("acm").add_tags_to_certificate(
        CertificateArn=certificate.id, Tags=[{"Key": "Hand", "Value": "made"}]
    )
    assert certificate.refresh() == {"tags"}
    certificate.delete()


def test_inputs_that_acm_would_refuse_are_refused_in_preview(cloud: Cloud) -> None:
    for given, name in (
        ({"tags": {}}, "domainName"),
        ({"domainName": "a.example.net", "validationMethod": "EMAIL"}, "validationMethod"),
        ({"domainName": "a.example.net", "keyAlgorithm": "RSA_512"}, "keyAlgorithm"),
        ({"certificateBody": "pem"}, "privateKey"),
    ):
        assert name in cloud.problems(CERTIFICATE, given)
