"""The registry keeps what a rollback needs, scanned, encrypted and under tags that stay."""

import json
from dataclasses import replace
from typing import Any

import pytest

from components.image_registry import ImageRegistry, ImageRegistryArgs
from tests.support.graph import Graph, once, record

STAGING = ImageRegistryArgs(
    repository_name="storefront",
    keep_images=50,
    kms_key_arn="arn:aws:kms:eu-west-1:222222222222:key/main",
    protect=False,
    tags={"Owner": "platform"},
)
PRODUCTION = replace(STAGING, protect=True)

REPOSITORY = "aws:ecr/repository:Repository"
LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy"

both = pytest.mark.parametrize("args", [STAGING, PRODUCTION], ids=["staging", "production"])


@once
def deploy(args: ImageRegistryArgs) -> Graph:
    """Build one registry offline."""
    return record(lambda: ImageRegistry("registry", args))


def test_both_sizes_have_the_same_shape() -> None:
    assert deploy(STAGING).shape == deploy(PRODUCTION).shape


@both
def test_images_are_scanned_encrypted_and_never_retagged(args: ImageRegistryArgs) -> None:
    repository = deploy(args).one(REPOSITORY).inputs

    assert repository["name"] == "storefront"
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
    assert repository["encryptionConfigurations"] == [
        {"encryptionType": "KMS", "kmsKey": args.kms_key_arn}
    ]
    assert repository["tags"] == {
        "Owner": "platform",
        "Component": "registry",
        "Name": "registry-images",
    }


@both
def test_only_so_many_images_are_kept(args: ImageRegistryArgs) -> None:
    node = deploy(args).one(LIFECYCLE).inputs
    [rule] = json.loads(node["policy"])["rules"]

    assert node["repository"] == "storefront"
    assert rule["action"] == {"type": "expire"}
    assert rule["selection"] == {
        "tagStatus": "any",
        "countType": "imageCountMoreThan",
        "countNumber": 50,
    }


def test_images_go_with_the_repository_only_where_it_is_not_protected() -> None:
    small, large = (deploy(args).one(REPOSITORY) for args in (STAGING, PRODUCTION))

    assert (small.inputs["forceDelete"], small.options["protect"]) == (True, False)
    assert (large.inputs["forceDelete"], large.options["protect"]) == (False, True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"repository_name": "Storefront"}, "repository_name must be .* got 'Storefront'"),
        ({"keep_images": 1}, "keep_images must be at least 2, got 1"),
    ],
)
def test_a_registry_that_could_lose_the_release_is_refused(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        replace(STAGING, **change)
