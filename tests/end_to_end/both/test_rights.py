"""The recorded list of what the roles ask of AWS is what they ask."""

from tests.rights import life
from tests.support.project import Project


def test_a_first_update_asks_for_what_is_recorded_and_nothing_else(
    first_update: tuple[Project, set[life.Call]],
) -> None:
    _, calls = first_update
    recorded = {call for call in life.read() if call.part == life.FIRST}
    anew = "make it anew with `python -m tests.rights.life`"
    assert sorted(map(str, calls - recorded)) == [], anew
    assert sorted(map(str, recorded - calls)) == [], anew
