"""A command acts by the role of its side, for as long as it takes, and names things as made."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from blueprint.outputs import OUTPUTS
from operations.aws import ask
from operations.refresh import side, snapshots
from operations.refresh.task import MANIFESTS
from tests.blueprint.environments import environment, settings_of
from tests.operations.refresh.machine import Production
from tests.operations.refresh.sides import OPERATOR, TAKER, Side
from tests.support.graph import Graph

pytestmark = pytest.mark.moto


def assuming(monkeypatch: pytest.MonkeyPatch, lasting: timedelta) -> list[str]:
    """Have taken-on roles' keys last so long; return the list of those taken on from then on."""
    taken = []

    def asked(client: Any, request: str, **params: Any) -> dict[str, Any]:
        taken.append(params["RoleArn"])
        answer = ask(client, request, **params)
        answer["Credentials"]["Expiration"] = datetime.now(UTC) + lasting
        return answer

    monkeypatch.setattr("operations.refresh.side.ask", asked)
    return taken


def test_the_roles_keys_are_renewed_before_they_end(
    mirror: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = assuming(monkeypatch, timedelta(hours=1))
    acting = side.taker(mirror.stack.place())
    for _ in range(3):
        snapshots.own(acting)
    assert taken == [TAKER]

    ending = assuming(monkeypatch, timedelta(minutes=5))
    acting = side.taker(mirror.stack.place())
    for _ in range(3):
        snapshots.own(acting)
    assert len(ending) >= 3
    assert set(ending) == {TAKER}


def test_the_machine_is_run_by_the_operators_role(
    production: Production, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = assuming(monkeypatch, timedelta(hours=1))
    production.put()
    assert production.side.said("start", "--confirm", "production")[0] == 0

    assert set(taken) == {OPERATOR}


def test_a_role_that_may_not_be_taken_on_is_told_in_one_line(mirror: Side) -> None:
    file = mirror.root / "bin" / "outputs.json"
    file.write_text(file.read_text().replace(TAKER, "x"))
    code, _, err = mirror.said("take-over", "--yes")

    assert (code, len(err.splitlines())) == (2, 1)
    assert err.startswith("sts.assume_role: ")


def policy(graph: Graph, name: str) -> str:
    return str(graph.one("aws:iam/rolePolicy:RolePolicy", name).inputs["policy"])


@pytest.mark.slow
def test_names_agree_with_those_of_the_program(mirror: Side) -> None:
    assert set(OUTPUTS) >= {*side.SHARES, *side.TAKES_OVER}
    place, application = mirror.stack.place(), settings_of("staging").shape.application
    prefix = side.prefix(place).replace(place.settings.shape.application, application)
    machine = environment("production").one("aws:sfn/stateMachine:StateMachine").inputs
    naming = json.loads(machine["definition"])["States"]["Name"]["Parameters"]["snapshot.$"]

    assert f"States.Format('{prefix}" in naming
    assert f":snapshot:{prefix}*" in policy(environment("staging"), "shared-snapshots-policy")
    reading = policy(environment("production"), "data-refresh-operator-policy")
    assert f"/{MANIFESTS}/*" in reading
