"""Route 53: signing of zones. moto has none of it; keys and digests are computed as DNS does.

The DS record is what the parent zone publishes, so it is the true one for the KMS key.
"""

import base64
import hashlib
import struct
from collections.abc import Iterator
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.carry import Carry, kept
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props
from sandbox.services.documents import allows, principals
from sandbox.services.references import statements
from sandbox.services.route53_logs import HOME_REGION

NOT_IN_MOTO = "moto has no DNSSEC"
SERVICE = "dnssec-route53.amazonaws.com"
FLAGS, PROTOCOL, ALGORITHM, DIGEST = 257, 3, 13, 2
"""A key-signing key of ECDSA P-256 with SHA-256, digested by SHA-256 (RFC 6605, RFC 4509)."""
POINT_BYTES = 64


def _held(operation: str = "", name: str = "") -> Carry:
    return kept(NOT_IN_MOTO, operation=operation, name=name)


class KeySigningKey(ResourceType):
    """A key that signs a zone's other keys: an asymmetric KMS key in us-east-1."""

    token = "aws:route53/keySigningKey:KeySigningKey"
    service = "route53"
    kept = NOT_IN_MOTO
    creates = "create_key_signing_key"
    inputs = {
        "hostedZoneId": _held(creates, "HostedZoneId"),
        "keyManagementServiceArn": _held(creates, "KeyManagementServiceArn"),
        "name": _held(creates, "Name"),
        "status": _held(creates, "Status"),
    }

    def check(self, props: Props) -> Iterator[Problem]:
        """Say what Route 53 would refuse by the inputs alone."""
        name, key, status = (
            props.get(each) for each in ("name", "keyManagementServiceArn", "status")
        )
        if isinstance(name, str) and not name.replace("_", "a").isalnum():
            yield "name", f"must be letters, digits and underscores, got {name!r}"
        if isinstance(key, str) and key.split(":")[3:4] != [HOME_REGION]:
            yield "keyManagementServiceArn", f"must be in {HOME_REGION}, got {key}"
        if isinstance(status, str) and status not in {"ACTIVE", "INACTIVE"}:
            yield "status", "must be one of ACTIVE, INACTIVE"

    def invent_id(self, aws: Aws, urn: str, new: Props) -> str:
        """Return zone and name, after a look at what Route 53 would refuse to sign with."""
        request = f"route53.{self.creates}"
        _zone(aws, request, new["hostedZoneId"])
        arn = new["keyManagementServiceArn"]
        home = aws.in_region(HOME_REGION)
        key = home.find("kms.describe_key", "KeyMetadata", KeyId=arn) or {}
        wanted = ("ECC_NIST_P256", "SIGN_VERIFY", True)
        if (key.get("KeySpec"), key.get("KeyUsage"), key.get("Enabled")) != wanted:
            raise AwsError(
                request,
                "InvalidKMSArn",
                f"{arn} is no enabled key of ECC_NIST_P256 for SIGN_VERIFY in {HOME_REGION}",
            )
        policy = home.call("kms.get_key_policy", KeyId=arn, PolicyName="default")["Policy"]
        for action in ("DescribeKey", "GetPublicKey", "Sign", "CreateGrant"):
            if not any(
                SERVICE in principals(statement, "Service") and allows(statement, f"kms:{action}")
                for statement in statements(policy)
            ):
                reason = f"the policy of {arn} does not let {SERVICE} do kms:{action}"
                raise AwsError(request, "InvalidKMSArn", reason)
        return f"{new['hostedZoneId']},{new['name']}"

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        """Return the key's records; nothing where an import knows no KMS key."""
        if "keyManagementServiceArn" not in props:
            return {}
        zone = _zone(aws, "route53.get_dnssec", props["hostedZoneId"])
        arn = props["keyManagementServiceArn"]
        answer = aws.in_region(HOME_REGION).find("kms.get_public_key", "PublicKey", KeyId=arn)
        if answer is None:
            raise SandboxError(f"the key {arn} that signs {zone} cannot be read")
        # The last bytes of a public key in DER are the curve's point: x and y.
        point = bytes(answer)[-POINT_BYTES:]
        public = base64.b64encode(point).decode()
        data = struct.pack("!HBB", FLAGS, PROTOCOL, ALGORITHM) + point
        digest = hashlib.sha256(_wire(zone) + data).hexdigest().upper()
        tag = key_tag(data)
        return {
            "digestAlgorithmMnemonic": "SHA-256",
            "digestAlgorithmType": DIGEST,
            "digestValue": digest,
            "dnskeyRecord": f"{FLAGS} {PROTOCOL} {ALGORITHM} {public}",
            "dsRecord": f"{tag} {ALGORITHM} {DIGEST} {digest}",
            "flag": FLAGS,
            "keyTag": tag,
            "publicKey": public,
            "signingAlgorithmMnemonic": "ECDSAP256SHA256",
            "signingAlgorithmType": ALGORITHM,
        }


class HostedZoneDnsSec(ResourceType):
    """Whether a zone is signed."""

    token = "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec"
    service = "route53"
    kept = NOT_IN_MOTO
    creates = "enable_hosted_zone_dnssec"
    inputs = {
        "hostedZoneId": _held(creates, "HostedZoneId"),
        "signingStatus": _held(),
    }

    def check(self, props: Props) -> Iterator[Problem]:
        status = props.get("signingStatus", "SIGNING")
        if isinstance(status, str) and status not in {"SIGNING", "NOT_SIGNING"}:
            yield "signingStatus", "must be one of SIGNING, NOT_SIGNING"

    def invent_id(self, aws: Aws, urn: str, new: Props) -> str:
        """Return the zone's id, which is also this one's; the zone must exist."""
        _zone(aws, f"route53.{self.creates}", new["hostedZoneId"])
        return str(new["hostedZoneId"])


def _zone(aws: Aws, request: str, id_: str) -> str:
    found: dict[str, Any] | None = aws.find("route53.get_hosted_zone", "HostedZone", Id=id_)
    if found is None:
        raise AwsError(request, "NoSuchHostedZone", f"no hosted zone found with id {id_}")
    if found["Config"].get("PrivateZone"):
        raise AwsError(request, "InvalidArgument", f"the zone {id_} is private: it has no DNSSEC")
    return str(found["Name"])


def _wire(name: str) -> bytes:
    """Return a domain name as DNS sends it (RFC 1035, section 3.1)."""
    labels = name.rstrip(".").lower().split(".")
    return b"".join(bytes([len(label)]) + label.encode() for label in labels) + b"\0"


def key_tag(data: bytes) -> int:
    """Return the tag of a key's data (RFC 4034, appendix B)."""
    total = sum(byte << 8 if index % 2 == 0 else byte for index, byte in enumerate(data))
    return (total + (total >> 16)) & 0xFFFF
