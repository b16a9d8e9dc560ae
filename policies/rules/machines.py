"""Rules for state machines of Step Functions.

A definition is JSON text, which at a preview is not known if anything in it is not.
"""

from policies.graph import Graph, Resource
from policies.place import Place, every
from policies.rule import Severity, rule
from policies.rules.tasks import NAMES_SECRET
from policies.verdict import PASS, Verdict, all_of, fail, undecided

MACHINE = "aws:sfn/stateMachine:StateMachine"

LEVELS = ("ALL", "ERROR", "FATAL")
FROM_STATE = ".$"
"""Ends the name of a parameter whose value comes from the run; that is in the history as well."""


@rule(
    "sfn-machine-logged",
    MACHINE,
    severity=Severity.MEDIUM,
    why="After ninety days AWS forgets how a run went, and which data it moved.",
    fix="Set loggingConfiguration with a level and a log group.",
    controls=["FSBP StepFunctions.1", "CKV_AWS_285"],
)
def logged(machine: Resource, _: Graph) -> Verdict:
    """Runs of a state machine are logged."""
    logging = machine["loggingConfiguration"]
    return all_of(
        logging["level"].or_else("OFF").is_one_of(LEVELS), logging["logDestination"].given()
    )


@rule(
    "sfn-machine-without-secrets",
    MACHINE,
    severity=Severity.HIGH,
    why="What a step is given stands in the history of every run, for all who may look at runs.",
    fix="Let the service keep the secret, or hand a task the secret's ARN and let it read.",
    controls=["FSBP ECS.8"],
)
def without_secrets(machine: Resource, _: Graph) -> Verdict:
    """No password, key or token passes through a step."""
    definition = machine["definition"].document()
    if not definition.is_known:
        return undecided(definition.path, "must hold no secret")
    return all_of(definition["States"].given(), _without_secrets(definition))


def _without_secrets(place: Place) -> Verdict:
    if isinstance(place.value, list):
        return all_of(PASS, every(place.items(), _without_secrets))
    return all_of(
        PASS,
        _no_secret_variable(place),
        every(place.names(), lambda name: _holds_none(place, name)),
    )


def _holds_none(place: Place, name: str) -> Verdict:
    found = place[name]
    if isinstance(found.value, str) and NAMES_SECRET.fullmatch(name.removesuffix(FROM_STATE)):
        return fail(found.path, "must not be given to a step")
    return _without_secrets(found)


def _no_secret_variable(place: Place) -> Verdict:
    """A variable of a task is written as a pair: ``Name`` and ``Value``."""
    given = any(key.removesuffix(FROM_STATE) == "Value" for key in place.names())
    if given and NAMES_SECRET.fullmatch(place["Name"].text):
        return fail(place.path, "must not be the variable of a secret")
    return PASS
