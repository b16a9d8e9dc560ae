"""Every rule that there is."""

from policies.rule import rules_of
from policies.rules import (
    audit,
    audit_events,
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
    protection,
    secrets,
    tags,
)

MODULES = (
    audit,
    audit_events,
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
    protection,
    secrets,
    tags,
)
RULES = tuple(
    sorted((rule for module in MODULES for rule in rules_of(module)), key=lambda rule: rule.name)
)
