"""Rules for secrets and for the random values that are kept in them.

No secret here is rotated by a function of Secrets Manager, as FSBP SecretsManager.1 would have it:
see docs/decisions/0010 and ``components/application_secrets.py``. What stands in its place is that
every value that the program makes is random and can be renewed by a setting.
"""

from policies.graph import Graph, Resource
from policies.place import every
from policies.rule import Severity, rule
from policies.verdict import PASS, Verdict, fail

SECRET = "aws:secretsmanager/secret:Secret"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
PASSWORD = "random:index/randomPassword:RandomPassword"

SHORTEST = 22
"""As many letters and digits as make 128 bits."""


def random_only(resource: Resource, graph: Graph, *names: str) -> Verdict:
    """Pass where each of these properties that is given is built from a random password."""
    given = [name for name in names if resource[name].given() is PASS]
    return every(
        given,
        lambda name: (
            PASS
            if graph.linked(resource, name, PASSWORD)
            else fail(name, "must be built from a random password")
        ),
    )


@rule(
    "secret-own-key",
    SECRET,
    severity=Severity.MEDIUM,
    why="With AWS's own key everyone in the account who may read secrets may decrypt this one.",
    fix="Set kmsKeyId to the environment's key.",
    controls=["CKV_AWS_149"],
)
def own_key(secret: Resource, _: Graph) -> Verdict:
    """A secret is encrypted with a key of our own."""
    return secret["kmsKeyId"].given()


@rule(
    "secret-recoverable",
    SECRET,
    severity=Severity.MEDIUM,
    why="A secret deleted at once can't be had back, and what it opens stays shut.",
    fix="Set recoveryWindowInDays to 7 or more.",
)
def recoverable(secret: Resource, _: Graph) -> Verdict:
    """A secret that is deleted can be had back for a week or longer."""
    return secret["recoveryWindowInDays"].or_else(30).at_least(7)


@rule(
    "secret-value-random",
    VERSION,
    severity=Severity.HIGH,
    why="A value written down in a program or its settings is known to all who read them.",
    fix="Build the value from a random password, or leave it to a person to put in.",
)
def value_random(version: Resource, graph: Graph) -> Verdict:
    """A secret's value, where the program gives it, is random."""
    return random_only(version, graph, "secretString", "secretBinary", "secretStringWo")


@rule(
    "random-password-renewable",
    PASSWORD,
    severity=Severity.MEDIUM,
    why="A value that leaked can't be replaced without a change of the program.",
    fix="Set keepers, with the setting that names the present value.",
)
def renewable(password: Resource, _: Graph) -> Verdict:
    """A random password is renewed by a change of a setting."""
    return password["keepers"].given()


@rule(
    "random-password-long",
    PASSWORD,
    severity=Severity.MEDIUM,
    why="A short value can be found by trying.",
    fix=f"Set length to {SHORTEST} or more.",
)
def long(password: Resource, _: Graph) -> Verdict:
    """A random password is too long to be found by trying."""
    return password["length"].at_least(SHORTEST)
