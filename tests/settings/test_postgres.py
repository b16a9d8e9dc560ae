"""The database's names and parameters: what PostgreSQL or RDS would refuse is refused here."""

import pytest

from settings.catalogue import database_parameters
from settings.postgres import parameter_problems, postgres_name_problem
from tests.settings.workspace import Workspace, refusal_of

TAKEN = "must be none of iam, none, postgres, public and not begin with pg_, rds, template, got "
COMMON = (
    "must be none of admin, administrator, master, postgres, rdsadmin, root "
    "(what everybody tries first), got "
)
PASSWORDS = "must be left out: TLS and passwords are not weakened by a parameter"

REFUSED = [
    *(
        (f"shape.database.{key}", name, f"{TAKEN}'{name}'")
        for key in ("name", "user", "masterUser")
        for name in ("pg_monitor", "rds_iam", "rdsadmin", "postgres", "template1")
    ),
    ("shape.database.name", "order", "must be no word of SQL, got 'order'"),
    ("shape.database.user", "user", "must be no word of SQL, got 'user'"),
    ("shape.database.masterUser", "admin", f"{COMMON}'admin'"),
    ("shape.database.masterUser", "storefront", "must not be the application's, got 'storefront'"),
    (
        "shape.database.masterUser",
        "me",
        "must have at least 3 characters (what RDS asks for), got 'me'",
    ),
    ("shape.database.parameters./rds.force_ssl/", "0", "must be left out: TLS is always forced"),
    ("shape.database.parameters./RDS.Force_SSL/", "0", "must be left out: TLS is always forced"),
    ("shape.database.parameters.ssl_min_protocol_version", "TLSv1", PASSWORDS),
    ("shape.database.parameters.password_encryption", "md5", PASSWORDS),
    ("shape.database.parameters./rds.accepted_password_auth_method/", "md5+scram", PASSWORDS),
    (
        "shape.database.parameters.log_statment",
        "ddl",
        "must be a parameter of PostgreSQL 16 that may be set on RDS, got 'log_statment'; "
        "did you mean log_statement or log_statement_stats or log_hostname?",
    ),
    (
        "shape.database.parameters.fsync",
        "off",
        "must be a parameter of PostgreSQL 16 that may be set on RDS, got 'fsync'",
    ),
    (
        "shape.database.parameters.Work_Mem",
        "8192",
        "must be in lower case, as RDS spells it: work_mem",
    ),
    (
        "shape.database.parameters.transaction_timeout",
        "1000",
        "must be a parameter of PostgreSQL 16 that may be set on RDS, got 'transaction_timeout'; "
        "did you mean ",
    ),
]


@pytest.mark.parametrize(("key", "value", "message"), REFUSED)
def test_refused(workspace: Workspace, key: str, value: str, message: str) -> None:
    workspace.put(key, value)

    (line,) = workspace.lines()
    assert line.startswith(refusal_of(key, message))
    assert line == refusal_of(key, message) or message.endswith("did you mean ")


def test_parameters_of_a_later_version_are_taken_there() -> None:
    assert list(parameter_problems(["transaction_timeout"], "17.6")) == []
    assert len(list(parameter_problems(["transaction_timeout"], "16.13"))) == 1


@pytest.mark.parametrize("name", ["storefront", "orders", "app_user", "rd", "pgbouncer"])
def test_names_of_ones_own_are_taken(name: str) -> None:
    assert postgres_name_problem(name) is None


@pytest.mark.parametrize("major", ["14", "15", "16", "17", "18"])
def test_every_version_has_the_usual_parameters(major: str) -> None:
    usual = {"log_statement", "work_mem", "statement_timeout", "shared_preload_libraries"}

    assert usual <= database_parameters(major)
    assert len(database_parameters(major)) > 200
