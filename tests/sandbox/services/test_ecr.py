"""Repositories and their lifecycle policies through their lives on moto."""

import json

import pytest

from sandbox.errors import SandboxError
from tests.support.cloud import ACCOUNT, Cloud, settled
from tests.support.foundations import a_key

LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
REPOSITORY = "aws:ecr/repository:Repository"


def keeping(images: int) -> str:
    rule = {
        "rulePriority": 1,
        "selection": {
            "tagStatus": "any",
            "countType": "imageCountMoreThan",
            "countNumber": images,
        },
        "action": {"type": "expire"},
    }
    return json.dumps({"rules": [rule]})


def test_a_repository_lives_changes_and_goes(cloud: Cloud) -> None:
    encryption = {"encryptionType": "KMS", "kmsKey": a_key(cloud)}
    repository = cloud.make(
        REPOSITORY,
        "r",
        {
            "name": "shop",
            "imageTagMutability": "IMMUTABLE",
            "imageScanningConfiguration": {"scanOnPush": True},
            "encryptionConfigurations": [encryption],
            "tags": {"Name": "shop"},
        },
    )
    settled(repository)
    assert repository.props["arn"] == f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/shop"
    assert repository.props["repositoryUrl"].endswith("amazonaws.com/shop")
    repository.update(
        imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters=[{"filter": "latest*", "filterType": "WILDCARD"}],
        imageScanningConfiguration=None,
        tags={"More": "yes"},
    )
    settled(repository)
    imported = repository.imported()
    assert imported["encryptionConfigurations"] == [encryption]
    assert imported["imageScanningConfiguration"] == {"scanOnPush": False}
    cloud.boto3("ecr").put_image_tag_mutability(repositoryName="shop", imageTagMutability="MUTABLE")
    assert "imageTagMutability" in (repository.refresh() or set())
    repository.delete()
    assert repository.refresh() is None
    assert repository.found() is None


def test_images_are_deleted_only_when_told_to(cloud: Cloud) -> None:
    repository = cloud.make(REPOSITORY, "full", {"name": "full"})
    media_type = "application/vnd.docker.distribution.manifest.v2+json"
    manifest = {
        "schemaVersion": 2,
        "mediaType": media_type,
        "config": {"digest": "sha256:1"},
        "layers": [],
    }
    cloud.boto3("ecr").put_image(
        repositoryName="full", imageManifest=json.dumps(manifest), imageTag="1"
    )
    with pytest.raises(SandboxError, match="RepositoryNotEmpty"):
        repository.delete()
    repository.update(forceDelete=True)
    repository.delete()
    assert repository.refresh() is None


def test_a_repository_that_ecr_would_refuse_is_refused(cloud: Cloud) -> None:
    problems = cloud.problems(
        REPOSITORY, {"name": "Shop", "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION"}
    )
    assert set(problems) == {"name", "imageTagMutabilityExclusionFilters"}
    key = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/00000000-0000-0000-0000-000000000000"
    with pytest.raises(SandboxError, match="does not exist"):
        cloud.make(
            REPOSITORY,
            "r",
            {
                "name": "keyless",
                "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": key}],
            },
        )


def test_a_lifecycle_policy_lives_and_goes(cloud: Cloud) -> None:
    cloud.make(REPOSITORY, "kept", {"name": "kept"})
    policy = cloud.make(LIFECYCLE, "k", {"repository": "kept", "policy": keeping(50)})
    settled(policy)
    assert policy.props["registryId"] == ACCOUNT
    assert json.loads(policy.imported()["policy"]) == json.loads(keeping(50))
    assert policy.plan(policy=keeping(40)).replaces == {"policy"}
    replaced = policy.plan(policy=keeping(40))
    assert (replaced.replaces, replaced.delete_first) == ({"policy"}, True)
    cloud.boto3("ecr").put_lifecycle_policy(repositoryName="kept", lifecyclePolicyText=keeping(3))
    assert policy.refresh() == {"policy"}
    policy.delete()
    assert policy.refresh() is None
    assert policy.found() is None
    assert "policy" in cloud.problems(LIFECYCLE, {"repository": "kept", "policy": "{}"})
