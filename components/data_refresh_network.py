"""Where the copies of a data refresh live, and who may talk to them.

No group here has a way to the world: besides the copies there are only the VPC's endpoints, and of
those only what this account's principals may use. Left open is DNS, which security groups do not
filter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import ec2, rds, vpc

from components.known_once import known_once
from components.security_groups import HTTPS
from components.tags import child_tags

GROUPS = {
    "raw": "Raw copy of the database: takes those of preparation and sanitiser, opens none",
    "sanitised": "Sanitised copy: takes connections of sanitiser and scan, opens none",
    "prepare": "Preparation: reaches the raw copy and AWS by its endpoints, nothing else",
    "sanitise": "Sanitiser: reaches both copies and AWS by its endpoints, nothing else",
    "scan": "Scan: reaches the sanitised copy and AWS by its endpoints, nothing else",
}
"""The description of each group. EC2 can't change one: a new text replaces the group."""

REACHED = {"prepare": ("raw",), "sanitise": ("raw", "sanitised"), "scan": ("sanitised",)}
"""By task, the copies that it connects to."""


@dataclass(frozen=True, kw_only=True)
class DataRefreshNetworkArgs:
    """The network that is there, of which only the isolated part is used."""

    vpc_id: Input[str]
    subnet_ids: Sequence[Input[str]]
    """Isolated: without a route to the world."""
    endpoints_group_id: Input[str]
    s3_prefix_list_id: Input[str]
    """Layers of images lie in S3, which has no address in the network."""
    database_port: int
    tags: Mapping[str, str]


class DataRefreshNetwork(pulumi.ComponentResource):
    """A group for each copy and each task, and the copies' subnets."""

    raw_id: Output[str]
    sanitised_id: Output[str]
    task_group_ids: dict[str, Output[str]]
    subnet_group_name: Output[str]

    def __init__(
        self, name: str, args: DataRefreshNetworkArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:data:DataRefreshNetwork", name, None, opts)
        self._name = name
        self._args = args
        self._child = ResourceOptions(parent=self)
        self._groups = {part: self._group(part, about) for part, about in GROUPS.items()}
        self._rules: dict[str, list[Output[str]]] = {part: [] for part in GROUPS}
        for task, copies in REACHED.items():
            for copy in copies:
                self._connect(task, copy)
            self._to_endpoints(task)
            self._to_s3(task)
        subnets = rds.SubnetGroup(
            f"{name}-subnets",
            description="Copies of the database, for as long as a data refresh takes",
            subnet_ids=args.subnet_ids,
            tags=child_tags(args.tags, name, f"{name}-subnets"),
            opts=self._child,
        )

        self.raw_id = self._with_rules("raw")
        self.sanitised_id = self._with_rules("sanitised")
        self.task_group_ids = {task: self._with_rules(task) for task in REACHED}
        self.subnet_group_name = subnets.name
        self.register_outputs({"subnetGroupName": self.subnet_group_name})

    def _group(self, part: str, about: str) -> ec2.SecurityGroup:
        child = f"{self._name}-{part}"
        return ec2.SecurityGroup(
            child,
            vpc_id=self._args.vpc_id,
            description=about,
            tags=child_tags(self._args.tags, self._name, child),
            opts=self._child,
        )

    def _with_rules(self, part: str) -> Output[str]:
        """Return a group's id, known once its rules are there."""
        return known_once(self._groups[part].id, *self._rules[part])

    def _connect(self, task: str, copy: str) -> None:
        """Let a task reach a copy: out of the one, into the other."""
        port = self._args.database_port
        self._let_in(f"{copy}-from-{task}", self._groups[copy].id, task, port, f"From {task}")
        self._let_out(f"{task}-to-{copy}", task, port, f"To {copy}", group=self._groups[copy].id)

    def _to_endpoints(self, task: str) -> None:
        endpoints = self._args.endpoints_group_id
        self._let_in(f"endpoints-from-{task}", endpoints, task, HTTPS, f"From {task}")
        self._let_out(f"{task}-to-endpoints", task, HTTPS, "To endpoints", group=endpoints)

    def _to_s3(self, task: str) -> None:
        prefixes = self._args.s3_prefix_list_id
        self._let_out(f"{task}-to-s3", task, HTTPS, "To S3", prefix_list=prefixes)

    def _let_in(self, key: str, group_id: Input[str], task: str, port: int, about: str) -> None:
        child = f"{self._name}-{key}"
        rule = vpc.SecurityGroupIngressRule(
            child,
            security_group_id=group_id,
            referenced_security_group_id=self._groups[task].id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=f"{about} on {port}",
            tags=child_tags(self._args.tags, self._name, child),
            opts=self._child,
        )
        self._rules[task].append(rule.id)

    def _let_out(
        self,
        key: str,
        task: str,
        port: int,
        about: str,
        *,
        group: Input[str] | None = None,
        prefix_list: Input[str] | None = None,
    ) -> None:
        child = f"{self._name}-{key}"
        rule = vpc.SecurityGroupEgressRule(
            child,
            security_group_id=self._groups[task].id,
            referenced_security_group_id=group,
            prefix_list_id=prefix_list,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=f"{about} on {port}",
            tags=child_tags(self._args.tags, self._name, child),
            opts=self._child,
        )
        self._rules[task].append(rule.id)
