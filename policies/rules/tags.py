"""Rules for tags: by them people find whose a resource is and what it belongs to."""

import keyword
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from policies.graph import STACK, Graph, Resource
from policies.place import Place, every
from policies.rule import Severity, rule
from policies.verdict import Verdict, all_of

WANTED = ("Application", "Component", "Environment", "ManagedBy", "Owner")

TYPE = re.compile(r"aws:(\w+)/(\w+):\w+")


@rule(
    "tags-on-everything",
    STACK,
    severity=Severity.LOW,
    why="Nobody can say whose a resource is, what it costs and whether it may be deleted.",
    fix="Set the tags Application, Component, Environment, ManagedBy and Owner.",
    controls=["AWS Config required-tags"],
)
def tags_on_everything(_: Resource, graph: Graph) -> Verdict:
    """Every resource that can be tagged says whose it is and what it belongs to."""
    return every((each for each in graph.resources if _is_taggable(each.type)), _is_tagged)


def _is_tagged(resource: Resource) -> Verdict:
    tags = Place(f"{resource}.tags", resource["tags"].value).or_else({})
    known = tags.satisfies(lambda found: isinstance(found, dict), "must be tags by name")
    return all_of(known, *(tags[name].given() for name in WANTED))


@cache
def _is_taggable(type_: str) -> bool:
    """Tell whether a type has tags, as the SDK says.

    Its modules are read and not imported, which would take seconds.
    """
    found = TYPE.fullmatch(type_)
    if found is None:
        return False
    service, name = found.groups()
    sdk = find_spec("pulumi_aws")
    if sdk is None or sdk.origin is None:
        raise ModuleNotFoundError("pulumi_aws")
    folder = Path(sdk.origin).parent / (f"{service}_" if keyword.iskeyword(service) else service)
    modules = (each for each in folder.glob("*.py") if each.stem.replace("_", "") == name.lower())
    return any("def tags(self)" in each.read_text("utf-8") for each in modules)
