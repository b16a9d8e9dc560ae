"""A TLS certificate, validated by DNS before anything may use it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import acm, route53

from components.tags import child_tags
from components.zone import DOMAIN

VALIDATION_TTL_SECONDS = 300
APEX = "apex"


@dataclass(frozen=True, kw_only=True)
class CertificateArgs:
    """What the certificate is for; the key's algorithm and the validation are not choices."""

    domain: str
    """Name of the zone: the certificate's first name."""
    subdomains: Sequence[str]
    """First labels of further names under ``domain``; ``www`` gives ``www.<domain>``."""
    zone_id: Input[str]
    delegation: pulumi.Resource
    """What makes the zone public: ACM looks the validation records up from the root."""
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Reject names that ACM would refuse, or that would ask for a wildcard."""
        for host in self.hosts.values():
            if not DOMAIN.fullmatch(host):
                raise ValueError(
                    f"domain and subdomains must be lower-case names without a wildcard, "
                    f"got {host!r}"
                )
        if len(set(self.subdomains)) != len(self.subdomains) or APEX in self.subdomains:
            raise ValueError(
                f"subdomains must be unique and none may be {APEX!r}, got {list(self.subdomains)}"
            )

    @property
    def hosts(self) -> dict[str, str]:
        """Every name of the certificate, by the label that its logical names carry."""
        return {APEX: self.domain, **{each: f"{each}.{self.domain}" for each in self.subdomains}}


class Certificate(pulumi.ComponentResource):
    """A certificate whose ARN is known only once it has been issued."""

    arn: Output[str]

    def __init__(
        self, name: str, args: CertificateArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:edge:Certificate", name, None, opts)
        first, *others = args.hosts.values()
        certificate = acm.Certificate(
            f"{name}-certificate",
            domain_name=first,
            subject_alternative_names=others,
            validation_method="DNS",
            key_algorithm="RSA_2048",
            options=acm.CertificateOptionsArgs(
                certificate_transparency_logging_preference="ENABLED"
            ),
            tags=child_tags(args.tags, name, f"{name}-certificate"),
            opts=ResourceOptions(parent=self),
        )
        records = [
            self._validation_record(f"{name}-validation-{label}", certificate, host, args.zone_id)
            for label, host in args.hosts.items()
        ]
        validation = acm.CertificateValidation(
            f"{name}-validation",
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn for record in records],
            opts=ResourceOptions(parent=self, depends_on=[args.delegation]),
        )
        self.arn = validation.certificate_arn
        self.register_outputs({"arn": self.arn})

    def _validation_record(
        self, name: str, certificate: acm.Certificate, host: str, zone_id: Input[str]
    ) -> route53.Record:
        """Publish what ACM wants to find for ``host``.

        The name is known in a preview although the record is not, so the set of records is; ACM
        keeps the record the same for a name and an account, so a renewal finds it again.
        """
        wanted = certificate.domain_validation_options.apply(
            lambda options: validation_for(host, options)
        )
        return route53.Record(
            name,
            zone_id=zone_id,
            name=wanted.apply(lambda option: str(option.resource_record_name)),
            type="CNAME",
            ttl=VALIDATION_TTL_SECONDS,
            records=[wanted.apply(lambda option: str(option.resource_record_value))],
            opts=ResourceOptions(parent=self),
        )


def validation_for(
    host: str, options: Sequence[acm.outputs.CertificateDomainValidationOption]
) -> acm.outputs.CertificateDomainValidationOption:
    """Return the option for ``host``; ACM gives them in no particular order.

    Raises ``ValueError`` if ACM gave none, saying for which names it did.
    """
    for option in options:
        if option.domain_name == host:
            return option
    names = sorted(str(option.domain_name) for option in options)
    raise ValueError(f"ACM gave no validation record for {host}, only for {', '.join(names)}")
