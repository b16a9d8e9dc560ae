"""Rules for the audit trail: what it records, where to, and who can touch it."""

from collections.abc import Callable, Mapping

from policies.graph import STACK, Graph, Resource
from policies.place import Place, every, some
from policies.rule import Severity, rule
from policies.verdict import PASS, Kind, Verdict, all_of, any_of, fail, needed

TRAIL = "aws:cloudtrail/trail:Trail"
BUCKET = "aws:s3/bucket:Bucket"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
LOGGING = "aws:s3/bucketLogging:BucketLogging"

MANAGEMENT = {"eventCategory": "Management"}
OBJECTS = {"eventCategory": "Data", "resources.type": "AWS::S3::Object"}
EVERY_OBJECT = ("arn:aws:s3", "arn:aws:s3:::")
"""How a basic selector says every object of every bucket (AWS docs "DataResource")."""


@rule(
    "cloudtrail-trail-exists",
    STACK,
    severity=Severity.HIGH,
    why="Without a trail nobody can say afterwards who did what.",
    fix="Add a trail to the stack.",
    controls=["FSBP CloudTrail.3"],
)
def trail_exists(_: Resource, graph: Graph) -> Verdict:
    """An environment has an audit trail."""
    return PASS if graph.of(TRAIL) else fail(TRAIL, "must be there")


@rule(
    "cloudtrail-every-region",
    TRAIL,
    severity=Severity.HIGH,
    why="What is done in a region without a trail, or in IAM, would leave no trace.",
    fix="Set isMultiRegionTrail, and leave includeGlobalServiceEvents on.",
    controls=["FSBP CloudTrail.1", "CIS 3.1"],
)
def every_region(trail: Resource, _: Graph) -> Verdict:
    """A trail records every region and the global services."""
    return all_of(
        trail["isMultiRegionTrail"].or_else(False).is_(True),
        trail["includeGlobalServiceEvents"].or_else(True).is_(True),
    )


@rule(
    "cloudtrail-management-events",
    TRAIL,
    severity=Severity.HIGH,
    why="A change of a policy, a key or the network would leave no trace.",
    fix="Select management events, reads and writes, and leave no service out.",
    controls=["FSBP CloudTrail.1", "CIS 3.1"],
)
def management_events(trail: Resource, _: Graph) -> Verdict:
    """A trail records every call that manages something."""
    given = any_of(trail["eventSelectors"].given(), trail["advancedEventSelectors"].given())
    if given.kind is Kind.FAIL:
        return PASS  # Left alone, a trail records just these (AWS docs "Management events").
    return _selected(trail, _manages, MANAGEMENT)


@rule(
    "cloudtrail-object-events",
    TRAIL,
    severity=Severity.MEDIUM,
    why="Nobody could say which objects a thief has read or a program has overwritten.",
    fix="Select data events of AWS::S3::Object, reads and writes, of every bucket.",
    controls=["CIS 3.8", "CIS 3.9"],
)
def object_events(trail: Resource, _: Graph) -> Verdict:
    """A trail records who reads and writes the objects in buckets."""
    return _selected(trail, _reads_objects, OBJECTS)


@rule(
    "cloudtrail-own-key",
    TRAIL,
    severity=Severity.MEDIUM,
    why="Whoever can read the bucket could read the trail.",
    fix="Set kmsKeyId to the environment's key.",
    controls=["FSBP CloudTrail.2", "CIS 3.5"],
)
def own_key(trail: Resource, _: Graph) -> Verdict:
    """A trail is encrypted with a key of our own."""
    return trail["kmsKeyId"].given()


@rule(
    "cloudtrail-file-validation",
    TRAIL,
    severity=Severity.LOW,
    why="Nobody could prove that a file of the trail was not changed or taken away.",
    fix="Set enableLogFileValidation.",
    controls=["FSBP CloudTrail.4", "CIS 3.2"],
)
def file_validation(trail: Resource, _: Graph) -> Verdict:
    """The files of a trail are signed."""
    return trail["enableLogFileValidation"].or_else(False).is_(True)


@rule(
    "cloudtrail-to-log-group",
    TRAIL,
    severity=Severity.LOW,
    why="No alarm can be set on what lies in a bucket only.",
    fix="Set cloudWatchLogsGroupArn, and cloudWatchLogsRoleArn to a role that may write there.",
    controls=["FSBP CloudTrail.5"],
)
def to_log_group(trail: Resource, _: Graph) -> Verdict:
    """A trail is written to a log group too."""
    return all_of(trail["cloudWatchLogsGroupArn"].given(), trail["cloudWatchLogsRoleArn"].given())


