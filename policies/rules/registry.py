"""Rules for ECR repositories."""

from policies.graph import Graph, Resource
from policies.place import Place, every
from policies.rule import Severity, rule
from policies.verdict import NOT_APPLICABLE, PASS, Verdict, all_of, fail

REPOSITORY = "aws:ecr/repository:Repository"
LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy"


@rule(
    "ecr-repository-scans-on-push",
    REPOSITORY,
    severity=Severity.HIGH,
    why="An image with a known hole would be released, and nobody would be told.",
    fix="Set imageScanningConfiguration.scanOnPush.",
    controls=["FSBP ECR.1"],
)
def scans_on_push(repository: Resource, _: Graph) -> Verdict:
    """Images are searched for known holes when they are pushed."""
    return repository["imageScanningConfiguration"]["scanOnPush"].or_else(False).is_(True)


@rule(
    "ecr-repository-immutable-tags",
    REPOSITORY,
    severity=Severity.MEDIUM,
    why="A tag that can be moved names another image tomorrow than it did at the review.",
    fix="Set imageTagMutability to IMMUTABLE.",
    controls=["FSBP ECR.2"],
)
def immutable_tags(repository: Resource, _: Graph) -> Verdict:
    """A tag names the same image for ever."""
    return repository["imageTagMutability"].or_else("MUTABLE").is_("IMMUTABLE")


@rule(
    "ecr-repository-own-key",
    REPOSITORY,
    severity=Severity.MEDIUM,
    why="With AWS's own key nobody can say who may decrypt an image, nor take it back.",
    fix="Set encryptionConfigurations to KMS with the environment's key; ECR makes it anew.",
    controls=["FSBP ECR.5"],
)
def own_key(repository: Resource, _: Graph) -> Verdict:
    """Images are encrypted with a key of our own."""
    encryption = repository["encryptionConfigurations"]
    return all_of(encryption.given(), every(encryption.items(), _with_key))


def _with_key(encryption: Place) -> Verdict:
    return all_of(
        encryption["encryptionType"].or_else("AES256").is_one_of(("KMS", "KMS_DSSE")),
        encryption["kmsKey"].given(),
    )


@rule(
    "ecr-repository-old-images-expire",
    REPOSITORY,
    severity=Severity.MEDIUM,
    why="Every image ever pushed would stay, be paid for and keep its old holes.",
    fix="Give the repository a lifecycle policy.",
    controls=["FSBP ECR.3"],
)
def old_images_expire(repository: Resource, graph: Graph) -> Verdict:
    """A lifecycle policy says how long images are kept."""
    if graph.referring(repository, LIFECYCLE, "repository"):
        return PASS
    return fail("name", "must be named by a lifecycle policy of this stack")


@rule(
    "ecr-repository-keeps-images",
    REPOSITORY,
    severity=Severity.MEDIUM,
    why="One wrong update would delete the images that run, and those to roll back to.",
    fix="Leave forceDelete out or set it to false.",
)
def keeps_images(repository: Resource, graph: Graph) -> Verdict:
    """The reference environment's repository cannot be deleted while it holds images."""
    # Another environment can be taken away whole.
    if not graph.reference:
        return NOT_APPLICABLE
    return repository["forceDelete"].or_else(False).is_(False)
