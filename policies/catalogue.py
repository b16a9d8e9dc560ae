"""Every rule that there is: those of each module in ``policies/rules``."""

import importlib
import pkgutil
from collections.abc import Iterable

from policies import rules
from policies.rule import Rule, rules_of

MODULES = tuple(
    importlib.import_module(f"{rules.__name__}.{module.name}")
    for module in pkgutil.iter_modules(rules.__path__)
)
RULES = tuple(
    sorted((rule for module in MODULES for rule in rules_of(module)), key=lambda rule: rule.name)
)


def families(wanted: Iterable[Rule]) -> dict[str, list[Rule]]:
    """Return rules by the kind of thing that they look at."""
    chosen = set(wanted)
    found = {
        module.__name__.rpartition(".")[2].replace("_", "-"): [
            rule for rule in rules_of(module) if rule in chosen
        ]
        for module in MODULES
    }
    return {family: own for family, own in found.items() if own}
