"""CloudTrail: the trail, with what it records and whether it records."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.carry import Autoname, Describe, by, member, same
from sandbox.provider.resource import Problem, decoded
from sandbox.provider.values import Props
from sandbox.services.forms import Renamed
from sandbox.services.references import listed, require_key, require_role, statements
from sandbox.services.shown import emptied
from sandbox.services.tagging import TaggedType, Tagging

SERVICE = "cloudtrail.amazonaws.com"
TAGS = Tagging(
    tags="add_tags",
    untags="remove_tags",
    named="ResourceId",
    lists="list_tags",
    member="TagsList",
)
FIELDS = Renamed(
    {
        "endsWiths": "EndsWith",
        "notEndsWiths": "NotEndsWith",
        "notStartsWiths": "NotStartsWith",
        "startsWiths": "StartsWith",
    }
)
ALL_MANAGEMENT = [{"ReadWriteType": "All", "IncludeManagementEvents": True}]
"""What a trail records that has been told nothing."""

TO_LOG_GROUP = {"cloudWatchLogsGroupArn", "cloudWatchLogsRoleArn"}
OFF: Props = {
    "cloudWatchLogsGroupArn": "",
    "cloudWatchLogsRoleArn": "",
    "enableLogFileValidation": False,
    "includeGlobalServiceEvents": True,
    "isMultiRegionTrail": False,
    "isOrganizationTrail": False,
    "kmsKeyId": "",
    "s3KeyPrefix": "",
    "snsTopicName": "",
}
"""What stands for an input that was taken away."""


class Trail(TaggedType):
    """A trail; its id is its ARN."""

    token = "aws:cloudtrail/trail:Trail"
    service = "cloudtrail"
    creates = "create_trail"
    created = "TrailARN"
    describe = Describe("get_trail", lambda arn: {"Name": arn}, "Trail")
    updates = "update_trail"
    identified = "Name"
    autoname = Autoname(longest=128)
    tagging = TAGS
    inputs = {
        "advancedEventSelectors": by(
            "put_event_selectors",
            "AdvancedEventSelectors",
            encode=FIELDS.encode,
            decode=FIELDS.decode,
            read="AdvancedEventSelectors",
        ),
        "cloudWatchLogsGroupArn": member("CloudWatchLogsLogGroupArn"),
        "cloudWatchLogsRoleArn": same(),
        "enableLogFileValidation": same(read="LogFileValidationEnabled"),
        "enableLogging": by("start_logging", read="IsLogging"),
        "eventSelectors": by("put_event_selectors", "EventSelectors", read="EventSelectors"),
        "includeGlobalServiceEvents": same(),
        "insightSelectors": by("put_insight_selectors", read="InsightSelectors"),
        "isMultiRegionTrail": same(),
        "isOrganizationTrail": same(),
        "kmsKeyId": same(),
        "name": same(),
        "s3BucketName": member("S3BucketName"),
        "s3KeyPrefix": member("S3KeyPrefix"),
        "snsTopicName": same(),
        "tags": TAGS.carried(),
    }
    outputs = {"arn": "TrailARN", "homeRegion": "HomeRegion", "snsTopicArn": "SnsTopicARN"}

    def check(self, props: Props) -> Iterator[Problem]:
        """Refuse what CloudTrail would refuse (CreateTrail, PutEventSelectors)."""
        if "eventSelectors" in props and "advancedEventSelectors" in props:
            yield "eventSelectors", "must not be given beside advancedEventSelectors"
        given = TO_LOG_GROUP & set(props)
        if len(given) == 1:
            yield min(TO_LOG_GROUP - given), f"is required with {min(given)}"
        everywhere = props.get("isMultiRegionTrail") is True
        if everywhere and props.get("includeGlobalServiceEvents") is False:
            yield "includeGlobalServiceEvents", "must be true for a trail of every region"
        group = props.get("cloudWatchLogsGroupArn")
        if isinstance(group, str) and not group.endswith(":*"):
            yield "cloudWatchLogsGroupArn", "must be the ARN of a log group with :* at its end"

    def create(self, aws: Aws, new: Props) -> str:
        """Create the trail where it may write."""
        self._require(aws, "cloudtrail.create_trail", new)
        return super().create(aws, new)

    def finish(self, aws: Aws, id_: str, new: Props) -> None:
        """Say what it records, and start."""
        if "eventSelectors" in new or "advancedEventSelectors" in new:
            self._select(aws, id_, new)
        if new.get("insightSelectors"):
            self._select_insights(aws, id_, new)
        self._log(aws, id_, new)

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Change what differs, each by its own request."""
        if changed - {"tags"}:
            self._require(aws, "cloudtrail.update_trail", new)
        super().update(aws, id_, old, {**OFF, **new}, changed)
        if changed & {"eventSelectors", "advancedEventSelectors"}:
            self._select(aws, id_, new)
        if "insightSelectors" in changed:
            self._select_insights(aws, id_, new)
        if "enableLogging" in changed:
            self._log(aws, id_, new)

    def _select(self, aws: Aws, id_: str, new: Props) -> None:
        params = self.params("put_event_selectors", new) or {"EventSelectors": ALL_MANAGEMENT}
        aws.call("cloudtrail.put_event_selectors", TrailName=id_, **params)

    def _select_insights(self, aws: Aws, id_: str, new: Props) -> None:
        params = self.params("put_insight_selectors", {"insightSelectors": [], **new})
        aws.call("cloudtrail.put_insight_selectors", TrailName=id_, **params)

    def _log(self, aws: Aws, id_: str, new: Props) -> None:
        request = "stop_logging" if new.get("enableLogging") is False else "start_logging"
        aws.call(f"cloudtrail.{request}", Name=id_)

    def _require(self, aws: Aws, request: str, new: Props) -> None:
        """Raise SandboxError unless the trail can write to everything that it names."""
        require_key(aws, request, new.get("kmsKeyId"))
        bucket = str(new["s3BucketName"])
        policy = aws.find("s3.get_bucket_policy", "Policy", Bucket=bucket)
        if policy is None or not any(_lets_in(each, bucket) for each in statements(policy)):
            raise SandboxError(
                f"{request}: InsufficientS3BucketPolicyException: the policy of bucket {bucket} "
                f"does not let {SERVICE} write to it"
            )
        if group := new.get("cloudWatchLogsGroupArn"):
            _require_group(aws, request, group)
            require_role(aws, request, new.get("cloudWatchLogsRoleArn"), SERVICE)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Delete the trail by its name: moto does nothing when given an ARN."""
        aws.call("cloudtrail.get_trail", Name=id_)
        aws.call("cloudtrail.delete_trail", Name=id_.rpartition("/")[2])

    def tags_shown(self, aws: Aws, id_: str) -> Any:
        path = "ResourceTagList[0].TagsList"
        return aws.find("cloudtrail.list_tags", path, ResourceIdList=[id_]) or []

    def retag(self, aws: Aws, id_: str, old: dict[str, str], new: dict[str, str]) -> None:
        """Take away the tags that went and set those that came."""
        gone = {key: value for key, value in old.items() if key not in new}
        if gone:
            aws.call("cloudtrail.remove_tags", ResourceId=id_, TagsList=TAGS.encoded(gone))
        if new:
            aws.call("cloudtrail.add_tags", ResourceId=id_, TagsList=TAGS.encoded(new))

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the trail with what it records and whether it does."""
        found = super().item(aws, id_, saved)
        if found is None:
            return None
        found = {name: value for name, value in found.items() if value != ""}
        emptied(
            found,
            saved,
            {
                "cloudWatchLogsGroupArn": "CloudWatchLogsLogGroupArn",
                "cloudWatchLogsRoleArn": "CloudWatchLogsRoleArn",
                "kmsKeyId": "KmsKeyId",
                "s3KeyPrefix": "S3KeyPrefix",
                "snsTopicName": "SnsTopicName",
            },
        )
        status = aws.call("cloudtrail.get_trail_status", Name=id_)
        selectors = aws.call("cloudtrail.get_event_selectors", TrailName=id_)
        kinds = ("AdvancedEventSelectors", "EventSelectors")
        recorded = {kind: selectors.get(kind) or [] for kind in kinds}
        if recorded["EventSelectors"] == ALL_MANAGEMENT and "eventSelectors" not in saved:
            recorded["EventSelectors"] = []
        return {
            "HomeRegion": aws.region,
            **found,
            **recorded,
            "InsightSelectors": _insights(aws, id_),
            "IsLogging": status["IsLogging"],
        }

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the ARN of the trail that has the name and the tags of the inputs."""
        arn = aws.arn("cloudtrail", f"trail/{inputs['name']}")
        found = self.read(aws, arn, {})
        if found is None or (found.get("tags") or {}) != (inputs.get("tags") or {}):
            return None
        return arn


def _insights(aws: Aws, id_: str) -> Any:
    """Return what insights are looked for; AWS calls it an error that there are none."""
    try:
        found = aws.call("cloudtrail.get_insight_selectors", TrailName=id_)
    except AwsError as error:
        if error.code != "InsightNotEnabledException":
            raise
        return []
    return decoded(found.get("InsightSelectors") or [])


def _lets_in(statement: Mapping[str, Any], bucket: str) -> bool:
    """Return whether a statement lets CloudTrail put objects into the bucket."""
    principal = statement.get("Principal")
    services = listed(principal.get("Service")) if isinstance(principal, Mapping) else []
    actions = {str(action).lower() for action in listed(statement.get("Action"))}
    resources = [str(resource) for resource in listed(statement.get("Resource"))]
    return (
        statement.get("Effect") == "Allow"
        and SERVICE in services
        and bool(actions & {"s3:putobject", "s3:put*", "s3:*"})
        and any(resource.startswith(f"arn:aws:s3:::{bucket}/") for resource in resources)
    )


def _require_group(aws: Aws, request: str, arn: str) -> None:
    name = arn.removesuffix(":*").partition(":log-group:")[2]
    groups = aws.call("logs.describe_log_groups", logGroupNamePrefix=name)["logGroups"]
    if not any(group["logGroupName"] == name for group in groups):
        raise SandboxError(
            f"{request}: InvalidCloudWatchLogsLogGroupArnException: log group {name} does not exist"
        )
