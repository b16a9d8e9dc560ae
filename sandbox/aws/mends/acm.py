"""What moto 5.2.5's ACM does wrong or not at all, mended in one function each, with the reason."""

from typing import Any

from moto.acm.models import CertBundle
from moto.acm.responses import AWSCertificateManagerResponse
from moto.core.responses import EmptyResult
from moto.route53.models import route53_backends

_check = CertBundle.check


def _published(certificate: Any) -> bool:
    """Return whether every validation record is in a public zone of the certificate's account."""
    account = certificate.arn.split(":")[4]
    there = {
        (record.name.rstrip("."), value.rstrip("."))
        for zone in route53_backends[account]["aws"].zones.values()
        if not zone.private_zone
        for record in zone.rrsets
        if record.type == "CNAME"
        for value in record.records or []
    }
    options = certificate.describe()["Certificate"]["DomainValidationOptions"]
    wanted = [option["ResourceRecord"] for option in options]
    return all((each["Name"].rstrip("."), each["Value"].rstrip(".")) in there for each in wanted)


def check(self: Any) -> None:
    """Issue a certificate once its records are published; moto issues any after some seconds."""
    waits = self.type == "AMAZON_ISSUED" and self.status == "PENDING_VALIDATION"
    if not waits or self.cert_authority_arn is not None or _published(self):
        _check(self)


def update_certificate_options(self: Any) -> Any:
    """Change whether a certificate is logged publicly; moto has no such request."""
    certificate = self.acm_backend.get_certificate(self._get_param("CertificateArn"))
    certificate.cert_options.update(self._get_param("Options"))
    return EmptyResult()


def apply() -> None:
    """Put the mends in place; call before the server starts."""
    CertBundle.check = check
    AWSCertificateManagerResponse.update_certificate_options = update_certificate_options
