"""KMS: key, alias."""

from collections.abc import Iterator
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Autoname, Describe, by, kept, member, same
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props
from sandbox.services.documents import (
    RESOURCE,
    allows,
    document_problems,
    principals,
    refuse_unknown_principals,
)
from sandbox.services.naming import NAME_PREFIX, prefixed
from sandbox.services.references import statements
from sandbox.services.tagging import TaggedType, Tagging

SYMMETRIC = "SYMMETRIC_DEFAULT"
ENCRYPT, SIGN, MAC, AGREE = (
    "ENCRYPT_DECRYPT",
    "SIGN_VERIFY",
    "GENERATE_VERIFY_MAC",
    "KEY_AGREEMENT",
)
USAGES = {"SYMMETRIC": {ENCRYPT}, "HMAC": {MAC}, "RSA": {ENCRYPT, SIGN}, "ECC": {SIGN, AGREE}}
"""What the keys of a family may be for, by how the names of their specs begin."""
SHORTEST_WAIT, LONGEST_WAIT = 7, 30
SHORTEST_PERIOD, LONGEST_PERIOD = 90, 2560
DEFAULT_PERIOD = 365
DELETED = {"PendingDeletion", "PendingReplicaDeletion"}

TAGGING = Tagging(
    tags="tag_resource",
    untags="untag_resource",
    named="KeyId",
    lists="list_resource_tags",
    pair=("TagKey", "TagValue"),
)


class Key(TaggedType):
    """A key that AWS makes. Keys of customers' own stores are not carried: moto has none."""

    token = "aws:kms/key:Key"
    service = "kms"
    creates = "create_key"
    created = "KeyMetadata.KeyId"
    describe = Describe("describe_key", lambda id_: {"KeyId": id_}, "KeyMetadata")
    tagging = TAGGING
    inputs = {
        "bypassPolicyLockoutSafetyCheck": kept(
            "a setting of single requests; creating and changing heed it"
        ),
        "customerMasterKeySpec": member("KeySpec"),
        "deletionWindowInDays": kept(
            "a setting of the deletion",
            operation="schedule_key_deletion",
            name="PendingWindowInDays",
        ),
        "description": same(),
        "enableKeyRotation": by("enable_key_rotation", read="KeyRotationEnabled"),
        "isEnabled": by("disable_key", read="Enabled"),
        "keyUsage": same(),
        "multiRegion": same(),
        "policy": same(),
        "rotationPeriodInDays": by(
            "enable_key_rotation", "RotationPeriodInDays", unseen="moto takes it and forgets it"
        ),
        "tags": TAGGING.carried(),
    }
    outputs = {"arn": "Arn", "keyId": "KeyId"}

    def check(self, props: Props) -> Iterator[Problem]:
        spec, usage = props.get("customerMasterKeySpec", SYMMETRIC), props.get("keyUsage", ENCRYPT)
        allowed = USAGES.get(spec.partition("_")[0]) if isinstance(spec, str) else None
        if allowed and isinstance(usage, str) and usage not in allowed:
            yield "keyUsage", f"must be {' or '.join(sorted(allowed))} for a key of {spec}"
        if isinstance(spec, str) and spec != SYMMETRIC and props.get("enableKeyRotation") is True:
            yield "enableKeyRotation", f"is not possible for a key of {spec}"
        days = props.get("deletionWindowInDays")
        if isinstance(days, int) and not SHORTEST_WAIT <= days <= LONGEST_WAIT:
            yield "deletionWindowInDays", f"must be from 7 to 30 days, got {days}"
        period = props.get("rotationPeriodInDays")
        if isinstance(period, int) and not SHORTEST_PERIOD <= period <= LONGEST_PERIOD:
            yield "rotationPeriodInDays", f"must be from 90 to 2560 days, got {period}"
        if period is not None and not props.get("enableKeyRotation"):
            yield "rotationPeriodInDays", "needs enableKeyRotation"
        yield from document_problems("policy", props.get("policy"), RESOURCE)

    def create(self, aws: Aws, new: Props) -> str:
        """Create the key, unless nobody of the account could change its policy afterwards."""
        self._refuse_policy(aws, new)
        return super().create(aws, new)

    def _refuse_policy(self, aws: Aws, new: Props) -> None:
        if not new.get("policy"):
            return
        refuse_unknown_principals(aws, new["policy"])
        if new.get("bypassPolicyLockoutSafetyCheck"):
            return
        for statement in statements(new["policy"]):
            own = [p for p in principals(statement, "AWS") if p == "*" or aws.account in p]
            if own and allows(statement, "kms:PutKeyPolicy"):
                return
        raise SandboxError(
            "the key policy lets nobody of the account change it again "
            "(AWS: MalformedPolicyDocumentException, policy lockout safety check)"
        )

    def finish(self, aws: Aws, id_: str, new: Props) -> None:
        """Turn rotation on, and the key off, where the program says so."""
        if new.get("enableKeyRotation"):
            self._rotate(aws, id_, new)
        if new.get("isEnabled") is False:
            aws.call("kms.disable_key", KeyId=id_)

    def _rotate(self, aws: Aws, id_: str, new: Props) -> None:
        if not new.get("enableKeyRotation"):
            aws.call("kms.disable_key_rotation", KeyId=id_)
            return
        params = self.params("enable_key_rotation", new, {"rotationPeriodInDays"})
        aws.call("kms.enable_key_rotation", KeyId=id_, **params)

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Change what differs; a key that is off is turned on first, for AWS changes no other."""
        enabled = new.get("isEnabled", True)
        if "isEnabled" in changed and enabled:
            aws.call("kms.enable_key", KeyId=id_)
        super().update(aws, id_, old, new, changed & {"tags"})
        if "description" in changed:
            text = new.get("description", "")
            aws.call("kms.update_key_description", KeyId=id_, Description=text)
        if "policy" in changed and new.get("policy"):
            self._refuse_policy(aws, new)
            aws.call("kms.put_key_policy", KeyId=id_, PolicyName="default", Policy=new["policy"])
        if changed & {"enableKeyRotation", "rotationPeriodInDays"}:
            self._rotate(aws, id_, new)
        if "isEnabled" in changed and not enabled:
            aws.call("kms.disable_key", KeyId=id_)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Schedule the key's deletion, after the program's number of days."""
        days = int(old.get("deletionWindowInDays") or LONGEST_WAIT)
        aws.call("kms.schedule_key_deletion", KeyId=id_, PendingWindowInDays=days)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the key with its policy and rotation; one that waits for its end is gone."""
        found = super().item(aws, id_, saved)
        if found is None or found.get("KeyState") in DELETED:
            return None
        policy = aws.call("kms.get_key_policy", KeyId=id_, PolicyName="default")
        found["Policy"] = policy["Policy"]
        rotation = aws.call("kms.get_key_rotation_status", KeyId=id_)
        found["KeyRotationEnabled"] = rotation["KeyRotationEnabled"]
        return found

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        """Return the period of rotation that AWS takes where the program names none."""
        if props.get("enableKeyRotation") and not props.get("rotationPeriodInDays"):
            return {"rotationPeriodInDays": DEFAULT_PERIOD}
        return {}

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the one key with the description and exactly the tags of the inputs."""
        if not inputs.get("tags"):
            return None
        ids = []
        for id_ in aws.every("kms.list_keys", "Keys[].KeyId"):
            found = self.read(aws, id_, {})
            if found is None or found.get("tags") != inputs["tags"]:
                continue
            if found.get("description", "") == inputs.get("description", ""):
                ids.append(id_)
        return aws.only(ids)


