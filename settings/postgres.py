"""Checks of names and parameters of the PostgreSQL database."""

from collections.abc import Iterable, Iterator

from settings.catalogue import database_parameter_problem, sql_words

_TAKEN = ("iam", "none", "postgres", "public")
"""Databases and roles that are there already, or whose names mean something else."""
_TAKEN_PREFIXES = ("pg_", "rds", "template")
"""PostgreSQL's and RDS's own."""
RESERVED_NAMES = rf"^({'|'.join(_TAKEN_PREFIXES)})|^({'|'.join((*_TAKEN, *sql_words()))})$"
_FORCE_TLS = "rds.force_ssl"


def postgres_name_problem(name: str) -> str | None:
    """Return why a well-formed name can't be a database's or a role's."""
    if name in _TAKEN or name.startswith(_TAKEN_PREFIXES):
        return (
            f"must be none of {', '.join(_TAKEN)} and not begin with "
            f"{', '.join(_TAKEN_PREFIXES)}, got {name!r}"
        )
    return f"must be no word of SQL, got {name!r}" if name in sql_words() else None


def parameter_problems(names: Iterable[str], version: str) -> Iterator[tuple[str, str]]:
    """Yield (name, message) for each parameter that is unknown or not for choosing."""
    major = version.partition(".")[0]
    for given in names:
        name = given.lower()
        if name == _FORCE_TLS:
            yield given, "must be left out: TLS is always forced"
        elif name.startswith("ssl") or "password" in name or name == "scram_iterations":
            yield given, "must be left out: TLS and passwords are not weakened by a parameter"
        elif (problem := database_parameter_problem(name, major)) is not None:
            yield given, problem
        elif given != name:
            yield given, f"must be in lower case, as RDS spells it: {name}"
