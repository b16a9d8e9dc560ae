"""Whether the account's trail is written, and what was written stays."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from operations.audit.account import Account
from operations.audit.outcome import Evidence, bad, check, judged
from operations.audit.trust import document, listed
from operations.aws import AwsRefusedError
from operations.errors import OperationError
from policies.rule import Severity

TRAIL = "aws:cloudtrail/trail:Trail"
BUCKET = "aws:s3/bucket:Bucket"
SILENT = timedelta(hours=24)
DELETING = ("s3:DeleteObject", "s3:DeleteObjectVersion")


@check(
    "account-trail-logs",
    severity=Severity.CRITICAL,
    why="Nobody could say afterwards who did what; switching it off is what attackers do first.",
    fix="Switch the trail on (cloudtrail start-logging), then look who switched it off.",
    controls=["FSBP CloudTrail.1", "FSBP CloudTrail.3", "CIS 3.1"],
)
def trail_logs(account: Account) -> Iterator[Evidence]:
    """A trail of every region is switched on and delivers to the log archive."""
    archive = account.place.outputs.get("trailBucket")
    trails = account.ask("cloudtrail", "describe_trails")["trailList"]
    own = [each for each in trails if each.get("S3BucketName") == archive]
    if not own:
        yield bad(account.itself, "trails", f"no trail is written to the bucket {archive}")
    for trail in own:
        resource = f"{TRAIL}::{trail['Name']}"
        status = account.ask("cloudtrail", "get_trail_status", Name=trail["TrailARN"])
        wide = trail.get("IsMultiRegionTrail") is True
        on = status.get("IsLogging") is True
        yield judged(resource, "isLogging", "switched on" if on else "switched off", well=on)
        words = "every region" if wide else "one region only"
        yield judged(resource, "isMultiRegionTrail", words, well=wide)
        error = status.get("LatestDeliveryError", "")
        last = status.get("LatestDeliveryTime")
        late = last is None or datetime.now(UTC) - last > SILENT
        words = f"last delivered {last}" if last else "never delivered"
        words = f"{words}, {error}" if error else words
        yield judged(resource, "latestDeliveryTime", words, well=not late and not error)


@check(
    "account-log-archive-intact",
    severity=Severity.HIGH,
    why="Whoever can delete logs leaves no trace.",
    fix="Put it back (pulumi up --refresh), then look who changed the bucket.",
    controls=["FSBP S3.14", "FSBP S3.15"],
)
def log_archive_intact(account: Account) -> Iterator[Evidence]:
    """The buckets of logs keep every version and let nobody delete; the trail's is locked."""
    for output, locked in (("trailBucket", True), ("accessLogBucket", False)):
        name = account.place.outputs.get(output)
        if not name:
            raise OperationError(f"the stack has no output {output}")
        yield from _kept(account, str(name), locked=locked)


def _kept(account: Account, name: str, *, locked: bool) -> Iterator[Evidence]:
    resource = f"{BUCKET}::{name}"
    if name not in account.buckets:
        yield bad(resource, "bucket", "is not there")
        return
    status = account.ask("s3", "get_bucket_versioning", Bucket=name).get("Status")
    yield judged(resource, "versioning", str(status or "off"), well=status == "Enabled")
    denied = _denies_deleting(account, name)
    words = "denies everybody to delete" if denied else "lets objects be deleted"
    yield judged(resource, "policy", words, well=denied)
    if locked:
        days = _locked_days(account, name)
        words = f"locked for {days} days" if days else "not locked"
        yield judged(resource, "objectLockConfiguration", words, well=days > 0)


def _denies_deleting(account: Account, name: str) -> bool:
    try:
        policy = document(account.ask("s3", "get_bucket_policy", Bucket=name)["Policy"])
    except AwsRefusedError as error:
        if error.code != "NoSuchBucketPolicy":
            raise
        return False
    denied = {
        str(action)
        for each in listed(policy.get("Statement", []))
        if each.get("Effect") == "Deny"
        and "Condition" not in each
        and each.get("Principal") in ("*", {"AWS": "*"})
        for action in listed(each.get("Action", []))
    }
    return set(DELETING) <= denied or bool(denied & {"s3:Delete*", "s3:DeleteObject*", "s3:*"})


def _locked_days(account: Account, name: str) -> int:
    try:
        answer = account.ask("s3", "get_object_lock_configuration", Bucket=name)
    except AwsRefusedError as error:
        if error.code != "ObjectLockConfigurationNotFoundError":
            raise
        return 0
    rule = answer["ObjectLockConfiguration"].get("Rule", {}).get("DefaultRetention", {})
    return int(rule.get("Days") or 0) + 365 * int(rule.get("Years") or 0)
