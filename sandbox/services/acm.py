"""ACM: a certificate, and the wait until its validation records have been seen."""

import time
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Describe, by, kept, same
from sandbox.provider.resource import ResourceType
from sandbox.provider.values import Props
from sandbox.services.tagging import TaggedType, Tagging

TAGS = Tagging(
    tags="add_tags_to_certificate",
    untags="remove_tags_from_certificate",
    named="CertificateArn",
    lists="list_tags_for_certificate",
    keys="Tags",
)
ISSUED_SECONDS = 20.0
"""How long moto may take to issue; the session has it issue after one second."""
RECORD_SECONDS = 3.0
"""How long the validation records may take to appear: on AWS up to 75 minutes."""
POLL_SECONDS = 0.1


class Certificate(TaggedType):
    """A public certificate, asked for by its names."""

    token = "aws:acm/certificate:Certificate"
    service = "acm"
    tagging = TAGS
    creates = "request_certificate"
    created = "CertificateArn"
    describe = Describe("describe_certificate", lambda id_: {"CertificateArn": id_}, "Certificate")
    deletes = "delete_certificate"
    identified = "CertificateArn"
    inputs = {
        "domainName": same(),
        "keyAlgorithm": kept(
            "moto makes RSA 2048 keys only", operation="request_certificate", name="KeyAlgorithm"
        ),
        "options": kept(
            "moto has no request that changes them", operation="request_certificate", name="Options"
        ),
        "subjectAlternativeNames": same(decode=lambda names: names),
        "tags": TAGS.carried(),
        "validationMethod": by("request_certificate", "ValidationMethod", read=""),
    }
    outputs = {
        "arn": "CertificateArn",
        "notAfter": "NotAfter",
        "notBefore": "NotBefore",
        "renewalEligibility": "RenewalEligibility",
        "status": "Status",
        "type": "Type",
    }

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        found = super().item(aws, id_, saved)
        if found is None:
            return None
        # AWS repeats the domain name among the alternatives.
        domain = found.get("DomainName")
        names = [name for name in found.get("SubjectAlternativeNames", []) if name != domain]
        found["SubjectAlternativeNames"] = names or None
        return found

    def retag(self, aws: Aws, id_: str, old: dict[str, str], new: dict[str, str]) -> None:
        """Take tags away as ACM wants them named: whole, not by key."""
        gone = {key: value for key, value in old.items() if key not in new}
        if gone:
            tags = TAGS.encoded(gone)
            aws.call("acm.remove_tags_from_certificate", CertificateArn=id_, Tags=tags)
        if new:
            tags = TAGS.encoded(new)
            aws.call("acm.add_tags_to_certificate", CertificateArn=id_, Tags=tags)

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        """Return the validation records, one a name.

        moto names the same record for every certificate, prefixed by the domain; that does.
        """
        options = aws.find(
            "acm.describe_certificate",
            "Certificate.DomainValidationOptions",
            CertificateArn=id_,
        )
        return {
            "domainValidationOptions": [
                {
                    "domainName": option["DomainName"],
                    "resourceRecordName": option["ResourceRecord"]["Name"],
                    "resourceRecordType": option["ResourceRecord"]["Type"],
                    "resourceRecordValue": option["ResourceRecord"]["Value"],
                }
                for option in options or []
                if "ResourceRecord" in option
            ]
        }

    def in_use(self, aws: Aws, id_: str, old: Props) -> str | None:
        users = aws.find("acm.describe_certificate", "Certificate.InUseBy", CertificateArn=id_)
        return f"{users[0]} uses it (ResourceInUseException)" if users else None

    def find(self, aws: Aws, inputs: Props) -> str | None:
        listed = aws.call("acm.list_certificates")["CertificateSummaryList"]
        arns = [
            str(each["CertificateArn"])
            for each in listed
            if each["DomainName"] == inputs["domainName"]
            and each["CertificateArn"] not in aws.known
        ]
        mine = [arn for arn in arns if self.mine(aws, arn, inputs)]
        return mine[0] if len(mine) == 1 else None


class CertificateValidation(ResourceType):
    """Waits until the certificate is issued, which AWS does once it sees the records."""

    token = "aws:acm/certificateValidation:CertificateValidation"
    service = "acm"
    creates = "describe_certificate"
    inputs = {
        "certificateArn": same(),
        "validationRecordFqdns": kept("only says what the validation waits for"),
    }

    def create(self, aws: Aws, new: Props) -> str:
        arn = str(new["certificateArn"])
        found = aws.find("acm.describe_certificate", "Certificate", CertificateArn=arn)
        if found is None:
            raise SandboxError(f"ResourceNotFoundException: there is no certificate {arn}")
        self._refuse_missing_records(aws, found)
        deadline = time.monotonic() + ISSUED_SECONDS
        while found["Status"] != "ISSUED":
            if time.monotonic() > deadline:
                raise SandboxError(f"{arn} was not issued: its status is {found['Status']}")
            time.sleep(POLL_SECONDS)
            found = aws.call("acm.describe_certificate", CertificateArn=arn)["Certificate"]
        return str(found["IssuedAt"]) if "IssuedAt" in found else arn

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        arn = str(saved.get("certificateArn", ""))
        found = aws.find("acm.describe_certificate", "Certificate", CertificateArn=arn)
        if found is None or found["Status"] != "ISSUED":
            return None
        return {"CertificateArn": arn}

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        raise AssertionError("every input forces a replacement")

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Nothing stands behind a wait."""

    def find(self, aws: Aws, inputs: Props) -> str | None:
        return "issued" if self.item(aws, "", inputs) else None

    def _refuse_missing_records(self, aws: Aws, certificate: dict[str, Any]) -> None:
        """Refuse to issue before the records are in a zone: moto would by time alone."""
        wanted = {
            (option["ResourceRecord"]["Name"].rstrip("."), option["DomainName"])
            for option in certificate.get("DomainValidationOptions", [])
        }
        deadline = time.monotonic() + RECORD_SECONDS
        while missing := [w for w in sorted(wanted) if w[0] not in _records(aws)]:
            if time.monotonic() > deadline:
                record, name = missing[0]
                raise SandboxError(
                    f"the certificate for {name} stays in PENDING_VALIDATION: its validation "
                    f"record {record} is in no public zone of account {aws.account}"
                )
            time.sleep(POLL_SECONDS)


def _records(aws: Aws) -> set[str]:
    """Return the names of all records in the account's public zones."""
    names = set()
    for zone in aws.call("route53.list_hosted_zones")["HostedZones"]:
        if not zone["Config"].get("PrivateZone"):
            shown = aws.call("route53.list_resource_record_sets", HostedZoneId=zone["Id"])
            names |= {record["Name"].rstrip(".") for record in shown["ResourceRecordSets"]}
    return names
