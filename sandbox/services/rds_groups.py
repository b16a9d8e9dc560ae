"""RDS: subnet groups and parameter groups."""

from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.carry import Autoname, Describe, by, kept, member
from sandbox.provider.resource import Problem
from sandbox.provider.values import Props, is_known
from sandbox.services.forms import known_keys
from sandbox.services.naming import NAME_PREFIX, prefixed
from sandbox.services.tagging import TaggedType, Tagging

RDS_TAGS = Tagging(
    tags="add_tags_to_resource",
    untags="remove_tags_from_resource",
    named="ResourceName",
    lists="list_tags_for_resource",
    listed="TagList",
)
LONGEST_NAME = 255
PARAMETERS_PER_REQUEST = 20
"""RDS API reference, ModifyDBParameterGroup."""
STATIC = frozenset(
    {
        "autovacuum_freeze_max_age",
        "autovacuum_max_workers",
        "huge_pages",
        "max_connections",
        "max_locks_per_transaction",
        "max_prepared_transactions",
        "max_replication_slots",
        "max_wal_senders",
        "max_worker_processes",
        "rds.logical_replication",
        "shared_buffers",
        "shared_preload_libraries",
        "superuser_reserved_connections",
        "track_activity_query_size",
        "track_commit_timestamp",
        "wal_buffers",
    }
)
"""Those of PostgreSQL's parameters which count from the next start only."""


class SubnetGroup(TaggedType):
    """The subnets among which RDS places an instance."""

    token = "aws:rds/subnetGroup:SubnetGroup"
    service = "rds"
    tagging = RDS_TAGS
    autoname = Autoname(longest=LONGEST_NAME, lower=True)
    creates = "create_db_subnet_group"
    created = "DBSubnetGroup.DBSubnetGroupName"
    describe = Describe(
        "describe_db_subnet_groups", lambda id_: {"DBSubnetGroupName": id_}, "DBSubnetGroups[0]"
    )
    deletes = "delete_db_subnet_group"
    identified = "DBSubnetGroupName"
    inputs = {
        "description": member("DBSubnetGroupDescription"),
        "name": member("DBSubnetGroupName"),
        "namePrefix": NAME_PREFIX,
        "subnetIds": member("SubnetIds", read="Subnets[].SubnetIdentifier"),
        "tags": RDS_TAGS.carried(),
    }
    outputs = {"arn": "DBSubnetGroupArn", "vpcId": "VpcId"}

    def target(self, aws: Aws, id_: str) -> str:
        return aws.arn("rds", f"subgrp:{id_}")

    def create(self, aws: Aws, new: Props) -> str:
        """Create the group; RDS wants subnets in two zones at least, and a description."""
        new = prefixed({"description": "Managed by Pulumi", **new})
        request = "rds.create_db_subnet_group"
        self._refuse(aws, request, new["subnetIds"])
        if aws.find("rds.describe_db_subnet_groups", "@", DBSubnetGroupName=new["name"]):
            code = "DBSubnetGroupAlreadyExists"
            raise AwsError(request, code, f"the DB subnet group '{new['name']}' already exists")
        return super().create(aws, new)

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Change description and subnets, which the request takes together only."""
        super().update(aws, id_, old, new, changed)
        if not changed & {"description", "subnetIds"}:
            return
        request = "rds.modify_db_subnet_group"
        zones = self._refuse(aws, request, new["subnetIds"])
        for instance in _instances(aws, "DBSubnetGroup.DBSubnetGroupName", id_):
            if instance["AvailabilityZone"] not in zones:
                raise AwsError(
                    request,
                    "SubnetAlreadyInUse",
                    f"the subnet of {instance['DBInstanceIdentifier']} is currently in use",
                )
        aws.call(
            request,
            DBSubnetGroupName=id_,
            SubnetIds=new["subnetIds"],
            DBSubnetGroupDescription=new.get("description", "Managed by Pulumi"),
        )

    def _refuse(self, aws: Aws, request: str, ids: list[str]) -> set[str]:
        """Return the subnets' zones; refuse subnets that do not exist or are in one zone only."""
        found = aws.find("ec2.describe_subnets", "Subnets", SubnetIds=ids)
        if found is None:
            raise AwsError(request, "InvalidSubnet", f"one of the subnets {ids} does not exist")
        if len({subnet["VpcId"] for subnet in found}) > 1:
            raise AwsError(request, "InvalidSubnet", "the subnets must be in one VPC")
        zones = {subnet["AvailabilityZone"] for subnet in found}
        if len(zones) < 2:  # noqa: PLR2004  (RDS API reference, CreateDBSubnetGroup)
            code = "DBSubnetGroupDoesNotCoverEnoughAZs"
            raise AwsError(request, code, "the subnets must cover at least two zones")
        return zones

    def in_use(self, aws: Aws, id_: str, old: Props) -> str | None:
        return _user(aws, "DBSubnetGroup.DBSubnetGroupName", id_, "InvalidDBSubnetGroupStateFault")

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        return {"supportedNetworkTypes": ["IPV4"]}


