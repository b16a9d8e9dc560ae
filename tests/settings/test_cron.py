"""Cron expressions: what AWS takes, and that it fires when it should."""

import pytest

from settings.cron import (
    cron_problem,
    every_day_problem,
    every_month_problem,
    every_week_problem,
    longest_gap_days,
)
from tests.settings.workspace import Workspace


@pytest.mark.parametrize(
    "value",
    [
        "cron(0 4 * * ? *)",
        "cron(0/15 8-17 ? * MON-FRI *)",
        "cron(0 7 1 * ? *)",
        "cron(0 7 L * ? 2130)",
        "cron(0 7 15W JAN,jul ? *)",
        "cron(0 7 ? * 2#1 *)",
        "cron(0 7 ? * FRIL *)",
        "cron(0 7 ? * L *)",
        "cron(0,30 7 ? * SUN,3-5 2130-2135)",
        "cron(0 7 29 2 ? *)",
        "cron(0 7 29 2 ? 2104)",
        "cron(0 7 ? * 2#5 *)",
    ],
)
def test_taken(value: str) -> None:
    assert cron_problem(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "rate(1 day)",
        "cron(60 4 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 4 0 * ? *)",
        "cron(0 4 32 * ? *)",
        "cron(0 4 * 13 ? *)",
        "cron(0 4 * FEV ? *)",
        "cron(0 4 ? * 8 *)",
        "cron(0 4 ? * 2#6 *)",
        "cron(0 4 ? * ? *)",
        "cron(0 4 5-3 * ? *)",
        "cron(0 4 1-2-3 * ? *)",
        "cron(0/0 4 * * ? *)",
        "cron(, 4 * * ? *)",
        "cron(0 4 * * ? 1969)",
        "cron(0 4 * * ? *",
        # Alone or not at all.
        "cron(0 4 ?,1 * ? *)",
        "cron(0 4 L,1 * ? *)",
        "cron(0 4 1,15W * ? *)",
        "cron(0 4 LW * ? *)",
        "cron(0 4 ? * 2#1,6#3 *)",
        "cron(0 4 ? * FRIL,MON *)",
        "cron(? 4 * * ? *)",
        "cron(0 4 * L ? *)",
        "cron(0 4 * * ? ?)",
        # Digits and letters of other alphabets.
        "cron(\u0660 4 * * ? *)",
        "cron(0 4 ? * \u017fUN *)",
        "cron(0 4 \u00b2 * ? *)",
        "cron(0  4 * * ? *)",
        f"cron(0 4 * * ? {'9' * 5000})",
    ],
)
def test_refused(value: str) -> None:
    assert cron_problem(value) is not None


@pytest.mark.parametrize(
    "value",
    [
        "cron(0 4 31 2 ? *)",
        "cron(0 4 30W 2 ? 1999)",
        "cron(0 4 * * ? 1999)",
        "cron(0 4 31 4,6,9,11 ? *)",
        "cron(0 4 29 2 ? 2101)",
        "cron(0 4 ? 2 2#5 2101)",
    ],
)
def test_a_day_that_never_comes_is_refused(workspace: Workspace, value: str) -> None:
    workspace.put("shape.jobs[0].schedule", value)

    assert workspace.lines() == [
        f"Pulumi.yaml: shape.jobs[0].schedule must have a day to come on which it fires, "
        f"got '{value}'"
    ]


DAILY = ["cron(0 5 ? * * *)", "cron(0 5 * * ? *)", "cron(30 0 1/1 * ? *)", "cron(0 5 ? * 1-7 *)"]
WEEKLY = ["cron(0 6 ? * SUN *)", "cron(0 6 ? * 1 *)", "cron(0 6 ? * L *)"]
MONTHLY = [
    "cron(0 7 1 * ? *)",
    "cron(0 7 28 * ? *)",
    "cron(0 7 L * ? *)",
    "cron(0 7 1W * ? *)",
    "cron(0 7 31W * ? *)",
    "cron(0 7 ? * FRIL *)",
    "cron(0 7 ? * SUN#1 *)",
]
NEITHER = [
    "cron(0 5 ? * MON-FRI *)",
    "cron(0 5 ? * SUN,WED *)",
    "cron(0 5 1,15 * ? *)",
    "cron(0 5 31 * ? *)",
    "cron(0 5 1 1/3 ? *)",
    "cron(0 5 1/7 * ? *)",
    "cron(0 5 ? 1-6 SUN *)",
    "cron(0 5 ? * SUN#5 *)",
    "cron(0,30 5 ? * * *)",
    "cron(0 * ? * * *)",
    "cron(0 5 ? * * 2030-2040)",
]


def test_a_tier_fires_as_often_as_its_name_says() -> None:
    tiers = {
        every_day_problem: DAILY,
        every_week_problem: WEEKLY,
        every_month_problem: MONTHLY,
    }
    for problem, fitting in tiers.items():
        for value in (*DAILY, *WEEKLY, *MONTHLY, *NEITHER):
            assert (problem(value) is None) is (value in fitting), (problem.__name__, value)


@pytest.mark.parametrize(
    ("tier", "value", "when"),
    [
        ("daily", "cron(0 5 ? * MON-FRI *)", "every day"),
        ("weekly", "cron(0 6 ? * * *)", "on one day of every week"),
        ("monthly", "cron(0 7 31 * ? *)", "on one day of every month"),
    ],
)
def test_another_tier_is_refused(workspace: Workspace, tier: str, value: str, when: str) -> None:
    workspace.put(f"shape.backup.{tier}.schedule", value)

    assert workspace.lines() == [
        f"Pulumi.yaml: shape.backup.{tier}.schedule must fire {when}, once, got '{value}'"
    ]


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("cron(0 9 * * ? *)", 1),
        ("cron(0 9 ? * SUN,WED *)", 4),
        ("cron(0 9 ? * SUN *)", 7),
        ("cron(0 9 1 * ? *)", 31),
        ("cron(0 9 1 1 ? 2032)", 366),
        ("cron(0 9 1 1 ? 2040)", 731),
    ],
)
def test_the_longest_gap_is_that_between_two_days(value: str, days: int) -> None:
    assert longest_gap_days(value) == days