class Alias(ResourceType):
    """A name for a key."""

    token = "aws:kms/alias:Alias"
    service = "kms"
    creates = "create_alias"
    updates = "update_alias"
    deletes = "delete_alias"
    identified = "AliasName"
    autoname = Autoname(before="alias/")
    inputs = {
        "name": member("AliasName"),
        "namePrefix": NAME_PREFIX,
        "targetKeyId": same(),
    }
    outputs = {"arn": "AliasArn"}

    def check(self, props: Props) -> Iterator[Problem]:
        for name in ("name", "namePrefix"):
            given = props.get(name)
            if not isinstance(given, str):
                continue
            if not given.startswith("alias/") or given.startswith("alias/aws/"):
                yield name, f"must begin with alias/, and not with alias/aws/, got {given!r}"

    def create(self, aws: Aws, new: Props) -> str:
        """Create the alias; its name is its id."""
        self._refuse_key(aws, new)
        named = prefixed(new)
        aws.call("kms.create_alias", **self.params("create_alias", named))
        return str(named["name"])

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Point the alias at another key."""
        self._refuse_key(aws, new)
        super().update(aws, id_, old, new, changed)

    def _refuse_key(self, aws: Aws, new: Props) -> None:
        key = new["targetKeyId"]
        found = aws.find("kms.describe_key", "KeyMetadata", KeyId=key)
        if found is None:
            raise SandboxError(f"key {key} does not exist (AWS: NotFoundException)")
        if found["KeyState"] in DELETED:
            raise SandboxError(f"key {key} is being deleted (AWS: KMSInvalidStateException)")

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the alias, with its key named as the program names it."""
        aliases = aws.every("kms.list_aliases", "Aliases[]")
        found = next((dict(each) for each in aliases if each["AliasName"] == id_), None)
        if found is not None and str(saved.get("targetKeyId")).endswith(found["TargetKeyId"]):
            found["TargetKeyId"] = saved["targetKeyId"]
        return found

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        key = str(props["targetKeyId"]).rpartition("/")[2]
        return {"targetKeyArn": aws.arn("kms", f"key/{key}")}

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the alias, if it names the key of the inputs."""
        found = self.read(aws, str(inputs.get("name")), inputs)
        same_key = found is not None and found["targetKeyId"] == inputs["targetKeyId"]
        return str(inputs["name"]) if same_key else None
