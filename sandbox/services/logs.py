"""CloudWatch Logs: log group, metric filter, resource policy."""

from collections.abc import Iterator
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Autoname, by, kept, member, same
from sandbox.provider.overlay import covers
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props
from sandbox.services.documents import (
    RESOURCE,
    allows,
    document_problems,
    fits,
    principals,
)
from sandbox.services.naming import NAME_PREFIX, prefixed
from sandbox.services.references import statements
from sandbox.services.tagging import TaggedType, Tagging

RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""The numbers of days that PutRetentionPolicy takes; the provider writes 0 for "for ever"."""
LONGEST_DOCUMENT = 5120

TAGGING = Tagging(
    tags="tag_resource",
    untags="untag_resource",
    named="resourceArn",
    lists="list_tags_for_resource",
    listed="tags",
    member="tags",
    keys="tagKeys",
    pair=None,
)


def group_arn(aws: Aws, name: str) -> str:
    """Return a log group's ARN, without the ``:*`` that stands for its streams."""
    return aws.arn("logs", f"log-group:{name}")


def refuse_key(aws: Aws, key: str, group: str) -> None:
    """Refuse a key that CloudWatch Logs could not use for a log group: AWS tries it at once."""
    refused = SandboxError(
        f"key {key} does not exist or is not allowed to be used with {group_arn(aws, group)} "
        "(AWS: InvalidParameterException)"
    )
    found = aws.find("kms.describe_key", "KeyMetadata", KeyId=key)
    if found is None or not found["Enabled"]:
        raise refused
    policy = aws.call("kms.get_key_policy", KeyId=found["KeyId"], PolicyName="default")["Policy"]
    context = {
        "kms:EncryptionContext:aws:logs:arn": group_arn(aws, group),
        "aws:SourceAccount": aws.account,
        "aws:SourceArn": group_arn(aws, group),
    }
    services = {f"logs.{aws.region}.amazonaws.com", "logs.amazonaws.com", "*"}
    for statement in statements(policy):
        named = set(principals(statement, "Service"))
        if named & services and allows(statement, "kms:Encrypt") and fits(statement, context):
            return
    raise refused


class LogGroup(TaggedType):
    """A log group."""

    token = "aws:cloudwatch/logGroup:LogGroup"
    service = "logs"
    creates = "create_log_group"
    deletes = "delete_log_group"
    identified = "logGroupName"
    autoname = Autoname(longest=512)
    tagging = TAGGING
    inputs = {
        "deletionProtectionEnabled": by(
            "put_log_group_deletion_protection",
            "deletionProtectionEnabled",
            unseen="moto does not show it",
        ),
        "kmsKeyId": same(read="kmsKeyId"),
        "logGroupClass": same(unseen="moto does not show it"),
        "name": member("logGroupName"),
        "namePrefix": NAME_PREFIX,
        "retentionInDays": by("put_retention_policy", "retentionInDays"),
        "skipDestroy": kept("a setting of the provider's own; deleting heeds it"),
        "tags": TAGGING.carried(),
    }
    outputs = {"arn": "logGroupArn"}

    def check(self, props: Props) -> Iterator[Problem]:
        days = props.get("retentionInDays", 0)
        if isinstance(days, int) and days != 0 and days not in RETENTION_DAYS:
            allowed = ", ".join(str(each) for each in RETENTION_DAYS)
            yield "retentionInDays", f"must be 0 or one of {allowed}, got {days}"

    def target(self, aws: Aws, id_: str) -> str:
        return group_arn(aws, id_)

    def create(self, aws: Aws, new: Props) -> str:
        """Create the group, with its key; its name is its id."""
        named = prefixed(new)
        if new.get("kmsKeyId"):
            refuse_key(aws, new["kmsKeyId"], named["name"])
        aws.call("logs.create_log_group", **self.params(self.creates, named))
        return str(named["name"])

    def finish(self, aws: Aws, id_: str, new: Props) -> None:
        """Set how long events stay, and whether the group is protected."""
        self._set(aws, id_, new, set(new))

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Retag, and change key, retention and protection."""
        super().update(aws, id_, old, new, changed & {"tags"})
        if "kmsKeyId" in changed:
            if new.get("kmsKeyId"):
                refuse_key(aws, new["kmsKeyId"], id_)
                key = {"kmsKeyId": new["kmsKeyId"]}
                aws.call("logs.associate_kms_key", logGroupName=id_, **key)
            else:
                aws.call("logs.disassociate_kms_key", logGroupName=id_)
        self._set(aws, id_, new, changed)

    def _set(self, aws: Aws, id_: str, new: Props, names: set[str]) -> None:
        if "retentionInDays" in names:
            if days := new.get("retentionInDays"):
                params = {"logGroupName": id_, "retentionInDays": int(days)}
                aws.call("logs.put_retention_policy", **params)
            else:
                aws.call("logs.delete_retention_policy", logGroupName=id_)
        if "deletionProtectionEnabled" in names:
            aws.call(
                "logs.put_log_group_deletion_protection",
                logGroupIdentifier=id_,
                deletionProtectionEnabled=bool(new.get("deletionProtectionEnabled")),
            )

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Delete the group, unless the program wants it to stay."""
        if not old.get("skipDestroy"):
            super().delete(aws, id_, old)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the group of exactly this name: AWS looks for beginnings of names."""
        answer = aws.call("logs.describe_log_groups", logGroupNamePrefix=id_)
        groups = [dict(each) for each in answer["logGroups"] if each["logGroupName"] == id_]
        if not groups:
            return None
        # What AWS leaves out is not set: no key, no end.
        return {
            "kmsKeyId": "",
            "retentionInDays": 0,
            **groups[0],
            "Tags": self.tags_shown(aws, id_),
        }


def transformation(block: Props) -> Any:
    """Return a metric transformation as the request takes it: a list of one."""
    names = {
        "defaultValue": "defaultValue",
        "dimensions": "dimensions",
        "name": "metricName",
        "namespace": "metricNamespace",
        "unit": "unit",
        "value": "metricValue",
    }
    return [{names.get(key, key): value for key, value in block.items() if value not in ("", {})}]


def shown_transformation(listed: list[dict[str, Any]]) -> Props:
    """Return the one metric transformation that AWS shows, in Pulumi's form."""
    block = {
        key.removeprefix("metric")[:1].lower() + key.removeprefix("metric")[1:]: value
        for key, value in listed[0].items()
    }
    if "defaultValue" in block:
        block["defaultValue"] = f"{block['defaultValue']:g}"
    return block


