"""Rules for certificates, zones and the records in them."""

from policies.graph import Graph, Resource
from policies.place import Place, every, one_of
from policies.rule import Severity, rule
from policies.verdict import PASS, Verdict, all_of, fail, where

CERTIFICATE = "aws:acm/certificate:Certificate"
VALIDATION = "aws:acm/certificateValidation:CertificateValidation"
ZONE = "aws:route53/zone:Zone"
QUERY_LOG = "aws:route53/queryLog:QueryLog"
DNSSEC = "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec"
SIGNING_KEY = "aws:route53/keySigningKey:KeySigningKey"
RECORD = "aws:route53/record:Record"

STRONG_KEYS = (
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
)
POINTING = ("A", "AAAA", "CNAME")
"""The types of record that send a browser somewhere."""


@rule(
    "acm-certificate-strong-key",
    CERTIFICATE,
    severity=Severity.HIGH,
    why="A short key can be found, and whoever has it can pass for the site.",
    fix="Leave keyAlgorithm, or set it to RSA_2048 or stronger.",
    controls=["FSBP ACM.2"],
)
def strong_key(certificate: Resource, _: Graph) -> Verdict:
    """A certificate has a key of at least 2048 bits, or one on an elliptic curve."""
    # ACM itself writes RSA-2048 where it takes RSA_2048 (ACM API reference, CertificateDetail).
    return (
        certificate["keyAlgorithm"]
        .or_else("RSA_2048")
        .satisfies(
            lambda value: isinstance(value, str) and value.replace("-", "_") in STRONG_KEYS,
            f"must be one of {', '.join(STRONG_KEYS)}",
        )
    )


@rule(
    "acm-certificate-validated-by-dns",
    CERTIFICATE,
    severity=Severity.MEDIUM,
    why="One validated by e-mail is not renewed by itself; one not awaited may not be there yet.",
    fix="Set validationMethod to DNS, and make a CertificateValidation for the certificate.",
)
def validated_by_dns(certificate: Resource, graph: Graph) -> Verdict:
    """A certificate is validated by DNS records, and waited for."""
    return all_of(
        certificate["validationMethod"].is_("DNS"),
        one_of(
            graph.referring(certificate, VALIDATION, "certificateArn"),
            lambda _: PASS,
            "certificate validation",
            "must wait for it",
        ),
    )


@rule(
    "acm-certificate-names-hosts",
    CERTIFICATE,
    severity=Severity.LOW,
    why="With a wildcard, whoever gets the key or any host under the domain can pass for them all.",
    fix="Name each host in domainName and subjectAlternativeNames.",
    controls=["CKV2_AWS_71"],
)
def names_hosts(certificate: Resource, _: Graph) -> Verdict:
    """A certificate names its hosts, without a wildcard."""
    names = [certificate["domainName"], *certificate["subjectAlternativeNames"].items()]
    return every(names, _is_host)


def _is_host(name: Place) -> Verdict:
    return name.satisfies(
        lambda value: isinstance(value, str) and "*" not in value, "must be without a wildcard"
    )


@rule(
    "acm-certificate-transparent",
    CERTIFICATE,
    severity=Severity.LOW,
    why="Browsers warn of a certificate that is in no public log.",
    fix="Leave options.certificateTransparencyLoggingPreference ENABLED.",
    controls=["CKV_AWS_234"],
)
def transparent(certificate: Resource, _: Graph) -> Verdict:
    """A certificate is written into the public logs of certificates."""
    preference = certificate["options"]["certificateTransparencyLoggingPreference"]
    return preference.or_else("ENABLED").is_("ENABLED")


@rule(
    "route53-zone-queries-logged",
    ZONE,
    severity=Severity.MEDIUM,
    why="Nobody sees who looks for names that are not there, or stops finding one that is.",
    fix="Give the zone a QueryLog with a log group.",
    controls=["FSBP Route53.2"],
)
def queries_logged(zone: Resource, graph: Graph) -> Verdict:
    """Queries to a public zone are logged."""
    return where(
        zone["vpcs"].empty(),
        one_of(
            graph.referring(zone, QUERY_LOG, "zoneId"),
            lambda log: log["cloudwatchLogGroupArn"].given(),
            "query log",
            "must have a log group",
        ),
    )


@rule(
    "route53-zone-signed",
    ZONE,
    severity=Severity.MEDIUM,
    why="A forged answer sends visitors elsewhere, and nothing tells them.",
    fix="Give the zone a KeySigningKey and a HostedZoneDnsSec, both active.",
    controls=["CKV2_AWS_38"],
)
def signed(zone: Resource, graph: Graph) -> Verdict:
    """The answers of a public zone are signed."""
    return where(
        zone["vpcs"].empty(),
        all_of(
            one_of(
                graph.referring(zone, DNSSEC, "hostedZoneId"),
                lambda each: each["signingStatus"].or_else("SIGNING").is_("SIGNING"),
                "DNSSEC",
                "must be signing",
            ),
            one_of(
                graph.referring(zone, SIGNING_KEY, "hostedZoneId"),
                lambda each: each["status"].or_else("ACTIVE").is_("ACTIVE"),
                "key-signing key",
                "must be active",
            ),
        ),
    )


@rule(
    "route53-record-points-into-stack",
    RECORD,
    severity=Severity.MEDIUM,
    why="A name that points to what is gone can be claimed by whoever gets that address next.",
    fix="Build the alias or the records from a resource of the stack.",
    controls=["CKV2_AWS_23"],
)
def points_into_stack(record: Resource, graph: Graph) -> Verdict:
    """A name that sends visitors somewhere sends them to a resource of its environment."""
    return where(record["type"].is_one_of(POINTING), _points(record, graph))


def _points(record: Resource, graph: Graph) -> Verdict:
    if graph.linked(record, "aliases") or graph.linked(record, "records"):
        return PASS
    return fail("aliases", "must be a resource of this stack, or records must")
