"""One thing at a time is broken in a healthy environment: the check that should tell does."""

import pytest

from operations.environment.catalogue import CHECKS
from tests.operations.environment.faults import FAULTS, Fault
from tests.operations.environment.healthy import Healthy

pytestmark = pytest.mark.moto


def test_where_everything_is_well_every_check_passes(well: dict[str, str]) -> None:
    assert {name: verdict for name, verdict in well.items() if verdict != "pass"} == {}
    assert list(well) == [check.id for check in CHECKS]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_exactly_the_check_that_should_fails(
    environment: Healthy, well: dict[str, str], fault: Fault
) -> None:
    try:
        with fault.breaks(environment):
            environment.made.forget(*fault.services)
            found = environment.verdicts()
    finally:
        environment.made.forget(*fault.services)

    assert {name: now for name, now in found.items() if now != well[name]} == fault.told_by


def test_after_all_faults_everything_is_well_again(environment: Healthy) -> None:
    environment.made.answers.clear()

    assert set(environment.verdicts().values()) == {"pass"}


def test_each_check_is_told_by_some_fault() -> None:
    told = {name for fault in FAULTS for name, verdict in fault.told_by.items()}

    assert {check.id for check in CHECKS} - told == set()
