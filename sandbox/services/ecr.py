"""ECR: repository and its lifecycle policy."""

import json
from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.carry import Autoname, Describe, kept, member, same
from sandbox.provider.resource import Problem, ResourceType, decoded
from sandbox.provider.values import Props
from sandbox.services.forms import made_by
from sandbox.services.references import require_key
from sandbox.services.tagging import TaggedType, Tagging

TAGS = Tagging(
    tags="tag_resource",
    untags="untag_resource",
    named="resourceArn",
    lists="list_tags_for_resource",
    listed="tags",
    member="tags",
    keys="tagKeys",
)


class Repository(TaggedType):
    """A repository of images; its id is its name."""

    token = "aws:ecr/repository:Repository"
    service = "ecr"
    creates = "create_repository"
    created = "repository.repositoryName"
    describe = Describe(
        "describe_repositories", lambda name: {"repositoryNames": [name]}, "repositories[0]"
    )
    autoname = Autoname(longest=256, lower=True)
    tagging = TAGS
    inputs = {
        "encryptionConfigurations": member(
            "encryptionConfiguration",
            encode=lambda blocks: blocks[0] if blocks else {"encryptionType": "AES256"},
            decode=lambda block: [decoded(block)],
            default=[{"encryptionType": "AES256"}],
        ),
        "forceDelete": kept(
            "goes with the request that deletes the repository",
            operation="delete_repository",
            name="force",
        ),
        "imageScanningConfiguration": same(),
        "imageTagMutability": same(),
        "imageTagMutabilityExclusionFilters": same(),
        "name": member("repositoryName"),
        "tags": TAGS.carried(),
    }
    outputs = {
        "arn": "repositoryArn",
        "registryId": "registryId",
        "repositoryUrl": "repositoryUri",
    }

    def check(self, props: Props) -> Iterator[Problem]:
        """Want filters where, and only where, the mutability has exceptions."""
        excepts = str(props.get("imageTagMutability", "")).endswith("_WITH_EXCLUSION")
        filters = props.get("imageTagMutabilityExclusionFilters")
        if excepts != bool(filters) and isinstance(props.get("imageTagMutability"), str):
            yield (
                "imageTagMutabilityExclusionFilters",
                "must be given with, and only with, a mutability that ends in _WITH_EXCLUSION",
            )
        blocks = props.get("encryptionConfigurations")
        if isinstance(blocks, list) and len(blocks) > 1:
            yield "encryptionConfigurations", "must have one block at most"

    def create(self, aws: Aws, new: Props) -> str:
        """Create the repository with a key that exists."""
        for block in new.get("encryptionConfigurations") or []:
            require_key(aws, "ecr.create_repository", block.get("kmsKey"))
        return super().create(aws, new)

    def target(self, aws: Aws, id_: str) -> str:
        return aws.arn("ecr", f"repository/{id_}")

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Change what differs; what was taken away goes back to AWS's default."""
        super().update(aws, id_, old, new, changed)
        if changed & {"imageTagMutability", "imageTagMutabilityExclusionFilters"}:
            given = {"imageTagMutability": "MUTABLE", **new}
            self._send(aws, "put_image_tag_mutability", id_, given)
        if "imageScanningConfiguration" in changed:
            given = {"imageScanningConfiguration": {"scanOnPush": False}, **new}
            self._send(aws, "put_image_scanning_configuration", id_, given)

    def _send(self, aws: Aws, request: str, id_: str, props: Props) -> None:
        params = self.params(request, {**props, "name": id_})
        aws.call(f"ecr.{request}", **params)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Delete the repository; with images in it only if so told."""
        force = old.get("forceDelete") is True
        aws.call("ecr.delete_repository", repositoryName=id_, force=force)


class LifecyclePolicy(ResourceType):
    """Which images of a repository expire; its id is the repository's name.

    A repository has one: to delete the old policy after the new one is put takes both away
    (pulumi-aws pull request 2085).
    """

    token = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
    service = "ecr"
    creates = "put_lifecycle_policy"
    created = "repositoryName"
    describe = Describe("get_lifecycle_policy", lambda name: {"repositoryName": name}, "@")
    delete_first = True
    deletes = "delete_lifecycle_policy"
    identified = "repositoryName"
    inputs = {"policy": member("lifecyclePolicyText"), "repository": member("repositoryName")}
    outputs = {"registryId": "registryId"}

    def check(self, props: Props) -> Iterator[Problem]:
        """Want JSON with rules; what the rules say the registry checks itself."""
        policy = props.get("policy")
        if not isinstance(policy, str):
            return
        try:
            written: Any = json.loads(policy)
        except ValueError as error:
            yield "policy", f"must be JSON: {error}"
            return
        if not isinstance(written, dict) or not written.get("rules"):
            yield "policy", "must be an object with at least one of rules"

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the repository if it has this policy."""
        name = str(inputs["repository"])
        return name if made_by(self, aws, name, inputs) else None
