"""What of an environment's graph a person should take in at a glance."""

import ipaddress
from collections.abc import Iterator

from operations.diagram.parts import Block, Cells, Dots, Environment, Item, Text
from policies.graph import Graph, Resource

TIERS = ("public", "private", "isolated")
"""The kinds of subnets, by which logical names tell them apart: ``network-public-a``."""
PROVIDER = "pulumi:providers:aws"
SPOT = "FARGATE_SPOT"
UNITS = 1024
EVERYONE = ipaddress.ip_network("0.0.0.0/0")


def environment(graph: Graph) -> Environment:
    """Return an environment as its picture shows it."""
    return Environment(
        stack=graph.stack,
        about=(f"account {_account(graph, 'primary')}", _region(graph)),
        before=(_entrance(graph),),
        network=" ".join(("network", *_texts(graph, "aws:ec2/vpc:Vpc", "cidrBlock"))),
        tiers=(_public(graph), _private(graph), _isolated(graph)),
        after=(_data(graph), _keys(graph), _watch(graph), _backups(graph)),
        archive=_account(graph, "archive"),
    )


def _account(graph: Graph, provider: str) -> str:
    found = graph.by_key.get((PROVIDER, provider))
    ids = found["allowedAccountIds"].document().items() if found else []
    return ", ".join(each.text for each in ids)


def _region(graph: Graph) -> str:
    found = graph.by_key.get((PROVIDER, "primary"))
    return found["region"].text if found else ""


def _entrance(graph: Graph) -> Block:
    zones = _texts(graph, "aws:route53/zone:Zone", "name")
    return Block(
        name=", ".join(zones) or "no zone",
        kind="box",
        items=tuple(map(Text, _entrance_words(graph))),
        led_to=False,
    )


def _entrance_words(graph: Graph) -> Iterator[str]:
    signed = graph.of("aws:route53/hostedZoneDnsSec:HostedZoneDnsSec")
    yield "DNS, signed" if signed else "DNS, not signed"
    for acl in graph.of("aws:wafv2/webAcl:WebAcl"):
        yield f"firewall with {_many(len(acl['rules'].items()), 'rule')}"
    for allowed in graph.of("aws:wafv2/ipSet:IpSet"):
        yield f"open to {_networks([each.text for each in allowed['addresses'].items()])}"
    for balancer in graph.of("aws:lb/loadBalancer:LoadBalancer"):
        yield f"load balancer, {_many(len(balancer['subnets'].items()), 'zone')}"


def _networks(addresses: list[str]) -> str:
    found = [*ipaddress.collapse_addresses(ipaddress.IPv4Network(each) for each in addresses)]
    return "everyone" if found == [EVERYONE] else _many(len(found), "network")


def _public(graph: Graph) -> Block:
    gateways = {each.name[-1] for each in graph.of("aws:ec2/natGateway:NatGateway")}
    zones = _zones(graph, "public")
    labels = tuple(f"{zone}: NAT" if zone in gateways else zone for zone in zones)
    return Block(
        name="public subnets",
        kind="engine",
        items=(Cells(labels, tuple(zone in gateways for zone in zones)),),
    )


def _zones(graph: Graph, tier: str) -> list[str]:
    return [
        each["availabilityZone"].text[-1]
        for each in graph.of("aws:ec2/subnet:Subnet")
        if f"-{tier}-" in each.name
    ]


def _private(graph: Graph) -> Block:
    items: list[Item] = []
    for service in graph.of("aws:ecs/service:Service"):
        items += _service(graph, service)
    jobs = len(graph.of("aws:scheduler/schedule:Schedule"))
    if jobs:
        items.append(Text(_many(jobs, "schedule")))
    endpoints = graph.of("aws:ec2/vpcEndpoint:VpcEndpoint")
    if endpoints:
        items.append(Text(f"{_many(len(endpoints), 'endpoint')} to AWS"))
    return Block(name="private subnets", kind="code", items=tuple(items))


