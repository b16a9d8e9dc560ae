"""The file that ``pulumi import`` takes: what was confirmed, below the program's own components.

Source: Pulumi docs, "pulumi import", the form of an import file: ``nameTable`` holds the URNs of
what the stack has already; a component has no id.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from operations.adopt.matches import Match
from operations.adopt.states import State
from operations.adopt.wanted import HOME
from operations.errors import OperationError, refusals
from policies.files import write
from policies.graph import STACK, Graph, Resource

PROVIDERS = "**::pulumi:providers:aws::*"


def import_file(
    project: str, graph: Graph, confirmed: Sequence[tuple[Match, str]], state: State
) -> dict[str, Any]:
    """Return the file's content.

    Raises OperationError where the stack has not the provider yet that the resources need.
    """
    paths = {_path(each): each for each in graph.resources if each.type != STACK}
    urns = {_path(each): _urn(project, graph.stack, each, paths) for each in paths.values()}
    provider = next(urn for path, urn in urns.items() if path == HOME)
    if provider not in state.resources:
        raise OperationError(
            f"{graph.stack}: the stack has no provider yet: "
            f"pulumi up --stack {graph.stack} --target '{PROVIDERS}'"
        )
    new = [
        (match.resource, id_)
        for match, id_ in confirmed
        if urns[_path(match.resource)] not in state.resources
    ]
    above = _components([resource for resource, _ in new], paths)
    made = [each for each in above if urns[_path(each)] not in state.resources]
    table = {HOME: provider}
    table |= {_word(each): urns[_path(each)] for each in above if each not in made}
    names = Counter(each.name for each in [*made, *(resource for resource, _ in new)])
    resources = [_component(each) for each in made]
    resources += [_resource(each, id_, names) for each, id_ in new]
    return {"nameTable": table, "resources": resources}


def project_of(root: Path) -> str:
    """Return the project's name, which every URN holds."""
    return str(yaml.safe_load((root / "Pulumi.yaml").read_text())["name"])


def write_import_file(path: Path, content: dict[str, Any]) -> None:
    """Write the file; OperationError where it can't be."""
    with refusals():
        write(path, f"{json.dumps(content, indent=2)}\n")


def held_elsewhere(
    confirmed: Iterable[tuple[Match, str]], mine: State, others: Iterable[State]
) -> list[str]:
    """Return a line for each object that another stack, or another resource, has already."""
    lines = []
    others = list(others)
    for match, id_ in confirmed:
        item = match.item
        if item is None:
            continue
        urn = mine.holder(item)
        if urn and not urn.endswith(f"{match.resource.type}::{match.resource.name}"):
            lines.append(f"{match.resource}: {id_} belongs to {urn} already")
        lines += [
            f"{match.resource}: {id_} belongs to the stack {other.stack} already: {held}"
            for other in others
            if (held := other.holder(item))
        ]
    return lines


def _path(resource: Resource) -> str:
    return f"{resource.parent}/{resource.name}".removeprefix("/")


def _chain(resource: Resource, paths: dict[str, Resource]) -> list[Resource]:
    """Return the components above a resource, the outermost first."""
    parts = resource.parent.split("/") if resource.parent else []
    return [paths["/".join(parts[: n + 1])] for n in range(len(parts))]


def _urn(project: str, stack: str, resource: Resource, paths: dict[str, Resource]) -> str:
    types = [*(each.type for each in _chain(resource, paths)), resource.type]
    return f"urn:pulumi:{stack}::{project}::{'$'.join(types)}::{resource.name}"


def _components(resources: list[Resource], paths: dict[str, Resource]) -> list[Resource]:
    found: dict[str, Resource] = {}
    for resource in resources:
        found |= {_path(each): each for each in _chain(resource, paths)}
    return list(found.values())


def _word(component: Resource) -> str:
    """Return how the file calls a component: nothing else in it has a slash."""
    return f"/{_path(component)}"


def _below(resource: Resource) -> dict[str, str]:
    return {"parent": f"/{resource.parent}"} if resource.parent else {}


def _component(component: Resource) -> dict[str, Any]:
    return {
        "type": component.type,
        "name": _word(component),
        "logicalName": component.name,
        "component": True,
        **_below(component),
    }


def _resource(resource: Resource, id_: str, names: Counter[str]) -> dict[str, Any]:
    word = resource.name if names[resource.name] == 1 else str(resource)
    return {
        "type": resource.type,
        "name": word,
        "logicalName": resource.name,
        "id": id_,
        "provider": HOME,
        **_below(resource),
    }
