"""RDS: event subscriptions."""

from collections.abc import Iterator

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.carry import Autoname, Describe, member, same
from sandbox.provider.resource import Problem
from sandbox.provider.values import Props, is_known
from sandbox.services.naming import NAME_PREFIX, prefixed
from sandbox.services.rds_groups import RDS_TAGS
from sandbox.services.tagging import TaggedType

_LIFE = ("creation", "deletion", "notification")
CATEGORIES = {
    "blue-green-deployment": ("creation", "deletion", "failure"),
    "custom-engine-version": ("creation", "failure", "patching", "restoring"),
    "db-cluster": (
        *_LIFE,
        "configuration change",
        "failover",
        "failure",
        "global-failover",
        "maintenance",
        "migration",
        "serverless",
    ),
    "db-cluster-snapshot": ("backup", "notification"),
    "db-instance": (
        *_LIFE,
        "availability",
        "backtrack",
        "backup",
        "configuration change",
        "failover",
        "failure",
        "low storage",
        "maintenance",
        "read replica",
        "recovery",
        "restoration",
        "security",
        "security patching",
    ),
    "db-parameter-group": ("configuration change",),
    "db-proxy": ("configuration change", "creation", "deletion", "failure"),
    "db-security-group": ("configuration change", "failure"),
    "db-snapshot": (*_LIFE, "restoration"),
}
"""Source type to its categories (RDS User Guide, "Amazon RDS event categories and messages")."""
SOURCES = {
    "db-cluster": ("describe_db_clusters", "DBClusterIdentifier", "DBClusters[0]"),
    "db-instance": ("describe_db_instances", "DBInstanceIdentifier", "DBInstances[0]"),
    "db-parameter-group": (
        "describe_db_parameter_groups",
        "DBParameterGroupName",
        "DBParameterGroups[0]",
    ),
    "db-snapshot": ("describe_db_snapshots", "DBSnapshotIdentifier", "DBSnapshots[0]"),
}
"""How a source is looked up."""


class EventSubscription(TaggedType):
    """Who hears of what happens to databases."""

    token = "aws:rds/eventSubscription:EventSubscription"
    service = "rds"
    tagging = RDS_TAGS
    autoname = Autoname(longest=255)
    creates = "create_event_subscription"
    created = "EventSubscription.CustSubscriptionId"
    describe = Describe(
        "describe_event_subscriptions",
        lambda id_: {"SubscriptionName": id_},
        "EventSubscriptionsList[0]",
    )
    updates = "modify_event_subscription"
    cleared = {"enabled": True, "eventCategories": [], "sourceType": ""}
    deletes = "delete_event_subscription"
    identified = "SubscriptionName"
    inputs = {
        "enabled": same(),
        "eventCategories": member("EventCategories", read="EventCategoriesList"),
        "name": member("SubscriptionName", read="CustSubscriptionId"),
        "namePrefix": NAME_PREFIX,
        "snsTopic": member("SnsTopicArn"),
        "sourceIds": member("SourceIds", read="SourceIdsList"),
        "sourceType": same(),
        "tags": RDS_TAGS.carried(),
    }

    def check(self, props: Props) -> Iterator[Problem]:
        """Say which categories the source type has not, and that sources need a type."""
        kind, asked = props.get("sourceType"), props.get("eventCategories") or []
        if kind is None and props.get("sourceIds"):
            yield "sourceType", "is required with sourceIds"
        if not isinstance(kind, str):
            return
        if kind not in CATEGORIES:
            yield "sourceType", f"must be one of {', '.join(CATEGORIES)}"
        elif is_known(asked):
            for category in sorted(set(asked) - set(CATEGORIES[kind])):
                known = ", ".join(sorted(CATEGORIES[kind]))
                yield "eventCategories", f"{kind} has no category {category!r}; it has {known}"

    def target(self, aws: Aws, id_: str) -> str:
        return aws.arn("rds", f"es:{id_}")

    def create(self, aws: Aws, new: Props) -> str:
        """Create the subscription; moto would take one that is disabled unless told."""
        new = prefixed({"enabled": True, **new})
        self._refuse(aws, "rds.create_event_subscription", new, set(new))
        return super().create(aws, new)

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Change the subscription; sources come and go by requests of their own."""
        self._refuse(aws, "rds.modify_event_subscription", new, changed)
        super().update(aws, id_, old, new, changed - {"sourceIds"})
        if "sourceIds" not in changed:
            return
        before, after = set(old.get("sourceIds") or []), set(new.get("sourceIds") or [])
        for request, ids in (
            ("rds.remove_source_identifier_from_subscription", before - after),
            ("rds.add_source_identifier_to_subscription", after - before),
        ):
            for each in sorted(ids):
                aws.call(request, SubscriptionName=id_, SourceIdentifier=each)

    def _refuse(self, aws: Aws, request: str, new: Props, names: set[str]) -> None:
        """Refuse a topic or a source that does not exist; moto takes any."""
        topic = new["snsTopic"]
        if (
            "snsTopic" in names
            and aws.find("sns.get_topic_attributes", "@", TopicArn=topic) is None
        ):
            raise AwsError(request, "SNSTopicArnNotFound", f"the SNS topic {topic} does not exist")
        lookup = SOURCES.get(new.get("sourceType", ""))
        if not lookup or not names & {"sourceIds", "sourceType"}:
            return
        operation, named, path = lookup
        for each in new.get("sourceIds") or []:
            if aws.find(f"rds.{operation}", path, **{named: each}) is None:
                raise AwsError(request, "SourceNotFound", f"there is no {new['sourceType']} {each}")

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        return {"arn": self.target(aws, id_), "customerAwsId": aws.account}
