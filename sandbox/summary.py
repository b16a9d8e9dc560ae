"""What runs where, at what size: read from the stacks' own state, printed side by side."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

Resource = Mapping[str, Any]


def outputs_of(deployment: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stack's outputs, with secrets hidden."""
    for resource in deployment.get("resources", []):
        if resource["type"] == "pulumi:pulumi:Stack":
            return {name: _shown(value) for name, value in resource.get("outputs", {}).items()}
    return {}


def sizes(deployment: Mapping[str, Any]) -> dict[str, str]:
    """Return what a reader asks first of an environment, in words."""
    of = _by_type(deployment)
    custom = [r for r in deployment.get("resources", []) if r["type"].startswith("aws:")]
    told = outputs_of(deployment)
    rows: dict[str, str] = {
        name: str(told[name]) for name in ("account", "region", "url") if name in told
    }
    rows["resources"] = str(len(custom))
    for vpc in of["aws:ec2/vpc:Vpc"]:
        zones = {subnet["inputs"].get("availabilityZone") for subnet in of["aws:ec2/subnet:Subnet"]}
        rows["network"] = (
            f"{vpc['inputs']['cidrBlock']}, {len(zones)} zones, "
            f"{len(of['aws:ec2/natGateway:NatGateway'])} NAT"
        )
    rows["database"] = _database(of["aws:rds/instance:Instance"])
    rows.update(_services(of))
    rows["alarms"] = str(len(of["aws:cloudwatch/metricAlarm:MetricAlarm"]))
    rows["backup"] = _backups(of["aws:backup/plan:Plan"])
    return rows


def show(console: Console, deployments: Mapping[str, Mapping[str, Any]]) -> None:
    """Print the stacks' sizes side by side, then the outputs of each."""
    table = Table(title="What runs where", title_justify="left", header_style="bold")
    table.add_column("")
    for stack in deployments:
        table.add_column(stack, overflow="fold")
    columns = {stack: sizes(deployment) for stack, deployment in deployments.items()}
    for name in sorted({name for rows in columns.values() for name in rows}, key=_order(columns)):
        table.add_row(name, *(Text(columns[stack].get(name, "")) for stack in columns))
    console.print(table)
    for stack, deployment in deployments.items():
        outputs = outputs_of(deployment)
        widest = max(map(len, outputs), default=0)
        console.print(Text(f"\nOutputs of {stack}", style="bold"))
        for name, value in outputs.items():
            # Values are to be copied: a line of its own each, however long.
            console.print(Text(f"  {name:<{widest}}  {value}"), soft_wrap=True)


def _order(columns: Mapping[str, Mapping[str, Any]]) -> Any:
    first = [name for rows in columns.values() for name in rows]
    return first.index


def _by_type(deployment: Mapping[str, Any]) -> Mapping[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for resource in deployment.get("resources", []):
        found.setdefault(resource["type"], []).append(resource)

    class _Default(dict[str, list[Resource]]):
        def __missing__(self, key: str) -> list[Resource]:
            return []

    return _Default(found)


def _database(instances: list[Resource]) -> str:
    # A database restored from a backup has its engine and size from there, not from the program.
    each = [{**instance.get("outputs", {}), **instance["inputs"]} for instance in instances]
    mains = [properties for properties in each if not properties.get("replicateSourceDb")]
    replicas = len(instances) - len(mains)
    return "; ".join(
        f"{main.get('engine', '?')} {main.get('engineVersion', '?')}, "
        f"{main.get('instanceClass', '?')}, {main.get('allocatedStorage', '?')} GiB, "
        f"{'two zones' if main.get('multiAz') else 'one zone'}, "
        f"{replicas} replica{'' if replicas == 1 else 's'}"
        for main in mains
    )


def _services(of: Mapping[str, list[Resource]]) -> dict[str, str]:
    definitions = {
        d["outputs"].get("arn"): d["inputs"] for d in of["aws:ecs/taskDefinition:TaskDefinition"]
    }
    targets = {
        target["inputs"]["resourceId"].rpartition("/")[2]: target["inputs"]
        for target in of["aws:appautoscaling/target:Target"]
    }
    rows = {}
    for service in sorted(of["aws:ecs/service:Service"], key=lambda each: str(each["urn"])):
        inputs = service["inputs"]
        task = definitions.get(inputs.get("taskDefinition"), {})
        target = targets.get(service["outputs"].get("name"), {})
        rows[service["urn"].rpartition("::")[2]] = (
            f"{target.get('minCapacity', '?')} to {target.get('maxCapacity', '?')} tasks of "
            f"{task.get('cpu', '?')} CPU units, {task.get('memory', '?')} MiB"
        )
    return rows


def _backups(plans: list[Resource]) -> str:
    kept = Counter(
        f"{rule['lifecycle']['deleteAfter']} d"
        for plan in plans
        for rule in plan["inputs"].get("rules", [])
        if (rule.get("lifecycle") or {}).get("deleteAfter")
    )
    return "kept " + ", ".join(kept) if kept else ""


def _shown(value: Any) -> str:
    if isinstance(value, Mapping) and "4dabf18193072939515e22adb298388d" in value:
        return "[secret]"
    return value if isinstance(value, str) else json.dumps(value)