class LogMetricFilter(ResourceType):
    """A metric filter; the provider's id is its name, which is unique in a log group only."""

    token = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
    service = "logs"
    creates = "put_metric_filter"
    autoname = Autoname(longest=512)
    inputs = {
        "applyOnTransformedLogs": same(),
        "logGroupName": same(),
        "metricTransformation": member(
            "metricTransformations", encode=transformation, decode=shown_transformation
        ),
        "name": member("filterName"),
        "pattern": member("filterPattern"),
    }

    def check(self, props: Props) -> Iterator[Problem]:
        block = props.get("metricTransformation")
        if not isinstance(block, dict):
            return
        for name in ("name", "namespace", "value"):
            if name not in block:
                yield f"metricTransformation.{name}", "is required"
        if block.get("dimensions") and block.get("defaultValue"):
            yield "metricTransformation.defaultValue", "cannot stand beside dimensions"
        if str(block.get("namespace", "")).startswith("AWS/"):
            yield "metricTransformation.namespace", "must not begin with AWS/"

    def create(self, aws: Aws, new: Props) -> str:
        """Put the filter, whose log group must be there."""
        self._put(aws, new)
        return str(new["name"])

    def _put(self, aws: Aws, new: Props) -> None:
        group = new["logGroupName"]
        answer = aws.call("logs.describe_log_groups", logGroupNamePrefix=group)
        if not any(each["logGroupName"] == group for each in answer["logGroups"]):
            raise SandboxError(f"log group {group} does not exist (AWS: ResourceNotFoundException)")
        aws.call("logs.put_metric_filter", **self.params("put_metric_filter", new))

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Put the filter anew, whole."""
        self._put(aws, new)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        aws.call(
            "logs.delete_metric_filter", logGroupName=old["logGroupName"], filterName=old["name"]
        )

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the filter; on import the id may be ``group:name``."""
        group, _, name = id_.rpartition(":")
        group = str(saved.get("logGroupName", group))
        where = {"logGroupName": group} if group else {}
        found = aws.find(
            "logs.describe_metric_filters", "metricFilters", filterNamePrefix=name, **where
        )
        same_name = [each for each in found or [] if each["filterName"] == name]
        return dict(same_name[0]) if len(same_name) == 1 else None

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the filter of this name in the group, if it counts what the inputs say."""
        found = self.read(aws, str(inputs["name"]), inputs)
        names = ("pattern", "metricTransformation")
        if found is None or not all(covers(found[name], inputs[name]) for name in names):
            return None
        return str(inputs["name"])


class LogResourcePolicy(ResourceType):
    """A policy by which services write to the account's log groups."""

    token = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
    service = "logs"
    creates = updates = "put_resource_policy"
    deletes = "delete_resource_policy"
    identified = "policyName"
    inputs = {"policyDocument": same(), "policyName": same()}

    def check(self, props: Props) -> Iterator[Problem]:
        text = props.get("policyDocument")
        if "policyName" not in props:
            yield "policyName", "is required: moto has no policies of single log groups"
        if isinstance(text, str) and len(text) > LONGEST_DOCUMENT:
            yield "policyDocument", f"must be at most {LONGEST_DOCUMENT} characters"
        yield from document_problems("policyDocument", text, RESOURCE)

    def create(self, aws: Aws, new: Props) -> str:
        """Put the policy; its name is its id."""
        aws.call("logs.put_resource_policy", **self.params(self.creates, new))
        return str(new["policyName"])

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        policies = aws.call("logs.describe_resource_policies")["resourcePolicies"]
        return next((dict(each) for each in policies if each["policyName"] == id_), None)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the policy of this name, if it says what the inputs say."""
        name = str(inputs["policyName"])
        found = self.item(aws, name, inputs)
        same_text = found is not None and covers(found["policyDocument"], inputs["policyDocument"])
        return name if same_text else None
