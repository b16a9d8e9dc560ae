"""What moto 5.2.5 does wrong with VPCs, their endpoints and security groups, with the reason."""

import json
from typing import Any

from moto.ec2.models.security_groups import SecurityGroupBackend, SecurityGroupRule
from moto.ec2.models.vpcs import VPCBackend
from moto.ec2.responses.vpcs import VPCs
from moto.ec2.utils import random_private_ip

_create_vpc = VPCBackend.create_vpc
_modify_vpc_endpoint = VPCs.modify_vpc_endpoint
_modify_rules = SecurityGroupBackend.modify_security_group_rules


def create_vpc(self: Any, *args: Any, **kwargs: Any) -> Any:
    """Let the members of a new VPC's default group talk to each other; moto leaves that out."""
    vpc = _create_vpc(self, *args, **kwargs)
    group = self.get_security_group_from_name("default", vpc_id=vpc.id).id
    members = [{"GroupId": group}]
    self.authorize_security_group_ingress(group, "-1", None, None, [], source_groups=members)
    return vpc


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


def rule_description(self: Any) -> str | None:
    """Show the description of a rule also where another group stands at its end."""
    text = self.ip_range.get("Description") or self.source_group.get("Description")
    return None if text is None else str(text)


def modify_security_group_rules(self: Any, group_id: str, rules: dict[str, Any]) -> None:
    """Change what a rule says of its other end whatever that is; moto changes IPv4 blocks."""
    for new in rules.values():
        new.setdefault("FromPort", -1)
        new.setdefault("ToPort", -1)
    _modify_rules(self, group_id, rules)
    group = self.get_security_group_by_name_or_id(group_id)
    for id_, new in rules.items():
        rule = group.get_rule(id_)
        if rule.ip_protocol == "-1":
            rule.from_port = rule.to_port = None
        if new.get("CidrIpv6"):
            rule.ip_range["CidrIpv6"] = new["CidrIpv6"]
        if new.get("PrefixListId"):
            rule.prefix_list_id = new["PrefixListId"]
        if new.get("ReferencedGroupId"):
            rule.ip_range.pop("Description", None)
            told = {"GroupId": new["ReferencedGroupId"], "Description": new.get("Description", "")}
            rule.source_group = {**rule.source_group, **told}


def apply() -> None:
    """Put the mends in place; call before the server starts."""
    SecurityGroupRule.description = property(rule_description)
    SecurityGroupBackend.modify_security_group_rules = modify_security_group_rules
    VPCBackend.create_vpc = create_vpc
    VPCs.modify_vpc_endpoint = modify_vpc_endpoint
