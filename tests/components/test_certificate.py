"""A certificate is issued for its own names, validated in its own zone, before anyone uses it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pulumi
import pytest
from pulumi.runtime.mocks import MockResourceArgs
from pulumi_aws import acm

from components.certificate import Certificate, CertificateArgs, validation_for
from components.delegation import Delegation, DelegationArgs
from tests.support import graph as support
from tests.support.graph import Graph, record

CERTIFICATE = "aws:acm/certificate:Certificate"
RECORD = "aws:route53/record:Record"
VALIDATION = "aws:acm/certificateValidation:CertificateValidation"

STAGING, PRODUCTION = "staging.example.com", "app.example.com"
both = pytest.mark.parametrize("domain", [STAGING, PRODUCTION], ids=["staging", "production"])


def _args(domain: str, delegation: pulumi.Resource, subdomains: Sequence[str]) -> CertificateArgs:
    return CertificateArgs(
        domain=domain,
        subdomains=subdomains,
        zone_id="Z1",
        delegation=delegation,
        tags={"Owner": "platform"},
    )


@pytest.fixture
def deploy(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what builds one certificate offline, with ACM's answer in an order of its own."""

    def build(domain: str, subdomains: Sequence[str] = ("www", "api")) -> Graph:
        hosts = [f"{each}.{domain}" for each in reversed(subdomains)] + [domain]

        def outputs(args: MockResourceArgs) -> dict[str, Any]:
            name = args.name
            found: dict[str, Any] = {"arn": f"arn:aws:mock:{name}", "fqdn": f"fqdn-of-{name}"}
            if args.typ == CERTIFICATE:
                found["domainValidationOptions"] = [
                    {
                        "domainName": host,
                        "resourceRecordName": f"_token.{host}.",
                        "resourceRecordType": "CNAME",
                        "resourceRecordValue": f"_answer-for-{host}.acm-validations.aws.",
                    }
                    for host in hosts
                ]
            return found

        def program() -> None:
            delegation = Delegation(
                "delegation",
                DelegationArgs(
                    domain=domain,
                    parent_zone_id="Z0",
                    name_servers=["ns"],
                    ds_record="1 13 2 AB",
                    ttl_seconds=300,
                    tags={},
                ),
            )
            Certificate("tls", _args(domain, delegation, subdomains))

        monkeypatch.setattr(support, "invented_outputs", outputs)
        return record(program)

    return build


def test_both_sizes_have_the_same_shape(deploy: Any) -> None:
    assert deploy(STAGING).shape == deploy(PRODUCTION).shape


@both
def test_certificate_is_for_the_domain_and_its_subdomains_by_dns(deploy: Any, domain: str) -> None:
    certificate = deploy(domain).one(CERTIFICATE).inputs

    assert certificate["domainName"] == domain
    assert certificate["subjectAlternativeNames"] == [f"www.{domain}", f"api.{domain}"]
    assert certificate["validationMethod"] == "DNS"
    assert certificate["keyAlgorithm"] == "RSA_2048"
    assert certificate["options"] == {"certificateTransparencyLoggingPreference": "ENABLED"}
    assert certificate["tags"] == {
        "Owner": "platform",
        "Component": "tls",
        "Name": "tls-certificate",
    }


@both
def test_each_name_has_the_record_that_acm_gave_for_it(deploy: Any, domain: str) -> None:
    graph = deploy(domain)

    for label, host in (("apex", domain), ("www", f"www.{domain}"), ("api", f"api.{domain}")):
        node = graph.one(RECORD, f"tls-validation-{label}")
        assert node.inputs["zoneId"] == "Z1"
        assert node.inputs["type"] == "CNAME"
        assert node.inputs["name"] == f"_token.{host}."
        assert node.inputs["records"] == [f"_answer-for-{host}.acm-validations.aws."]
    assert len([node for node in graph.under("tls") if node.type == RECORD]) == 3


def test_validation_waits_for_every_record_and_the_delegation(deploy: Any) -> None:
    validation = deploy(STAGING).one(VALIDATION)

    assert validation.inputs["certificateArn"] == "arn:aws:mock:tls-certificate"
    assert validation.inputs["validationRecordFqdns"] == [
        "fqdn-of-tls-validation-apex",
        "fqdn-of-tls-validation-www",
        "fqdn-of-tls-validation-api",
    ]
    waits = {urn.rsplit("::", 1)[1] for urn in validation.options["dependencies"]}
    assert waits >= {"delegation-ns", "delegation-ds"}


def test_a_domain_without_subdomains_has_one_record(deploy: Any) -> None:
    graph = deploy(STAGING, ())

    assert [node.name for node in graph.under("tls") if node.type == RECORD] == [
        "tls-validation-apex"
    ]


def test_a_name_that_acm_does_not_know_is_an_error() -> None:
    option = acm.outputs.CertificateDomainValidationOption(domain_name="a.example.com")

    with pytest.raises(ValueError, match=r"no validation record for b.example.com, only for a\."):
        validation_for("b.example.com", [option])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"domain": "*.example.com"}, r"without a wildcard, got '\*\.example\.com'"),
        ({"subdomains": ["*"]}, r"without a wildcard, got '\*\.staging\.example\.com'"),
        ({"subdomains": ["www", "www"]}, "subdomains must be unique"),
        ({"subdomains": ["apex"]}, "none may be 'apex'"),
    ],
)
def test_names_that_a_certificate_should_not_have_are_refused(
    change: dict[str, Any], message: str
) -> None:
    args = _args(STAGING, object.__new__(pulumi.Resource), ["www"])

    with pytest.raises(ValueError, match=message):
        replace(args, **change)
