"""What ECS would refuse of a service is refused before it is described."""

from dataclasses import replace
from typing import Any

import pytest

from tests.support.tasks import SMALL_SERVICE


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"initial_tasks": 0}, "initial_tasks must be at least 1, got 0"),
        ({"spot_percent": 101}, "between 0 and 100, got 101"),
        ({"spot_percent": -1}, "between 0 and 100, got -1"),
        ({"minimum_healthy_percent": 101}, "minimum_healthy_percent must be .* got 101"),
        ({"maximum_percent": 100}, "above 100, .* got 100"),
        ({"rollback_alarm_names": []}, "at least one alarm"),
    ],
)
def test_a_service_that_could_not_run_or_roll_back_is_refused(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        replace(SMALL_SERVICE, **change)
