"""What moto 5.2.5's RDS does wrong or not at all, mended in one function each, with the reason."""

import json
from string import ascii_uppercase, digits
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random
from moto.rds.exceptions import DBParameterGroupNotFoundError
from moto.rds.models import DBInstance, MasterUserSecret, RDSBackend
from moto.rds.responses import RDSResponse

RESOURCE_ID_LENGTH = 26
PASSWORD_LENGTH = 28

_modify_db_subnet_group = RDSBackend.modify_db_subnet_group
_new_instance = DBInstance.__init__
_update_instance = DBInstance.update
_create_replica = RDSBackend.create_db_instance_read_replica
_restore_to_time = RDSBackend.restore_db_instance_to_point_in_time
_promote = RDSBackend.promote_read_replica


def resource_id() -> str:
    """Return a resource id of its own for an instance: moto gives all of them the same one."""
    return "db-" + "".join(mock_random.choices(ascii_uppercase + digits, k=RESOURCE_ID_LENGTH))


DROPPED = {
    "database_insights_mode": "database_insights_mode",
    "dedicated_log_volume": "dedicated_log_volume",
    "enable_performance_insights": "performance_insights_enabled",
    "engine_lifecycle_support": "engine_lifecycle_support",
    "network_type": "network_type",
    "performance_insights_kms_key_id": "performance_insights_kms_key_id",
    "performance_insights_retention_period": "performance_insights_retention_period",
}
"""What requests call an attribute that moto drops, to what an answer calls it."""


def _keep_dropped(instance: Any, given: Any) -> None:
    for asked, shown in DROPPED.items():
        if (value := given.get(asked)) is not None:
            setattr(instance, shown, value)


def new_instance(self: Any, *args: Any, **kwargs: Any) -> None:
    """Make an instance with its own resource id, by which IAM policies and restores name it."""
    _new_instance(self, *args, **kwargs)
    self.dbi_resource_id = resource_id()
    _keep_dropped(self, kwargs)


def update_instance(self: Any, **kwargs: Any) -> None:
    """Change the port too, and what moto drops."""
    _update_instance(self, **kwargs)
    _keep_dropped(self, kwargs)
    if kwargs.get("db_port_number"):
        self.port = kwargs["db_port_number"]


def restore_to_time(self: Any, source: str, target: str, overrides: Any) -> Any:
    """Make a restored instance stand alone: moto shows it as a replica of its source."""
    instance = _restore_to_time(self, source, target, overrides)
    instance.source_db_instance_identifier = None
    return instance


def secret_string(self: Any) -> str:
    """Return the managed secret's value: moto's names another user and has one password for all."""
    return json.dumps(
        {
            "username": self.resource.master_username,
            "password": mock_random.get_random_string(PASSWORD_LENGTH),
        }
    )


def create_replica(self: Any, db_kwargs: Any) -> Any:
    """Part a replica from its source.

    moto copies the source without its lists: what changes one changes both. The replica would also
    take the source's managed secret with it when it is deleted; on RDS it has none of its own.
    """
    replica = _create_replica(self, db_kwargs)
    replica.dbi_resource_id = resource_id()
    replica.instance_create_time = replica.created = utcnow()
    # What RDS does not take over from the source.
    replica.backup_retention_period = 0
    for name in ("multi_az", "deletion_protection"):
        setattr(replica, name, bool(db_kwargs.get(name)))
    if "monitoring_interval" not in db_kwargs:
        replica.monitoring_interval, replica.monitoring_role_arn = 0, None
    replica.enabled_cloudwatch_logs_exports = list(
        db_kwargs.get("enable_cloudwatch_logs_exports") or []
    )
    replica.vpc_security_group_ids = list(replica.vpc_security_group_ids)
    replica.tags = list(db_kwargs.get("tags") or [])
    replica.manage_master_user_password = False
    replica.__dict__.pop("master_user_secret", None)
    return replica


def promote(self: Any, db_kwargs: Any) -> Any:
    """Cut a promoted replica off from its source; moto keeps the link on both sides."""
    replica = self.describe_db_instances(db_kwargs["db_instance_identifier"])[0]
    source = replica.source_db_instance_identifier
    _promote(self, db_kwargs)
    if source:
        primary = self.find_db_from_id(source)
        if replica.db_instance_identifier in primary.replicas:
            primary.remove_replica(replica)
        replica.source_db_instance_identifier = None
    return replica


def reset_db_parameter_group(self: Any) -> Any:
    """Give parameters back their engine's values; moto has no such request."""
    name = self.params["DBParameterGroupName"]
    group = self.backend.db_parameter_groups.get(name)
    if group is None:
        raise DBParameterGroupNotFoundError(name)
    if self.params.get("ResetAllParameters"):
        group.parameters.clear()
    for parameter in self.params.get("Parameters", []):
        group.parameters.pop(parameter["ParameterName"], None)
    return ActionResult({"DBParameterGroupName": name})


def _subscription(self: Any) -> Any:
    name = self.params["SubscriptionName"]
    return next(iter(self.backend.describe_event_subscriptions(name)))


def modify_event_subscription(self: Any) -> Any:
    """Change a subscription in place; moto has no such request."""
    given = self.params
    subscription = _subscription(self)
    for member, attribute in (
        ("SnsTopicArn", "sns_topic_arn"),
        ("SourceType", "source_type"),
        ("EventCategories", "event_categories"),
        ("Enabled", "enabled"),
    ):
        if given.get(member) is not None:
            setattr(subscription, attribute, given[member])
    return ActionResult({"EventSubscription": subscription})


def add_source_identifier(self: Any) -> Any:
    """Let a subscription hear of one more source; moto has no such request."""
    subscription = _subscription(self)
    added = self.params["SourceIdentifier"]
    subscription.source_ids = [*subscription.source_ids, added]
    return ActionResult({"EventSubscription": subscription})


def remove_source_identifier(self: Any) -> Any:
    """Let a subscription hear of one source less; moto has no such request."""
    subscription = _subscription(self)
    gone = self.params["SourceIdentifier"]
    subscription.source_ids = [each for each in subscription.source_ids if each != gone]
    return ActionResult({"EventSubscription": subscription})


def modify_db_subnet_group(
    self: Any, subnet_name: str, description: str, subnets: list[str]
) -> Any:
    """Keep the group: moto takes it out of its list and forgets to put it back."""
    group = _modify_db_subnet_group(self, subnet_name, description, subnets)
    self.subnet_groups[subnet_name] = group
    return group


def apply() -> None:
    """Put the mends in place; call before the server starts."""
    DBInstance.__init__ = new_instance
    DBInstance.update = update_instance
    MasterUserSecret._generate_secret_string = secret_string  # noqa: SLF001
    RDSBackend.create_db_instance_read_replica = create_replica
    RDSBackend.modify_db_subnet_group = modify_db_subnet_group
    RDSBackend.promote_read_replica = promote
    RDSBackend.restore_db_instance_to_point_in_time = restore_to_time
    RDSResponse.reset_db_parameter_group = reset_db_parameter_group
    RDSResponse.modify_event_subscription = modify_event_subscription
    RDSResponse.add_source_identifier_to_subscription = add_source_identifier
    RDSResponse.remove_source_identifier_from_subscription = remove_source_identifier
