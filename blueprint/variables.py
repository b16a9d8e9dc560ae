"""Fill the application's variables from what the settings say and the blueprint knows."""

from collections.abc import Mapping
from typing import get_args

from pulumi import Input

from blueprint.basis import Basis
from components.database import Database
from settings.variables import Source, Variable


def sources(basis: Basis, database: Database) -> dict[str, Input[str]]:
    """Return what a variable's ``from`` may name."""
    known: dict[str, Input[str]] = {
        "environment.name": basis.identity.name,
        "public.url": f"https://{basis.identity.dns.domain}",
        "aws.region": basis.region,
        "database.address": database.address,
        "database.port": str(basis.shape.database.port),
        "database.name": basis.shape.database.name,
        "database.user": basis.shape.database.user,
    }
    if set(known) != set(get_args(Source)):
        raise ValueError(f"sources must be {', '.join(get_args(Source))}, got {', '.join(known)}")
    return known


def environment(basis: Basis, database: Database) -> dict[str, Input[str]]:
    """Return each variable that is no secret, with its value."""
    known = sources(basis, database)
    return {
        variable.name: _value(variable, known, basis.identity.variables)
        for variable in basis.shape.variables
        if variable.is_plain
    }


def _value(
    variable: Variable, known: Mapping[str, Input[str]], own: Mapping[str, str]
) -> Input[str]:
    if variable.source is not None:
        return known[variable.source]
    return own[variable.name] if variable.value is None else variable.value