@rule(
    "cloudtrail-logging-on",
    TRAIL,
    severity=Severity.HIGH,
    why="A trail that is switched off records nothing.",
    fix="Leave enableLogging on.",
    controls=["FSBP CloudTrail.3"],
)
def logging_on(trail: Resource, _: Graph) -> Verdict:
    """A trail is switched on."""
    return trail["enableLogging"].or_else(True).is_(True)


@rule(
    "cloudtrail-bucket-private",
    TRAIL,
    severity=Severity.CRITICAL,
    why="A public trail tells everybody how the account is used and where it is weak.",
    fix="Write the trail to a bucket of the stack whose public access block sets all four.",
    controls=["FSBP CloudTrail.6"],
)
def bucket_private(trail: Resource, graph: Graph) -> Verdict:
    """The bucket of a trail can't be made public."""
    wanted = "must be a bucket of this stack whose public access block sets all four"
    return _of_bucket(trail, graph, BLOCK, _blocks_all, wanted)


@rule(
    "cloudtrail-bucket-logged",
    TRAIL,
    severity=Severity.LOW,
    why="Nobody could say who has read the trail or tried to.",
    fix="Write the trail to a bucket of the stack that has access logs.",
    controls=["FSBP CloudTrail.7", "CIS 3.4"],
)
def bucket_logged(trail: Resource, graph: Graph) -> Verdict:
    """Who reads the bucket of a trail is recorded."""
    wanted = "must be a bucket of this stack that has access logs"
    return _of_bucket(trail, graph, LOGGING, lambda logs: logs["targetBucket"].given(), wanted)


def _of_bucket(
    trail: Resource, graph: Graph, type_: str, check: Callable[[Resource], Verdict], wanted: str
) -> Verdict:
    """Hold a check against what the trail's bucket has of a type, and must have."""
    found = every(
        graph.linked(trail, "s3BucketName", BUCKET),
        lambda bucket: needed(
            some(graph.referring(bucket, type_, "bucket"), check), "s3BucketName", wanted
        ),
    )
    return needed(found, "s3BucketName", wanted)


def _blocks_all(block: Resource) -> Verdict:
    return all_of(
        block["blockPublicAcls"].or_else(False).is_(True),
        block["blockPublicPolicy"].or_else(False).is_(True),
        block["ignorePublicAcls"].or_else(False).is_(True),
        block["restrictPublicBuckets"].or_else(False).is_(True),
    )


def _selected(
    trail: Resource, basic: Callable[[Place], Verdict], fields: Mapping[str, str]
) -> Verdict:
    """Pass where one selector, basic or advanced, selects all events of a kind."""
    found = any_of(
        some(trail["eventSelectors"].items(), basic),
        some(trail["advancedEventSelectors"].items(), lambda each: _has_only(each, fields)),
    )
    return needed(found, "advancedEventSelectors", "must select all of these events")


def _manages(selector: Place) -> Verdict:
    return all_of(
        selector["includeManagementEvents"].or_else(True).is_(True),
        selector["readWriteType"].or_else("All").is_("All"),
        selector["excludeManagementEventSources"].absent(),
    )


def _reads_objects(selector: Place) -> Verdict:
    every_object = some(
        selector["dataResources"].items(),
        lambda each: all_of(
            each["type"].is_("AWS::S3::Object"),
            some(each["values"].items(), lambda value: value.is_one_of(EVERY_OBJECT)),
        ),
    )
    return all_of(
        selector["readWriteType"].or_else("All").is_("All"),
        needed(every_object, f"{selector.path}.dataResources", "must be every object"),
    )


def _has_only(selector: Place, fields: Mapping[str, str]) -> Verdict:
    """Pass where a selector asks for these fields and for none that would leave events out."""
    found = selector["fieldSelectors"].items()
    asked = (
        needed(
            any_of(*(_asks(each, name, value) for each in found)),
            f"{selector.path}.fieldSelectors",
            f"must have {name} equal {value}",
        )
        for name, value in fields.items()
    )
    return all_of(*asked, every(found, lambda each: _harmless(each, fields)))


def _asks(field: Place, name: str, value: str) -> Verdict:
    equal = some(field["equals"].items(), lambda each: each.is_(value))
    return all_of(
        field["field"].is_(name), needed(equal, f"{field.path}.equals", f"must have {value}")
    )


def _harmless(field: Place, fields: Mapping[str, str]) -> Verdict:
    # A bucket of logs is left out, or each log that is written would be logged.
    leaves_out = all_of(
        field["field"].is_("resources.ARN"),
        field["equals"].absent(),
        field["startsWiths"].absent(),
        field["endsWiths"].absent(),
    )
    return any_of(leaves_out, *(_asks(field, name, value) for name, value in fields.items()))
