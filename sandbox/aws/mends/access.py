"""What moto 5.2.5 does wrong with log groups and identity providers, mended with the reason."""

from typing import Any

from moto.core.responses import EmptyResult
from moto.iam.responses import IamResponse
from moto.logs.exceptions import LogsClientError, ResourceNotFoundException
from moto.logs.metric_filters import MetricFilters
from moto.logs.models import LogsBackend
from moto.logs.responses import LogsResponse

_add_filter = MetricFilters.add_filter
_delete_log_group = LogsBackend.delete_log_group


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
    MetricFilters.add_filter = add_filter
    LogsBackend.delete_log_group = delete_log_group
    LogsResponse.associate_kms_key = associate_kms_key
    LogsResponse.disassociate_kms_key = disassociate_kms_key
    LogsResponse.put_log_group_deletion_protection = put_log_group_deletion_protection
    IamResponse.add_client_id_to_open_id_connect_provider = add_client_id
    IamResponse.remove_client_id_from_open_id_connect_provider = remove_client_id
