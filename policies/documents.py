"""IAM policy documents: who may do what to which resource, under which condition.

A document is JSON text. In a recorded graph it is known, with references in place of what other
resources will say; at a preview it may not be known, and then no statement is.
"""

from collections.abc import Callable

from policies.place import Place, every
from policies.verdict import NOT_APPLICABLE, Kind, Verdict, all_of


def statements(policy: Place) -> list[Place]:
    """Return the statements of a policy; a single one, unknown, where it is not known."""
    return policy.document()["Statement"].items()


def allowing(policy: Place, check: Callable[[Place], Verdict]) -> Verdict:
    """Hold a check against each statement that allows something; text that is no policy fails."""
    given = policy.document()["Statement"].given()
    return all_of(given, every(statements(policy), lambda each: _unless_denied(each, check)))


def principals(statement: Place) -> list[Place]:
    """Return every principal of a statement, of whichever kind."""
    found = statement["Principal"]
    if not isinstance(found.value, dict):
        return found.items()
    return [each for kind in found.names() for each in found[kind].items()]


def actions(statement: Place) -> list[Place]:
    """Return the actions of a statement."""
    return statement["Action"].items()


def resources(statement: Place) -> list[Place]:
    """Return the resources of a statement."""
    return statement["Resource"].items()


def names_whom(policy: Place) -> Verdict:
    """Pass where each statement that allows something names whom, and does not mean everybody."""
    return allowing(
        policy,
        lambda statement: all_of(
            statement["Principal"].given(),
            every(principals(statement), _is_somebody),
        ),
    )


def _is_somebody(principal: Place) -> Verdict:
    return principal.satisfies(
        lambda whom: isinstance(whom, str) and whom != "*", "must name somebody"
    )


def _unless_denied(statement: Place, check: Callable[[Place], Verdict]) -> Verdict:
    if statement["Effect"].is_("Deny").kind is Kind.PASS:
        return NOT_APPLICABLE
    return check(statement)
