"""Secrets Manager: a secret, and one version of its value.

No message of this file may hold a value: what AWS is asked with a value is never repeated.
"""

import base64
from collections.abc import Iterator
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.carry import Autoname, Describe, by, kept, member, same
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import UNKNOWN, Props
from sandbox.services.forms import whole
from sandbox.services.references import require_key
from sandbox.services.shown import emptied
from sandbox.services.tagging import TaggedType, Tagging

DEFAULT_KEY = "alias/aws/secretsmanager"
SHORTEST_DAYS, LONGEST_DAYS = 7, 30
"""Days in which a deleted secret can be had back (DeleteSecret)."""
AWS_STAGES = {"AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"}

TAGS = Tagging(tags="tag_resource", untags="untag_resource", named="SecretId")


def _replicas(shown: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return where a secret is copied to, without how far the copies are."""
    names = {"Region": "region", "KmsKeyId": "kmsKeyId"}
    return [{names[key]: item[key] for key in names if item.get(key)} for item in shown]


class Secret(TaggedType):
    """The place of a value; deleted, its name stays taken for as long as it can be had back."""

    token = "aws:secretsmanager/secret:Secret"
    service = "secretsmanager"
    creates = "create_secret"
    created = "ARN"
    describe = Describe("describe_secret", lambda arn: {"SecretId": arn}, "@")
    updates = "update_secret"
    identified = "SecretId"
    autoname = Autoname(longest=512)
    tagging = TAGS
    inputs = {
        "description": same(),
        "forceOverwriteReplicaSecret": same(unseen="says only how a replica is made"),
        "kmsKeyId": same(),
        "name": same(),
        "policy": by("put_resource_policy", "ResourcePolicy", read="Policy"),
        "recoveryWindowInDays": kept(
            "goes with the request that deletes the secret",
            operation="delete_secret",
            name="RecoveryWindowInDays",
        ),
        "replicas": member(
            "AddReplicaRegions",
            read="ReplicationStatus",
            decode=_replicas,
            defaults={"kmskeyid": DEFAULT_KEY},
        ),
        "tags": TAGS.carried(),
    }
    outputs = {"arn": "ARN"}

    def check(self, props: Props) -> Iterator[Problem]:
        """Refuse a recovery window that AWS does not have."""
        days = whole(props.get("recoveryWindowInDays", 0))
        if days and not SHORTEST_DAYS <= days <= LONGEST_DAYS:
            yield (
                "recoveryWindowInDays",
                f"must be 0 or between {SHORTEST_DAYS} and {LONGEST_DAYS}, got {days}",
            )

    def create(self, aws: Aws, new: Props) -> str:
        """Create the secret with a key that exists, under a name that is free again."""
        request = "secretsmanager.create_secret"
        require_key(aws, request, new.get("kmsKeyId"))
        if aws.find("secretsmanager.describe_secret", "DeletedDate", SecretId=new["name"]):
            raise SandboxError(
                f"{request}: InvalidRequestException: a secret with the name {new['name']} is "
                "already scheduled for deletion"
            )
        return super().create(aws, new)

    def finish(self, aws: Aws, id_: str, new: Props) -> None:
        """Set the policy, which the create request does not take."""
        if new.get("policy"):
            self._set_policy(aws, id_, new)

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Change what differs; what was taken away goes back to AWS's default."""
        require_key(aws, "secretsmanager.update_secret", new.get("kmsKeyId"))
        rest = {"description": "", "kmsKeyId": DEFAULT_KEY, **new}
        super().update(aws, id_, old, rest, changed - {"policy", "replicas"})
        if "policy" in changed:
            self._set_policy(aws, id_, new)
        if "replicas" in changed:
            self._replicate(aws, id_, old.get("replicas") or [], new)

    def _set_policy(self, aws: Aws, id_: str, new: Props) -> None:
        if new.get("policy"):
            params = self.params("put_resource_policy", new)
            aws.call("secretsmanager.put_resource_policy", SecretId=id_, **params)
        else:
            aws.call("secretsmanager.delete_resource_policy", SecretId=id_)

    def _replicate(self, aws: Aws, id_: str, old: list[Props], new: Props) -> None:
        wanted = new.get("replicas") or []
        gone = [replica["region"] for replica in old if replica not in wanted]
        if gone:
            aws.call(
                "secretsmanager.remove_regions_from_replication",
                SecretId=id_,
                RemoveReplicaRegions=gone,
            )
        fresh = [replica for replica in wanted if replica not in old]
        if fresh:
            params = self.params("replicate_secret_to_regions", {**new, "replicas": fresh})
            aws.call("secretsmanager.replicate_secret_to_regions", SecretId=id_, **params)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Delete the secret, copies first; 0 days means at once."""
        if regions := [replica["region"] for replica in old.get("replicas") or []]:
            aws.call(
                "secretsmanager.remove_regions_from_replication",
                SecretId=id_,
                RemoveReplicaRegions=regions,
            )
        days = whole(old.get("recoveryWindowInDays", LONGEST_DAYS))
        how = {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
        aws.call("secretsmanager.delete_secret", SecretId=id_, **how)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the secret with its policy; one that is waiting for its deletion is gone."""
        found = super().item(aws, id_, saved)
        if found is None or found.get("DeletedDate"):
            return None
        emptied(found, saved, {"description": "Description"})
        if saved.get("kmsKeyId"):
            found.setdefault("KmsKeyId", DEFAULT_KEY)
        policy = aws.find("secretsmanager.get_resource_policy", "ResourcePolicy", SecretId=id_)
        return {**found, "Policy": policy, "ReplicationStatus": found.get("ReplicationStatus", [])}

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the ARN of the secret that has the name and the tags of the inputs."""
        arn = aws.find("secretsmanager.describe_secret", "ARN", SecretId=inputs["name"])
        found = self.read(aws, arn, {}) if arn else None
        if found is None or (found.get("tags") or {}) != (inputs.get("tags") or {}):
            return None
        return str(arn)


def shown_value(aws: Aws, secret: str, **which: str) -> dict[str, Any] | None:
    """Return one version of a secret's value; None where it, or its secret, is gone."""
    try:
        found = aws.find("secretsmanager.get_secret_value", "@", SecretId=secret, **which)
    except AwsError as error:
        if error.code == "InvalidRequestException":
            # The secret is waiting for its deletion.
            return None
        raise
    return None if found is None else dict(found)


class SecretVersion(ResourceType):
    """One value. Its id is ``<secret>|<version>``; only its stages can change."""

    token = "aws:secretsmanager/secretVersion:SecretVersion"
    service = "secretsmanager"
    creates = "put_secret_value"
    inputs = {
        "secretBinary": same(
            encode=base64.b64decode, decode=lambda value: base64.b64encode(value).decode()
        ),
        "secretId": same(),
        "secretString": same(),
        "versionStages": same(),
    }
    outputs = {"arn": "ARN", "versionId": "VersionId"}

    def check(self, props: Props) -> Iterator[Problem]:
        """Want one value, not two and not none."""
        given = [name for name in ("secretBinary", "secretString") if name in props]
        if len(given) != 1:
            yield "secretString", "must be given, or secretBinary, and not both"
        if props.get("secretString") == "":
            yield "secretString", "must not be empty"

    def create(self, aws: Aws, new: Props) -> str:
        """Put the value; stages of the team's own on other versions stay, which moto forgets."""
        secret = str(new["secretId"])
        before = self._stages(aws, secret)
        params = self.params("put_secret_value", new)
        version = aws.call("secretsmanager.put_secret_value", **params)["VersionId"]
        after = self._stages(aws, secret)
        for stage in before.keys() - after.keys() - AWS_STAGES:
            self._move(aws, secret, stage, to=before[stage])
        return f"{secret}|{version}"

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Move the stages that came here and take away those that went."""
        secret, version = id_.rsplit("|", 1)
        holders = self._stages(aws, secret)
        wanted = new.get("versionStages") or ["AWSCURRENT"]
        for stage in wanted:
            if holders.get(stage) != version:
                self._move(aws, secret, stage, to=version, of=holders.get(stage))
        for stage, holder in holders.items():
            if holder == version and stage not in wanted and stage not in AWS_STAGES:
                self._move(aws, secret, stage, of=version)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Take the version's stages away; AWSCURRENT stays, as AWS lets nobody remove it."""
        secret, version = id_.rsplit("|", 1)
        for stage, holder in self._stages(aws, secret).items():
            if holder == version and stage != "AWSCURRENT":
                self._move(aws, secret, stage, of=version)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the value and its stages; a version without a stage is as good as deleted."""
        secret, version = id_.rsplit("|", 1)
        found = shown_value(aws, secret, VersionId=version)
        if found is None or not found.get("VersionStages"):
            return None
        return {**found, "SecretId": secret}

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the version that holds the value at the stage that it would have been given."""
        secret = str(inputs["secretId"])
        stage = (inputs.get("versionStages") or ["AWSCURRENT"])[0]
        found = shown_value(aws, secret, VersionStage=stage)
        if found is None or UNKNOWN in (inputs.get("secretString"), inputs.get("secretBinary")):
            return None
        id_ = f"{secret}|{found['VersionId']}"
        shown = self.read(aws, id_, {}) or {}
        values = ("secretString", "secretBinary")
        return id_ if all(shown.get(name) == inputs.get(name) for name in values) else None

    def _stages(self, aws: Aws, secret: str) -> dict[str, str]:
        """Return which version holds each stage."""
        shown = aws.call("secretsmanager.describe_secret", SecretId=secret)
        held = shown.get("VersionIdsToStages", {}).items()
        return {stage: version for version, stages in held for stage in stages}

    def _move(
        self, aws: Aws, secret: str, stage: str, *, to: str | None = None, of: str | None = None
    ) -> None:
        moves = {"MoveToVersionId": to, "RemoveFromVersionId": of}
        aws.call(
            "secretsmanager.update_secret_version_stage",
            SecretId=secret,
            VersionStage=stage,
            **{name: version for name, version in moves.items() if version},
        )
