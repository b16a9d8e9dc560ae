"""S3: how long a bucket keeps what is in it."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.carry import Describe, member, same
from sandbox.provider.resource import Problem
from sandbox.provider.values import Props, is_known
from sandbox.services.ec2_tags import tag_list, tag_map
from sandbox.services.forms import grafted, spelled, whole
from sandbox.services.s3_settings import BucketSetting

DROPPED = frozenset({"newernoncurrentversions", "objectsizegreaterthan", "objectsizelessthan"})
"""What moto takes in a rule and forgets."""

COLD_DAYS = 30
"""Days before which S3 moves nothing to infrequent access (PutBucketLifecycleConfiguration)."""
COLD = {"STANDARD_IA", "ONEZONE_IA"}
ACTIONS = (
    "abortIncompleteMultipartUpload",
    "expiration",
    "noncurrentVersionExpiration",
    "noncurrentVersionTransitions",
    "transitions",
)


def _encoded(rules: Any) -> Any:
    return [_rule(rule) for rule in rules]


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule in AWS's form; one that says nothing of what it is for is for everything."""
    encoded = dict(rule)
    if rule.get("prefix") in (None, ""):
        encoded.pop("prefix", None)
        encoded["filter"] = rule.get("filter") or {"prefix": ""}
    both = (encoded.get("filter") or {}).get("and")
    if both and both.get("tags"):
        encoded["filter"] = {"and": {**both, "tags": tag_list(both["tags"])}}
    return encoded


def _decoded(rules: Any) -> Any:
    found = spelled("id")(rules)
    for rule in found:
        both = rule.get("filter", {}).get("and", {})
        if isinstance(both.get("tags"), list):
            both["tags"] = tag_map([{"Key": t["key"], "Value": t["value"]} for t in both["tags"]])
    return found


class BucketLifecycleConfiguration(BucketSetting):
    """The rules by which S3 moves and deletes objects."""

    token = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    creates = "put_bucket_lifecycle_configuration"
    deletes = "delete_bucket_lifecycle"
    describe = Describe(
        "get_bucket_lifecycle_configuration", lambda bucket: {"Bucket": bucket}, "@"
    )
    inputs = {
        "bucket": same(read="Bucket"),
        "rules": member(
            "LifecycleConfiguration.Rules", encode=_encoded, decode=_decoded, read="Rules"
        ),
        # moto answers with the default whatever was asked for.
        "transitionDefaultMinimumObjectSize": same(unseen="moto does not show it"),
    }

    def check(self, props: Props) -> Iterator[Problem]:
        """Refuse rules that S3 would refuse."""
        rules = props.get("rules")
        if rules in (None, []):
            yield "rules", "must have at least one rule"
        if not isinstance(rules, list) or not is_known(rules):
            return
        ids = [rule.get("id") for rule in rules]
        for index, rule in enumerate(rules):
            path = f"rules[{index}]"
            if ids.count(rule.get("id")) > 1:
                yield f"{path}.id", f"must not repeat, got {rule.get('id')}"
            yield from ((f"{path}{part}", why) for part, why in _rule_problems(rule))

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the rules with what moto drops of them as it was asked for."""
        found = super().item(aws, id_, saved)
        if found is not None and saved.get("rules"):
            found["Rules"] = grafted(found["Rules"], saved["rules"], DROPPED)
        return found


def _rule_problems(rule: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what S3 would refuse of one rule (PutBucketLifecycleConfiguration)."""
    if not any(rule.get(action) for action in ACTIONS):
        yield "", "must have at least one action"
    if rule.get("prefix") and rule.get("filter"):
        yield "", "must give either filter or prefix"
    expiration = rule.get("expiration") or {}
    given = [key for key in ("date", "days", "expiredObjectDeleteMarker") if expiration.get(key)]
    if "expiration" in rule and len(given) != 1:
        yield ".expiration", "must give one of date, days and expiredObjectDeleteMarker"
    yield from _move_problems(rule.get("transitions") or [], whole(expiration.get("days")))
    for name in ("expiration", "noncurrentVersionExpiration", "abortIncompleteMultipartUpload"):
        for key, value in (rule.get(name) or {}).items():
            number = whole(value)
            if key not in {"date", "expiredObjectDeleteMarker"} and (number is None or number < 1):
                yield f".{name}.{key}", f"must be at least 1, got {value}"


def _move_problems(moves: list[Mapping[str, Any]], expires: int | None) -> Iterator[Problem]:
    """Yield what S3 would refuse of the moves between storage classes."""
    for index, move in enumerate(moves):
        path = f".transitions[{index}]"
        days = whole(move.get("days"))
        if (days is None) == (move.get("date") is None):
            yield path, "must give either date or days"
        if days is not None and days < COLD_DAYS and move.get("storageClass") in COLD:
            yield f"{path}.days", f"must be at least {COLD_DAYS} for {move['storageClass']}"
        if days is not None and expires is not None and expires <= days:
            yield f"{path}.days", "must be fewer than the days until the object expires"
