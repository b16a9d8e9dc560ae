"""Rules for what must not be lost: in production nothing deletes it, by mistake or in passing."""

from policies.graph import Graph, Resource
from policies.place import Place
from policies.rule import Severity, rule
from policies.verdict import NOT_APPLICABLE, Verdict

DATABASE = "aws:rds/instance:Instance"
BUCKET = "aws:s3/bucket:Bucket"
KEY = "aws:kms/key:Key"
VAULT = "aws:backup/vault:Vault"
REPOSITORY = "aws:ecr/repository:Repository"
ZONE = "aws:route53/zone:Zone"
TRAIL = "aws:cloudtrail/trail:Trail"


@rule(
    "protected-in-production",
    DATABASE,
    BUCKET,
    KEY,
    VAULT,
    REPOSITORY,
    ZONE,
    TRAIL,
    severity=Severity.HIGH,
    why="No deployment brings back what one has deleted: data, images, keys, a zone's servers.",
    fix="Set the resource option protect; who wants it gone then says so beforehand.",
    controls=["WA REL09"],
)
def protected(resource: Resource, graph: Graph) -> Verdict:
    """In production the engine refuses to delete what holds data."""
    # A secret is left out: until its recovery window has passed it can be restored.
    if not graph.reference:
        return NOT_APPLICABLE
    return Place("protect", resource.options.get("protect")).or_else(False).is_(True)


@rule(
    "kept-with-content-in-production",
    REPOSITORY,
    VAULT,
    ZONE,
    severity=Severity.HIGH,
    why="AWS refuses to delete what is not empty, unless the provider empties it first.",
    fix="Leave forceDelete and forceDestroy off.",
)
def kept_with_content(resource: Resource, graph: Graph) -> Verdict:
    """In production nothing is emptied so that it can be deleted."""
    # Buckets have a rule of their own: s3-bucket-not-emptied.
    if not graph.reference:
        return NOT_APPLICABLE
    force = "forceDelete" if resource.type == REPOSITORY else "forceDestroy"
    return resource[force].or_else(False).is_(False)
