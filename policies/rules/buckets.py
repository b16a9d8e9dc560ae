"""Rules for S3 buckets, and for the resources that set up one aspect of a bucket each."""

from collections.abc import Callable

from policies.graph import Graph, Resource
from policies.place import Place, every, one_of
from policies.rule import Severity, rule
from policies.verdict import NOT_APPLICABLE, Verdict, all_of, any_of, fail

BUCKET = "aws:s3/bucket:Bucket"
PUBLIC_ACCESS = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ENCRYPTION = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
LOGGING = "aws:s3/bucketLogging:BucketLogging"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"

BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
FILTERS = ("and", "objectSizeGreaterThan", "objectSizeLessThan", "prefix", "tag")
UNFINISHED_DAYS = 7
"""What Amazon S3 User Guide, "Aborting incomplete multipart uploads", takes as its example."""


def _each(
    bucket: Resource, graph: Graph, type_: str, check: Callable[[Resource], Verdict]
) -> Verdict:
    """Hold a check against what sets up one aspect of a bucket; it fails where nothing does."""
    found = graph.referring(bucket, type_, "bucket")
    if not found:
        return fail("", f"must have a {type_.rpartition(':')[2]}")
    return every(found, check)


@rule(
    "s3-bucket-public-access-blocked",
    BUCKET,
    severity=Severity.HIGH,
    why="One wrong policy or ACL, on the bucket or on an object, gives data to everyone.",
    fix="Give the bucket a BucketPublicAccessBlock with all four settings true.",
    controls=["FSBP S3.8", "CIS 2.1.4"],
)
def public_access_blocked(bucket: Resource, graph: Graph) -> Verdict:
    """Nothing can make a bucket public."""
    return _each(
        bucket,
        graph,
        PUBLIC_ACCESS,
        lambda block: every(
            BLOCKS, lambda name: block[name].of(block.name).or_else(False).is_(True)
        ),
    )


@rule(
    "s3-bucket-own-key",
    BUCKET,
    severity=Severity.MEDIUM,
    why="With S3's own key whoever may read the bucket may decrypt, and no key policy says no.",
    fix="Set sseAlgorithm to aws:kms and kmsMasterKeyId to the environment's key.",
    controls=["FSBP S3.17"],
)
def own_key(bucket: Resource, graph: Graph) -> Verdict:
    """A bucket is encrypted with a key of our own."""
    # S3 and load balancers deliver access logs with S3's own key only (docs/decisions/0009).
    if graph.referring(bucket, LOGGING, "targetBucket") or graph.referring(
        bucket, LOAD_BALANCER, "accessLogs"
    ):
        return NOT_APPLICABLE
    return _each(bucket, graph, ENCRYPTION, _is_own_key)


def _is_own_key(encryption: Resource) -> Verdict:
    rules = encryption["rules"].of(encryption.name)
    return all_of(rules.given(), every(rules.items(), _encrypts_with_own_key))


def _encrypts_with_own_key(each: Place) -> Verdict:
    default = each["applyServerSideEncryptionByDefault"]
    return all_of(
        default["sseAlgorithm"].is_one_of(("aws:kms", "aws:kms:dsse")),
        default["kmsMasterKeyId"].given(),
    )


@rule(
    "s3-bucket-versioned",
    BUCKET,
    severity=Severity.LOW,
    why="What is overwritten or deleted by mistake is gone.",
    fix="Give the bucket a BucketVersioning with status Enabled.",
    controls=["FSBP S3.14"],
)
def versioned(bucket: Resource, graph: Graph) -> Verdict:
    """A bucket keeps what is overwritten or deleted."""
    return _each(
        bucket,
        graph,
        VERSIONING,
        lambda each: each["versioningConfiguration"].of(each.name)["status"].is_("Enabled"),
    )


@rule(
    "s3-bucket-old-versions-expire",
    BUCKET,
    severity=Severity.MEDIUM,
    why="Data that was deleted, perhaps because it had to be, stays for ever as an old version.",
    fix="Give the bucket a lifecycle rule with noncurrentVersionExpiration for all that is in it.",
    controls=["FSBP S3.10", "FSBP S3.13"],
)
def old_versions_expire(bucket: Resource, graph: Graph) -> Verdict:
    """Old versions of what is in a bucket are deleted after a time."""
    return _tidied(
        bucket,
        graph,
        lambda each: each["noncurrentVersionExpiration"]["noncurrentDays"].at_least(1),
        "must end noncurrent versions in the whole bucket",
    )


