"""Record what a piece of program registers, under Pulumi's mocks, as plain data.

For unit tests of components and the blueprint only: nothing here talks to an engine or to AWS.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pulumi
from pulumi.runtime import settings
from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks

from policies.monitor import Monitor, quick

_Args = TypeVar("_Args")


@dataclass(frozen=True)
class Node:
    """One registered resource, free of outputs: nothing left to await."""

    type: str
    name: str
    parent: str
    """The names of its ancestors, outermost first, joined by ``/``; empty at the top."""
    inputs: dict[str, Any]
    options: dict[str, Any]
    """What the engine was told besides inputs: ``protect``, ``provider``, ``dependencies``."""

    @property
    def key(self) -> tuple[str, str, str]:
        """What identifies the node in either environment."""
        return (self.parent, self.type, self.name)


@dataclass
class Graph(Mocks):
    """Every resource that a program registered."""

    nodes: list[Node] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)
    """The inputs of the registration that has just been answered."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Answer a registration with its inputs, an id and the outputs that AWS would add."""
        self.given = args.inputs
        return f"{args.name}-id", {**invented_outputs(args), **args.inputs}

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], None]:
        """Refuse a look-up: nothing here may read the cloud while describing it."""
        raise AssertionError(f"unexpected look-up: {args.token}")

    def of(self, type_: str) -> list[Node]:
        """Return every node of one type, by name."""
        return sorted((node for node in self.nodes if node.type == type_), key=lambda n: n.name)

    def one(self, type_: str, name: str | None = None) -> Node:
        """Return the only node of a type (and name), or fail saying what was there."""
        found = [node for node in self.of(type_) if name in (None, node.name)]
        assert len(found) == 1, f"wanted one {type_} {name or ''}, got {[n.name for n in found]}"
        return found[0]

    def under(self, parent: str) -> list[Node]:
        """Return the direct children of the resource at this parent path."""
        return [node for node in self.nodes if node.parent == parent]

    @property
    def shape(self) -> set[tuple[str, str, str]]:
        """What exists and where it hangs; the order of registration means nothing."""
        return {node.key for node in self.nodes}


def invented_outputs(args: MockResourceArgs) -> dict[str, Any]:
    """Return stand-ins for the outputs that other resources are built from."""
    name = args.name
    outputs: dict[str, Any] = {"arn": f"arn:aws:mock:eu-west-1:000000000000:{name}", "name": name}
    if args.typ == "aws:acm/certificate:Certificate":
        hosts = [args.inputs["domainName"], *args.inputs.get("subjectAlternativeNames", [])]
        outputs["domainValidationOptions"] = [
            {
                "domainName": host,
                "resourceRecordName": f"_{name}.{host}",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": "_mock.acm-validations.aws",
            }
            for host in hosts
        ]
    if args.typ == "aws:rds/instance:Instance":
        outputs |= {"address": f"{name}.mock", "port": 5432}
    if args.typ == "aws:secretsmanager/secretVersion:SecretVersion":
        outputs["versionId"] = f"{name}-id"
    if args.typ == "random:index/randomId:RandomId":
        outputs["hex"] = "0a1b2c3d"
    if args.typ == "aws:route53/zone:Zone":
        outputs |= {"zoneId": f"{name}-zone-id", "nameServers": [f"ns-{n}.mock" for n in range(4)]}
    if args.typ == "aws:lb/loadBalancer:LoadBalancer":
        outputs |= {
            "zoneId": f"{name}-zone-id",
            "dnsName": f"{name}.mock",
            "arnSuffix": f"app/{name}/mock",
        }
    if args.typ == "aws:lb/targetGroup:TargetGroup":
        outputs["arnSuffix"] = f"targetgroup/{name}/mock"
    if args.typ == "random:index/randomId:RandomId":
        outputs["hex"] = "0a1b2c3d"
    if args.typ == "random:index/randomPassword:RandomPassword":
        outputs["result"] = "mock"
    return outputs


class _Monitor(Monitor):
    """The mock engine, which also remembers where each resource hangs."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph)
        self._graph = graph
        self._path: dict[str, str] = {"": ""}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  (the engine's own spelling)
        """Record the registration after the mock has answered it."""
        response = super().RegisterResource(request)
        if request.type == "pulumi:pulumi:Stack":
            self._path[response.urn] = ""
            return response
        parent = self._path[request.parent]
        self._path[response.urn] = f"{parent}/{request.name}".removeprefix("/")
        inputs = dict(self._graph.given)
        options = {
            "protect": request.protect,
            "provider": request.provider,
            "providers": dict(request.providers),
            "retainOnDelete": request.retainOnDelete,
            "ignoreChanges": list(request.ignoreChanges),
            "dependencies": list(request.dependencies),
            "propertyDependencies": {
                key: list(value.urns) for key, value in request.propertyDependencies.items()
            },
        }
        self._graph.nodes.append(Node(request.type, request.name, parent, inputs, options))
        return response


def record(program: Callable[[], object], *, stack: str = "staging") -> Graph:
    """Run ``program`` offline and return the graph that it registered."""
    graph = Graph()
    settings.set_root_resource(None)  # type: ignore[arg-type]  # Left over from the graph recorded before.
    with quick():
        pulumi.runtime.set_mocks(
            graph, project="understudy", stack=stack, preview=False, monitor=_Monitor(graph)
        )
        pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]
    return graph


def once(build: Callable[[_Args], Graph]) -> Callable[[_Args], Graph]:
    """Build the graph of the same arguments once for all tests, which only read it."""
    kept: dict[int, tuple[_Args, Graph]] = {}

    def deploy(args: _Args) -> Graph:
        # By identity: arguments may hold lists. They are kept, so that no other gets their id.
        if id(args) not in kept:
            kept[id(args)] = args, build(args)
        return kept[id(args)][1]

    return deploy
