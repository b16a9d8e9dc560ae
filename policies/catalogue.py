"""Every rule that there is."""

from collections.abc import Iterable

from policies.rule import Rule, rules_of
from policies.rules import (
    audit,
    backup,
    buckets,
    compute,
    database,
    delivery,
    dns,
    firewall,
    identity,
    keys,
    load_balancer,
    monitoring,
    network,
    secrets,
    tags,
)

MODULES = (
    audit,
    backup,
    buckets,
    compute,
    database,
    delivery,
    dns,
    firewall,
    identity,
    keys,
    load_balancer,
    monitoring,
    network,
    secrets,
    tags,
)
RULES = tuple(
    sorted((rule for module in MODULES for rule in rules_of(module)), key=lambda rule: rule.name)
)


def families(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    """Return rules by the kind of thing that they look at."""
    wanted = set(rules)
    found = {
        module.__name__.rpartition(".")[2].replace("_", "-"): [
            rule for rule in rules_of(module) if rule in wanted
        ]
        for module in MODULES
    }
    return {family: own for family, own in found.items() if own}
