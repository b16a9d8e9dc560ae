"""ACM: certificates, and the wait until they are issued."""

import time
from collections.abc import Iterator
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.carry import Describe, by, kept, member, same
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props, is_known
from sandbox.services.lb_listeners import listeners
from sandbox.services.route53 import record_sets
from sandbox.services.shown import lasting
from sandbox.services.tagging import TaggedType, Tagging

TAGGING = Tagging(
    tags="add_tags_to_certificate",
    untags="remove_tags_from_certificate",
    named="CertificateArn",
    lists="list_tags_for_certificate",
)
ISSUE_SECONDS = 5.0
"""How long a validation waits. ACM takes minutes, but it only has to find the records."""
POLL_SECONDS = 0.2
USER_SECONDS = 1.0

IMPORTED = "AWS shows the certificate only by what it says"


class Certificate(TaggedType):
    """A certificate that ACM issues, or one that is brought along."""

    token = "aws:acm/certificate:Certificate"
    service = "acm"
    tagging = TAGGING
    creates = "request_certificate"
    describe = Describe("describe_certificate", lambda id_: {"CertificateArn": id_}, "Certificate")
    deletes = "delete_certificate"
    identified = "CertificateArn"
    inputs = {
        "certificateAuthorityArn": same(),
        "certificateBody": by("import_certificate", "Certificate", unseen=IMPORTED),
        "certificateChain": by("import_certificate", "CertificateChain", unseen=IMPORTED),
        "domainName": same(),
        "earlyRenewalDuration": kept("says when the provider asks for a renewal"),
        "keyAlgorithm": kept(
            "moto makes RSA_2048 whatever is asked for", operation=creates, name="KeyAlgorithm"
        ),
        "options": same(
            defaults={
                "certificatetransparencyloggingpreference": "ENABLED",
                "export": "DISABLED",
            }
        ),
        "privateKey": by("import_certificate", "PrivateKey", unseen=IMPORTED),
        "privateKeyWo": by("import_certificate", "PrivateKey", unseen=IMPORTED),
        "privateKeyWoVersion": kept("counts changes of privateKeyWo"),
        "subjectAlternativeNames": member("SubjectAlternativeNames", read="OtherNames"),
        "tags": TAGGING.carried(),
        "validationMethod": member(
            "ValidationMethod", read="DomainValidationOptions[0].ValidationMethod"
        ),
        "validationOptions": member(
            "DomainValidationOptions", unseen="moto shows the domain itself"
        ),
    }
    outputs = {
        "arn": "CertificateArn",
        "domainValidationOptions": "Records",
        "notAfter": "NotAfter",
        "notBefore": "NotBefore",
        "renewalEligibility": "RenewalEligibility",
        "status": "Status",
        "type": "Type",
    }

    def checked(self, props: Props) -> Iterator[Problem]:
        """Yield what is wrong; no other names at all means the same as an empty list of them."""
        yield from super().checked(_without_empty(props))

    def check(self, props: Props) -> Iterator[Problem]:
        """Say what ACM would refuse by the inputs alone, and what moto would change."""
        brought = "certificateBody" in props
        if not brought and "domainName" not in props:
            yield "domainName", "is required, or certificateBody"
        if brought and not props.keys() & {"privateKey", "privateKeyWo"}:
            yield "privateKey", "is required with certificateBody"
        if props.get("validationMethod") == "EMAIL":
            yield "validationMethod", "EMAIL is not carried by the sandbox: moto makes DNS of it"

    def create(self, aws: Aws, new: Props) -> str:
        """Request the certificate, or import it."""
        new = _without_empty(new)
        if "certificateBody" in new:
            return self._imported(aws, new)
        return str(
            aws.call("acm.request_certificate", **self.params(self.creates, new))["CertificateArn"]
        )

    def _imported(self, aws: Aws, new: Props, **more: str) -> str:
        params = self.params("import_certificate", new, set(new) - ({"tags"} if more else set()))
        return str(aws.call("acm.import_certificate", **params, **more)["CertificateArn"])

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Change tags and options; import a new body under the same ARN."""
        if "tags" in changed:
            self.retag(aws, id_, old.get("tags") or {}, new.get("tags") or {})
        if "options" in changed and new.get("options"):
            params = self.params("update_certificate_options", new, {"options"})
            aws.call("acm.update_certificate_options", CertificateArn=id_, **params)
        if changed & {"certificateBody", "certificateChain", "privateKey", "privateKeyWoVersion"}:
            self._imported(aws, new, CertificateArn=id_)

    def retag(self, aws: Aws, id_: str, old: dict[str, str], new: dict[str, str]) -> None:
        """Take away tags, which this service wants as pairs, and set those that came."""
        gone = [{"Key": key} for key in old if key not in new]
        if gone:
            aws.call("acm.remove_tags_from_certificate", CertificateArn=id_, Tags=gone)
        super().retag(aws, id_, {}, new)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the certificate, with its validation records in an order of their own."""
        found = super().item(aws, id_, saved)
        if found is None:
            return None
        names = found.get("SubjectAlternativeNames", [])
        found["OtherNames"] = [name for name in names if name != found["DomainName"]]
        options = sorted(
            found.get("DomainValidationOptions", []), key=lambda option: option["DomainName"]
        )
        found["Records"] = [
            {
                "domainName": option["DomainName"],
                "resourceRecordName": option["ResourceRecord"]["Name"],
                "resourceRecordType": option["ResourceRecord"]["Type"],
                "resourceRecordValue": option["ResourceRecord"]["Value"],
            }
            for option in options
            if "ResourceRecord" in option
        ]
        return found

    def read(self, aws: Aws, id_: str, saved: Props) -> Props | None:
        """Return all properties; on import the algorithm is what AWS shows."""
        props = super().read(aws, id_, saved)
        if props is not None and not saved:
            shown = aws.call("acm.describe_certificate", CertificateArn=id_)["Certificate"]
            props["keyAlgorithm"] = str(shown["KeyAlgorithm"]).replace("-", "_")
        return props

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        return {"pendingRenewal": False, "renewalSummaries": [], "validationEmails": []}

    def in_use(self, aws: Aws, id_: str, old: Props) -> str | None:
        """Return the listener that serves the certificate; moto's own list forgets nobody."""

        def user() -> str | None:
            for listener in listeners(aws):
                used = [each["CertificateArn"] for each in listener.get("Certificates", [])]
                if id_ in used:
                    return (
                        f"listener {listener['ListenerArn']} uses it (AWS: ResourceInUseException)"
                    )
            return None

        return lasting(user, USER_SECONDS)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the one certificate of the domain that has our tags."""
        if "domainName" not in inputs or not inputs.get("tags"):
            return None
        path = f"CertificateSummaryList[?DomainName=='{inputs['domainName']}'].CertificateArn"
        arns = aws.find("acm.list_certificates", path) or []
        return aws.only(arn for arn in arns if self.mine(aws, arn, inputs))


def _without_empty(props: Props) -> Props:
    return {name: value for name, value in props.items() if value != []}


class CertificateValidation(ResourceType):
    """The moment at which a certificate is issued; there is nothing in AWS that is this."""

    token = "aws:acm/certificateValidation:CertificateValidation"
    service = "acm"
    creates = "describe_certificate"
    inputs = {
        "certificateArn": same(),
        "validationRecordFqdns": kept("says only what to wait for"),
    }

    def create(self, aws: Aws, new: Props) -> str:
        """Wait until the certificate is issued; say which records are missing if it is not."""
        arn = new["certificateArn"]
        end = time.monotonic() + ISSUE_SECONDS
        while True:
            found = aws.call("acm.describe_certificate", CertificateArn=arn)["Certificate"]
            options = found.get("DomainValidationOptions", [])
            self._refuse(arn, options, new)
            missing = [each for each in options if not _published(aws, each["ResourceRecord"])]
            if found["Status"] == "ISSUED" and not missing:
                return str(found["IssuedAt"])
            if time.monotonic() >= end:
                break
            time.sleep(POLL_SECONDS)
        names = ", ".join(sorted(each["ResourceRecord"]["Name"].rstrip(".") for each in missing))
        why = f"these validation records are in no public zone: {names}" if missing else "it is not"
        raise SandboxError(f"{arn} was not issued ({found['Status']}): {why}")

    def _refuse(self, arn: str, options: list[dict[str, Any]], new: Props) -> None:
        """Refuse a wait for records that are not all of those which ACM looks for."""
        given = new.get("validationRecordFqdns")
        if given is None or not is_known(given):
            return
        fqdns = {name.rstrip(".").lower() for name in given}
        names = {each["ResourceRecord"]["Name"].rstrip(".").lower() for each in options}
        if names - fqdns:
            missing = ", ".join(sorted(names - fqdns))
            code = "InvalidArgsException"
            reason = f"validationRecordFqdns lacks {missing}, which {arn} needs"
            raise AwsError("acm.describe_certificate", code, reason)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the certificate while it is issued; an id alone does not say which it is."""
        if "certificateArn" not in saved:
            return None
        found = aws.find(
            "acm.describe_certificate", "Certificate", CertificateArn=saved["certificateArn"]
        )
        return dict(found) if found and found["Status"] == "ISSUED" else None

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Delete nothing: the certificate is another resource."""

    def find(self, aws: Aws, inputs: Props) -> str | None:
        found = self.item(aws, "", inputs)
        return str(found["IssuedAt"]) if found else None


def _published(aws: Aws, record: dict[str, str]) -> bool:
    """Return whether a public zone of this account has the record."""
    name = record["Name"].rstrip(".").lower()
    for zone in aws.every("route53.list_hosted_zones", "HostedZones[]"):
        domain = zone["Name"].rstrip(".").lower()
        if zone["Config"].get("PrivateZone") or not name.endswith(f".{domain}"):
            continue
        for each in record_sets(
            aws,
            zone["Id"].removeprefix("/hostedzone/"),
            StartRecordName=name,
            StartRecordType="CNAME",
        ):
            values = [value["Value"].rstrip(".") for value in each.get("ResourceRecords", [])]
            same_name = each["Name"].rstrip(".").lower() == name and each["Type"] == "CNAME"
            if same_name and record["Value"].rstrip(".") in values:
                return True
    return False