class ParameterGroup(TaggedType):
    """Settings of database engines of one family."""

    token = "aws:rds/parameterGroup:ParameterGroup"
    service = "rds"
    tagging = RDS_TAGS
    autoname = Autoname(longest=LONGEST_NAME, lower=True)
    creates = "create_db_parameter_group"
    created = "DBParameterGroup.DBParameterGroupName"
    describe = Describe(
        "describe_db_parameter_groups",
        lambda id_: {"DBParameterGroupName": id_},
        "DBParameterGroups[0]",
    )
    deletes = "delete_db_parameter_group"
    identified = "DBParameterGroupName"
    inputs = {
        "description": member("Description"),
        "family": member("DBParameterGroupFamily"),
        "name": member("DBParameterGroupName"),
        "namePrefix": NAME_PREFIX,
        "parameters": by(
            "modify_db_parameter_group",
            "Parameters",
            encode=lambda value: [_encoded(each) for each in value],
            decode=lambda value: [_decoded(each) for each in value],
            read="UserParameters",
            defaults={"applymethod": "immediate"},
        ),
        "skipDestroy": kept("says only what a deletion does"),
        "tags": RDS_TAGS.carried(),
    }
    outputs = {"arn": "DBParameterGroupArn"}

    def check(self, props: Props) -> Iterator[Problem]:
        """Say which parameters cannot be applied at once."""
        parameters = props.get("parameters") or []
        yield from known_keys("parameters", parameters, ("applyMethod", "name", "value"))
        if not is_known(parameters) or not str(props.get("family")).startswith("postgres"):
            return
        for index, each in enumerate(parameters):
            method = each.get("applyMethod", "immediate")
            if each.get("name") in STATIC and method == "immediate":
                at = f"parameters[{index}].applyMethod"
                yield at, f"{each['name']} is static: it takes pending-reboot only"

    def target(self, aws: Aws, id_: str) -> str:
        return aws.arn("rds", f"pg:{id_}")

    def create(self, aws: Aws, new: Props) -> str:
        return super().create(aws, prefixed({"description": "Managed by Pulumi", **new}))

    def finish(self, aws: Aws, id_: str, new: Props) -> None:
        """Set the parameters."""
        self._set(aws, id_, new.get("parameters") or [])

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Set what came or changed; give back to the engine what went."""
        super().update(aws, id_, old, new, changed)
        if "parameters" not in changed:
            return
        wanted = new.get("parameters") or []
        names = {each["name"] for each in wanted}
        gone = [each for each in old.get("parameters") or [] if each["name"] not in names]
        for some in _batches(gone):
            named = [
                {"ParameterName": each["name"], "ApplyMethod": "pending-reboot"} for each in some
            ]
            aws.call("rds.reset_db_parameter_group", DBParameterGroupName=id_, Parameters=named)
        self._set(aws, id_, wanted)

    def _set(self, aws: Aws, id_: str, parameters: list[Props]) -> None:
        for some in _batches(parameters):
            params = self.params("modify_db_parameter_group", {"parameters": some})
            aws.call("rds.modify_db_parameter_group", DBParameterGroupName=id_, **params)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the group with the parameters that are not the engine's own."""
        found = super().item(aws, id_, saved)
        if found is not None:
            answer = aws.call("rds.describe_db_parameters", DBParameterGroupName=id_, Source="user")
            found["UserParameters"] = answer["Parameters"]
        return found

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        if not old.get("skipDestroy"):
            super().delete(aws, id_, old)

    def in_use(self, aws: Aws, id_: str, old: Props) -> str | None:
        """Return an instance of the group; moto would delete it and then fail for ever."""
        if old.get("skipDestroy"):
            return None
        path = "DBParameterGroups[0].DBParameterGroupName"
        return _user(aws, path, id_, "InvalidDBParameterGroupState")


def _instances(aws: Aws, path: str, value: str) -> list[dict[str, Any]]:
    listed = f"DBInstances[?{path}=='{value}']"
    return list(aws.find("rds.describe_db_instances", listed) or [])


def _user(aws: Aws, path: str, value: str, code: str) -> str | None:
    found = _instances(aws, path, value)
    if not found:
        return None
    return f"database instance {found[0]['DBInstanceIdentifier']} is in it (AWS: {code})"


def _batches(parameters: list[Props]) -> Iterator[list[Props]]:
    for start in range(0, len(parameters), PARAMETERS_PER_REQUEST):
        yield parameters[start : start + PARAMETERS_PER_REQUEST]


def _encoded(parameter: Props) -> dict[str, Any]:
    return {
        "ParameterName": parameter["name"],
        "ParameterValue": parameter["value"],
        "ApplyMethod": parameter.get("applyMethod", "immediate"),
    }


def _decoded(parameter: dict[str, Any]) -> Props:
    return {
        "name": parameter["ParameterName"],
        "value": parameter.get("ParameterValue", ""),
        "applyMethod": parameter.get("ApplyMethod", "immediate"),
    }
