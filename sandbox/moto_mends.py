"""What moto 5.2.5 does wrong or not at all, mended in one place each, with the reason.

moto is pinned to this version exactly; a test fails when a mend is no longer needed.
"""

import json
from typing import Any

from moto.cloudwatch.models import Alarm
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import EmptyResult
from moto.ec2.responses.vpcs import VPCs
from moto.ec2.utils import random_private_ip
from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend
from moto.iam.responses import IamResponse
from moto.logs.exceptions import LogsClientError, ResourceNotFoundException
from moto.logs.metric_filters import MetricFilters
from moto.logs.models import LogsBackend
from moto.logs.responses import LogsResponse
from moto.rds.models import RDSBackend

from sandbox import moto_backup, moto_mends_ecs, moto_mends_rds, moto_mends_s3

_modify_db_subnet_group = RDSBackend.modify_db_subnet_group
_delete_load_balancer = ELBv2Backend.delete_load_balancer
_modify_vpc_endpoint = VPCs.modify_vpc_endpoint
_add_filter = MetricFilters.add_filter
_delete_log_group = LogsBackend.delete_log_group


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


def modify_vpc_endpoint(self: Any) -> Any:
    """Change also what moto leaves as it was: private names, routes, interfaces, policy."""
    answer = _modify_vpc_endpoint(self)
    backend = self.ec2_backend
    endpoint = backend.get_vpc_end_point(self._get_param("VpcEndpointId"))
    names = self._get_bool_param("PrivateDnsEnabled")
    if names is not None:
        endpoint.private_dns_enabled = names
    if self._get_bool_param("ResetPolicy"):
        endpoint.policy_document = json.dumps(endpoint.DEFAULT_POLICY)
    prefix = endpoint.destination_prefix_list_id
    if prefix:
        for table in self._get_param("RemoveRouteTableIds", []):
            backend.delete_route(table, prefix)
        for table in self._get_param("AddRouteTableIds", []):
            backend.create_route(
                table, None, gateway_id=endpoint.id, destination_prefix_list_id=prefix
            )
    for subnet in self._get_param("AddSubnetIds", []):
        made = backend.create_network_interface(subnet, random_private_ip())
        endpoint.network_interface_ids.append(made.id)
    for subnet in self._get_param("RemoveSubnetIds", []):
        for id_ in list(endpoint.network_interface_ids):
            if backend.enis[id_].subnet.id == subnet:
                del backend.enis[id_]
                endpoint.network_interface_ids.remove(id_)
    return answer


def add_filter(
    self: Any, filter_name: str, filter_pattern: str, log_group_name: str, transformations: Any
) -> None:
    """Put a metric filter in place of the one of its name; moto adds a second one."""
    self.metric_filters = [
        each
        for each in self.metric_filters
        if (each["filterName"], each["logGroupName"]) != (filter_name, log_group_name)
    ]
    _add_filter(self, filter_name, filter_pattern, log_group_name, transformations)


def delete_log_group(self: Any, log_group_name: str) -> None:
    """Delete a log group's metric filters with it, and no group that is protected."""
    group = self.groups.get(log_group_name)
    if getattr(group, "deletion_protected", False):
        raise LogsClientError("OperationAbortedException", "Deletion protection is enabled")
    _delete_log_group(self, log_group_name)
    filters = self.filters.metric_filters
    filters[:] = [each for each in filters if each["logGroupName"] != log_group_name]


def associate_kms_key(self: Any) -> str:
    """Encrypt a log group that there is already; moto takes a key at creation only."""
    _log_group(self).kms_key_id = self._get_param("kmsKeyId")
    return ""


def disassociate_kms_key(self: Any) -> str:
    """Encrypt a log group with the service's own key again."""
    _log_group(self).kms_key_id = None
    return ""


def put_log_group_deletion_protection(self: Any) -> str:
    """Protect a log group, or let it go; moto has no such request."""
    _log_group(self).deletion_protected = self._get_param("deletionProtectionEnabled")
    return ""


def _log_group(self: Any) -> Any:
    name = self._get_param("logGroupName") or self._get_param("logGroupIdentifier")
    group = self.logs_backend.groups.get(name.rpartition("log-group:")[2])
    if group is None:
        raise ResourceNotFoundException
    return group


def add_client_id(self: Any) -> Any:
    """Let one more client use an OpenID Connect provider; moto has no such request."""
    provider = self.backend.get_open_id_connect_provider(
        self._get_param("OpenIDConnectProviderArn")
    )
    client = self._get_param("ClientID")
    if client not in provider.client_id_list:
        provider.client_id_list.append(client)
    return EmptyResult()


def remove_client_id(self: Any) -> Any:
    """Let a client use an OpenID Connect provider no longer."""
    provider = self.backend.get_open_id_connect_provider(
        self._get_param("OpenIDConnectProviderArn")
    )
    client = self._get_param("ClientID")
    provider.client_id_list = [each for each in provider.client_id_list if each != client]
    return EmptyResult()


def apply() -> None:
    """Put the mends in place; call before the server starts."""
    moto_backup.apply()
    moto_mends_ecs.apply()
    moto_mends_rds.apply()
    moto_mends_s3.apply()
    RDSBackend.modify_db_subnet_group = modify_db_subnet_group
    ELBv2Backend.delete_load_balancer = delete_load_balancer
    CloudWatchResponse.put_composite_alarm = put_composite_alarm
    VPCs.modify_vpc_endpoint = modify_vpc_endpoint
    MetricFilters.add_filter = add_filter
    LogsBackend.delete_log_group = delete_log_group
    LogsResponse.associate_kms_key = associate_kms_key
    LogsResponse.disassociate_kms_key = disassociate_kms_key
    LogsResponse.put_log_group_deletion_protection = put_log_group_deletion_protection
    IamResponse.add_client_id_to_open_id_connect_provider = add_client_id
    IamResponse.remove_client_id_from_open_id_connect_provider = remove_client_id
