"""Who may open a connection to whom: world, load balancer, tasks, database, endpoints."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import Input, Output, ResourceOptions

from components.group_rules import GroupRules
from components.known_once import known_once
from components.network import ANYWHERE

HTTP = 80
HTTPS = 443
HIGHEST_PORT = 65535

GROUPS = {
    "load-balancer": "Public entrance: takes web traffic, passes it to the web tasks",
    "web": "Web tasks: take requests from the load balancer",
    "worker": "Worker, scheduled job and migration tasks: nothing connects to them",
    "database": "Database: takes connections from the tasks, opens none",
    "endpoints": "Private addresses of AWS services: take HTTPS from the tasks",
}
"""The description of each group. EC2 can't change one: a new text replaces the group."""


@dataclass(frozen=True, kw_only=True)
class SecurityGroupsArgs:
    """The network, and the two ports that are the application's choice."""

    vpc_id: Input[str]
    web_port: int
    database_port: int
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        """Reject what is not a TCP port."""
        for field in ("web_port", "database_port"):
            port = getattr(self, field)
            if not 1 <= port <= HIGHEST_PORT:
                raise ValueError(f"{field} must be between 1 and {HIGHEST_PORT}, got {port}")


class SecurityGroups(pulumi.ComponentResource):
    """One group for each part, with no rule that a part does not need.

    Only the load balancer is open to the world, on 80 (which redirects) and 443. Which networks
    may use it is the web firewall's to decide: its list is one resource in every environment,
    where rules here would differ in number.
    """

    load_balancer_id: Output[str]
    web_id: Output[str]
    worker_id: Output[str]
    database_id: Output[str]
    endpoints_id: Output[str]

    def __init__(
        self, name: str, args: SecurityGroupsArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("understudy:network:SecurityGroups", name, None, opts)
        self._made = GroupRules(name=name, vpc_id=args.vpc_id, tags=args.tags, parent=self)
        self._groups = {part: self._made.group(part, about) for part, about in GROUPS.items()}
        self._rules: dict[str, list[Output[str]]] = {part: [] for part in GROUPS}

        self._from_world("load-balancer", HTTP, "http", "HTTP from anywhere, to be redirected")
        self._from_world("load-balancer", HTTPS, "https", "HTTPS from anywhere")
        self._connect("load-balancer", "web", args.web_port)
        for tasks in ("web", "worker"):
            self._connect(tasks, "database", args.database_port)
            self._connect(tasks, "endpoints", HTTPS)
            self._to_world(tasks, HTTPS, "https", "HTTPS to third parties")

        self.load_balancer_id = self._with_rules("load-balancer")
        self.web_id = self._with_rules("web")
        self.worker_id = self._with_rules("worker")
        self.database_id = self._with_rules("database")
        self.endpoints_id = self._with_rules("endpoints")
        self.register_outputs(
            {
                "load_balancer_id": self.load_balancer_id,
                "web_id": self.web_id,
                "worker_id": self.worker_id,
                "database_id": self.database_id,
                "endpoints_id": self.endpoints_id,
            }
        )

    def _with_rules(self, part: str) -> Output[str]:
        """Return a group's id, known once its rules are there.

        So what is in the group can talk from its first moment on, and until its last.
        """
        return known_once(self._groups[part].id, *self._rules[part])

    def _connect(self, source: str, target: str, port: int) -> None:
        """Let one part open connections to another: out of the one, into the other."""
        here, there = self._groups[source].id, self._groups[target].id
        out = self._made.let_out(
            f"{source}-to-{target}", here, port, f"To {target} on {port}", target=there
        )
        into = self._made.let_in(
            f"{target}-from-{source}", there, port, f"From {source} on {port}", source=here
        )
        self._rules[source].append(out)
        self._rules[target].append(into)

    def _from_world(self, part: str, port: int, service: str, about: str) -> None:
        key, group = f"{part}-from-world-{service}", self._groups[part].id
        self._rules[part].append(self._made.let_in(key, group, port, about, cidr=ANYWHERE))

    def _to_world(self, part: str, port: int, service: str, about: str) -> None:
        key, group = f"{part}-to-world-{service}", self._groups[part].id
        self._rules[part].append(self._made.let_out(key, group, port, about, cidr=ANYWHERE))
