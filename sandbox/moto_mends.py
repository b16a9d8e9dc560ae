"""What moto 5.2.5 does wrong or not at all, mended in one place each, with the reason.

moto is pinned to this version exactly; each mend has a test through boto3.
"""

from typing import Any

from moto.cloudwatch.models import Alarm
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.base_backend import AccountSpecificBackend
from moto.core.responses import EmptyResult
from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend
from moto.rds.models import RDSBackend

from sandbox import (
    moto_backup,
    moto_mends_access,
    moto_mends_acm,
    moto_mends_ec2,
    moto_mends_ecs,
    moto_mends_rds,
    moto_mends_s3,
    moto_mends_services,
)

_modify_db_subnet_group = RDSBackend.modify_db_subnet_group
_delete_load_balancer = ELBv2Backend.delete_load_balancer


def modify_db_subnet_group(
    self: Any, subnet_name: str, description: str, subnets: list[str]
) -> Any:
    """Keep the group: moto takes it out of its list and forgets to put it back."""
    group = _modify_db_subnet_group(self, subnet_name, description, subnets)
    self.subnet_groups[subnet_name] = group
    return group


def delete_load_balancer(self: Any, arn: str) -> Any:
    """Refuse as AWS does while deletion protection is on; moto stores the flag and ignores it."""
    balancer = self.load_balancers.get(arn)
    if balancer is not None and balancer.attrs.get("deletion_protection.enabled") == "true":
        message = f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
        raise ELBClientError("OperationNotPermitted", message)
    return _delete_load_balancer(self, arn)


_regions: dict[str, list[str]] = {}
_generate_regions = AccountSpecificBackend._generate_regions  # noqa: SLF001


def generate_regions(self: Any, service_name: str) -> list[str]:
    """List a service's regions once; moto does it for each account, which takes half a start."""
    if service_name not in _regions:
        _regions[service_name] = _generate_regions(self, service_name)
    return _regions[service_name]


def put_composite_alarm(self: Any) -> Any:
    """Store a composite alarm: moto can describe and delete one, but has no request to make it."""
    given = self.params
    absent = dict.fromkeys(
        (
            "namespace",
            "metric_name",
            "metric_data_queries",
            "comparison_operator",
            "evaluation_periods",
            "datapoints_to_alarm",
            "period",
            "threshold",
            "statistic",
            "extended_statistic",
            "unit",
            "treat_missing_data",
            "evaluate_low_sample_count_percentile",
            "threshold_metric_id",
        )
    )
    alarm: Alarm = self.cloudwatch_backend.put_metric_alarm(
        name=given["AlarmName"],
        description=given.get("AlarmDescription"),
        dimensions=[],
        alarm_actions=given.get("AlarmActions", []),
        ok_actions=given.get("OKActions", []),
        insufficient_data_actions=given.get("InsufficientDataActions", []),
        actions_enabled=given.get("ActionsEnabled", True),
        rule=given["AlarmRule"],
        tags=given.get("Tags"),
        **absent,
    )
    alarm.actions_suppressor = given.get("ActionsSuppressor")
    alarm.actions_suppressor_wait_period = given.get("ActionsSuppressorWaitPeriod")
    alarm.actions_suppressor_extension_period = given.get("ActionsSuppressorExtensionPeriod")
    return EmptyResult()


def apply() -> None:
    """Put the mends in place; call before the server starts."""
    moto_backup.apply()
    moto_mends_access.apply()
    moto_mends_ec2.apply()
    moto_mends_ecs.apply()
    moto_mends_acm.apply()
    moto_mends_rds.apply()
    moto_mends_s3.apply()
    moto_mends_services.apply()
    AccountSpecificBackend._generate_regions = generate_regions  # noqa: SLF001
    RDSBackend.modify_db_subnet_group = modify_db_subnet_group
    ELBv2Backend.delete_load_balancer = delete_load_balancer
    CloudWatchResponse.put_composite_alarm = put_composite_alarm
