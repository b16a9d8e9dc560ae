"""The registry of the application's container images."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import ecr

from components.tags import child_tags

REPOSITORY_NAME = re.compile(r"(?=.{2,256}$)[a-z0-9]+([._/-][a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class ImageRegistryArgs:
    """What a caller must say; scanning, immutable tags and encryption are not choices."""

    repository_name: str
    """Name that people push to, e.g. ``storefront``."""
    keep_images: int
    """How many images stay; a release older than that can no longer be rolled back to."""
    kms_key_arn: Input[str]
    protect: bool
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Reject a registry that ECR would refuse or that could lose the running release."""
        if not REPOSITORY_NAME.fullmatch(self.repository_name):
            raise ValueError(
                "repository_name must be lower-case letters and digits, parted by one of ._-/, "
                f"got {self.repository_name!r}"
            )
        if self.keep_images < 2:  # noqa: PLR2004  (the running release and the one before)
            raise ValueError(f"keep_images must be at least 2, got {self.keep_images}")


class ImageRegistry(pulumi.ComponentResource):
    """A private repository in which a tag never changes what it names."""

    repository_url: Output[str]
    """Host and name without a tag; an image is addressed as ``<url>@sha256:<digest>``."""
    arn: Output[str]
    name: Output[str]

    def __init__(
        self, name: str, args: ImageRegistryArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:compute:ImageRegistry", name, None, opts)
        repository = ecr.Repository(
            f"{name}-images",
            name=args.repository_name,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=ecr.RepositoryImageScanningConfigurationArgs(
                scan_on_push=True
            ),
            encryption_configurations=[
                ecr.RepositoryEncryptionConfigurationArgs(
                    encryption_type="KMS", kms_key=args.kms_key_arn
                )
            ],
            force_delete=not args.protect,
            tags=child_tags(args.tags, name, f"{name}-images"),
            opts=ResourceOptions(parent=self, protect=args.protect),
        )
        ecr.LifecyclePolicy(
            f"{name}-lifecycle",
            repository=repository.name,
            policy=json.dumps(lifecycle(args.keep_images)),
            opts=ResourceOptions(parent=self),
        )
        self.repository_url = repository.repository_url
        self.arn = repository.arn
        self.name = repository.name
        self.register_outputs(
            {"repository_url": self.repository_url, "arn": self.arn, "name": self.name}
        )


def lifecycle(keep_images: int) -> dict[str, object]:
    """Return the lifecycle policy that keeps the newest ``keep_images`` images.

    Source: Amazon ECR User Guide, "Examples of lifecycle policies in Amazon ECR".
    """
    return {
        "rules": [
            {
                "rulePriority": 1,
                "description": f"Keep the newest {keep_images} images",
                "selection": {
                    "tagStatus": "any",
                    "countType": "imageCountMoreThan",
                    "countNumber": keep_images,
                },
                "action": {"type": "expire"},
            }
        ]
    }
