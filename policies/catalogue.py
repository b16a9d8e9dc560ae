"""Every rule that there is."""

from policies.rule import rules_of
from policies.rules import (
    audit,
    backup,
    buckets,
    compute,
    database,
    dns,
    firewall,
    identity,
    keys,
    load_balancer,
    monitoring,
    network,
    registry,
    secrets,
    tags,
    tasks,
    trust,
)

MODULES = (
    audit,
    backup,
    buckets,
    compute,
    database,
    dns,
    firewall,
    identity,
    keys,
    load_balancer,
    monitoring,
    network,
    registry,
    secrets,
    tags,
    tasks,
    trust,
)
RULES = tuple(
    sorted((rule for module in MODULES for rule in rules_of(module)), key=lambda rule: rule.name)
)