@rule(
    "s3-bucket-unfinished-uploads-dropped",
    BUCKET,
    severity=Severity.LOW,
    why="Parts of uploads that never ended can't be seen, and are paid for and kept for ever.",
    fix="Give the bucket a lifecycle rule with abortIncompleteMultipartUpload, 7 days or fewer.",
    controls=["CKV_AWS_300"],
)
def unfinished_uploads_dropped(bucket: Resource, graph: Graph) -> Verdict:
    """Uploads that never ended are dropped from a bucket within a week."""
    return _tidied(
        bucket,
        graph,
        lambda each: each["abortIncompleteMultipartUpload"]["daysAfterInitiation"].at_most(
            UNFINISHED_DAYS
        ),
        f"must drop unfinished uploads in the whole bucket within {UNFINISHED_DAYS} days",
    )


def _tidied(
    bucket: Resource, graph: Graph, check: Callable[[Place], Verdict], wanted: str
) -> Verdict:
    """Pass where a rule that is on, for the whole bucket, passes the check."""
    return _each(
        bucket,
        graph,
        LIFECYCLE,
        lambda lifecycle: one_of(
            lifecycle["rules"].items(),
            lambda each: all_of(each["status"].is_("Enabled"), _is_for_all(each), check(each)),
            f"{lifecycle.name}.rules",
            wanted,
        ),
    )


def _is_for_all(each: Place) -> Verdict:
    return all_of(each["prefix"].empty(), every(FILTERS, lambda name: each["filter"][name].empty()))


@rule(
    "s3-bucket-access-logged",
    BUCKET,
    severity=Severity.MEDIUM,
    why="After a leak nobody could say what was read, and by whom.",
    fix="Give the bucket a BucketLogging to the bucket that takes access logs.",
    controls=["FSBP S3.9"],
)
def access_logged(bucket: Resource, graph: Graph) -> Verdict:
    """Each request to a bucket is logged in another bucket."""
    # The bucket that takes the logs would log its own logging, without end.
    if any(
        bucket.key not in logging.links.get("bucket", ())
        for logging in graph.referring(bucket, LOGGING, "targetBucket")
    ):
        return NOT_APPLICABLE
    return _each(bucket, graph, LOGGING, lambda logging: _logs_elsewhere(logging, bucket))


def _logs_elsewhere(logging: Resource, bucket: Resource) -> Verdict:
    target = logging["targetBucket"].of(logging.name)
    if bucket.key in logging.links.get("targetBucket", ()):
        return fail(target.path, "must be another bucket")
    return target.given()


@rule(
    "s3-bucket-without-acls",
    BUCKET,
    severity=Severity.MEDIUM,
    why="An ACL on any single object gives it to others, past every policy.",
    fix="Set objectOwnership to BucketOwnerEnforced and leave acl out.",
    controls=["FSBP S3.12"],
)
def without_acls(bucket: Resource, graph: Graph) -> Verdict:
    """A bucket knows no ACLs: policies alone say who may do what."""
    return all_of(
        # What S3 reports of a bucket without ACLs.
        any_of(bucket["acl"].absent(), bucket["acl"].is_("private")),
        _each(
            bucket,
            graph,
            OWNERSHIP,
            lambda each: each["rule"].of(each.name)["objectOwnership"].is_("BucketOwnerEnforced"),
        ),
    )


@rule(
    "s3-bucket-not-emptied",
    BUCKET,
    severity=Severity.MEDIUM,
    why="A bucket that leaves the program by mistake is deleted with all that is in it.",
    fix="Leave forceDestroy false.",
)
def not_emptied(bucket: Resource, graph: Graph) -> Verdict:
    """In the reference environment no deployment empties a bucket."""
    # The others are meant to be taken down whole (docs/decisions/0013).
    if not graph.reference:
        return NOT_APPLICABLE
    return bucket["forceDestroy"].or_else(False).is_(False)
