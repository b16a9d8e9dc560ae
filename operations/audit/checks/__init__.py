"""The looks at an account, one file for each kind of thing."""

from operations.audit.checks import buckets, keys, logs, network, people, roles, services, shares
from operations.audit.outcome import Check

MODULES = (people, roles, network, buckets, shares, keys, logs, services)
CHECKS = tuple(
    sorted(
        (each for module in MODULES for each in vars(module).values() if isinstance(each, Check)),
        key=lambda each: each.name,
    )
)
