"""Where the copies of a data refresh live, and who may talk to them.

No group here has a way to the world: besides the copies there are only the VPC's endpoints, and of
those only what this account's principals may use. Left open is DNS, which security groups do not
filter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions
from pulumi_aws import rds

from components.group_rules import GroupRules
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
        self._args = args
        self._made = GroupRules(name=name, vpc_id=args.vpc_id, tags=args.tags, parent=self)
        self._groups = {part: self._made.group(part, about) for part, about in GROUPS.items()}
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
            opts=ResourceOptions(parent=self),
        )

        self.raw_id = self._with_rules("raw")
        self.sanitised_id = self._with_rules("sanitised")
        self.task_group_ids = {task: self._with_rules(task) for task in REACHED}
        self.subnet_group_name = subnets.name
        self.register_outputs({"subnetGroupName": self.subnet_group_name})

    def _with_rules(self, part: str) -> Output[str]:
        """Return a group's id, known once its rules are there."""
        return known_once(self._groups[part].id, *self._rules[part])

    def _connect(self, task: str, copy: str) -> None:
        """Let a task reach a copy: out of the one, into the other."""
        self._reach(task, copy, self._groups[copy].id, self._args.database_port)

    def _to_endpoints(self, task: str) -> None:
        self._reach(task, "endpoints", self._args.endpoints_group_id, HTTPS)

    def _reach(self, task: str, target: str, group: Input[str], port: int) -> None:
        own = self._groups[task].id
        self._rules[task] += [
            self._made.let_in(
                f"{target}-from-{task}", group, port, f"From {task} on {port}", source=own
            ),
            self._made.let_out(
                f"{task}-to-{target}", own, port, f"To {target} on {port}", target=group
            ),
        ]

    def _to_s3(self, task: str) -> None:
        prefixes, about = self._args.s3_prefix_list_id, f"To S3 on {HTTPS}"
        own = self._groups[task].id
        self._rules[task].append(
            self._made.let_out(f"{task}-to-s3", own, HTTPS, about, prefix_list=prefixes)
        )