def _service(graph: Graph, service: Resource) -> Iterator[Item]:
    name = service.name.removesuffix("-service")
    for target in graph.referring(service, "aws:appautoscaling/target:Target", "resourceId"):
        always, most = (int(target[key].number or 0) for key in ("minCapacity", "maxCapacity"))
        yield Text(f"{name}: {always} to {most} tasks")
        yield Dots(always, most)
    for task in graph.linked(service, "taskDefinition"):
        cpu, memory = (int(task[key].text) / UNITS for key in ("cpu", "memory"))
        spot = any(
            each["capacityProvider"].text == SPOT and each["weight"].number
            for each in service["capacityProviderStrategies"].items()
        )
        yield Text(f"{cpu:g} vCPU, {memory:g} GB{', Spot' if spot else ''}")


def _isolated(graph: Graph) -> Block:
    instances = graph.of("aws:rds/instance:Instance")
    primary = next((each for each in instances if each["replicateSourceDb"].is_absent), None)
    items: list[Item] = []
    if primary is not None:
        most = primary["maxAllocatedStorage"].number
        grows = f", up to {most:g}" if most else ""
        items = [
            Text(f"PostgreSQL {primary['engineVersion'].text}"),
            Text(primary["instanceClass"].text),
            Text(f"{primary['allocatedStorage'].number or 0:g} GiB{grows}"),
            _instances(primary, len(instances) - 1),
        ]
    return Block(name="isolated subnets", kind="place", items=tuple(items))


def _instances(primary: Resource, replicas: int) -> Cells:
    standby = primary["multiAz"].value is True
    labels = ("primary", "standby" if standby else "no standby", *["replica"] * replicas)
    return Cells(labels, (True, standby, *[True] * replicas))


def _data(graph: Graph) -> Block:
    gives = bool(graph.of("understudy:data:DataRefresh"))
    takes = bool(graph.of("understudy:data:SharedSnapshots"))
    words = "takes sanitised copies" if takes else "its own alone"
    items = (Text("gives sanitised copies" if gives else words),)
    return Block(name="data", kind="place", items=items, led_to=False, gives=gives)


def _backups(graph: Graph) -> Block:
    words = [
        f"{rule['ruleName'].text}, kept {rule['lifecycle']['deleteAfter'].number or 0:g} days"
        for plan in graph.of("aws:backup/plan:Plan")
        for rule in plan["rules"].items()
    ]
    vaults = graph.of("aws:backup/vault:Vault")
    regions = sorted({each["region"].text for each in vaults} - {""})
    words += [f"a copy in {each}" for each in regions]
    words += [
        f"restore test {_times(plan['scheduleExpression'].text)}"
        for plan in graph.of("aws:backup/restoreTestingPlan:RestoreTestingPlan")
    ]
    return Block("backups", "box", tuple(map(Text, words)), led_to=False)


def _times(expression: str) -> str:
    days = expression.removesuffix(")").split(" ")[-2]
    named = days not in ("?", "*")
    return f"each {days.title().replace(',', ', ')}" if named else "by its calendar"


def _keys(graph: Graph) -> Block:
    keys = _number(graph, "key", "aws:kms/key:Key")
    secrets = _number(graph, "secret", "aws:secretsmanager/secret:Secret")
    return Block("encryption", "box", (Text(f"{keys}, {secrets}"),), led_to=False)


def _watch(graph: Graph) -> Block:
    alarms = _number(graph, "alarm", "aws:cloudwatch/metricAlarm:MetricAlarm")
    dashboards = _number(graph, "dashboard", "aws:cloudwatch/dashboard:Dashboard")
    logs = _number(graph, "log group", "aws:cloudwatch/logGroup:LogGroup")
    trail = "audit trail, " if graph.of("aws:cloudtrail/trail:Trail") else ""
    people = {*_texts(graph, "aws:sns/topicSubscription:TopicSubscription", "endpoint")}
    words = (
        f"{alarms}, {dashboards}",
        f"{trail}{logs}",
        f"mail to {_many(len(people), 'address')}",
    )
    return Block("watch", "box", tuple(map(Text, words)), led_to=False)


def _number(graph: Graph, thing: str, type_: str) -> str:
    return _many(len(graph.of(type_)), thing)


def _texts(graph: Graph, type_: str, name: str) -> list[str]:
    return [each[name].text for each in graph.of(type_)]


def _many(number: int, thing: str) -> str:
    many = f"{thing}es" if thing.endswith("s") else f"{thing}s"
    return f"{number} {thing if number == 1 else many}"
