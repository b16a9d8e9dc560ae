"""Every rule that there is."""

from policies.rule import rules_of
from policies.rules import (
    audit,
    backup,
    bucket_policies,
    buckets,
    compute,
    database,
    database_access,
    database_monitoring,
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
    bucket_policies,
    buckets,
    compute,
    database,
    database_access,
    database_monitoring,
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
