"""The share without prices is the published formula, and the committed settings keep its bounds."""

from datetime import date
from decimal import Decimal
from functools import cache

import pytest

import settings
from operations.cost.count import counted
from operations.cost.fixed import unknown
from operations.cost.line import CASES, Line, Measure, Quantities, steady
from operations.cost.money import cost
from operations.cost.prices import load_prices
from operations.cost.share import share
from operations.errors import OperationError
from policies.check import Rulebook, judge
from tests.operations.cost.small import TODAY, nights, quantities, service
from tests.policies.recorded import graphs
from tests.policies.workspace import TODAY as POLICY_DAY
from tests.settings.workspace import ROOT


def measured(stack: str, **amounts: float) -> Quantities:
    names: dict[str, Measure] = {
        "vcpu": "vCPU-hours",
        "memory": "memory GiB-hours",
        "storage": "storage GiB-months",
        "nat": "gateway and endpoint hours",
    }
    lines: tuple[Line, ...] = tuple(
        steady("secrets", amount, ("one",), "", {names[key]: 1.0})
        for key, amount in amounts.items()
    )
    return Quantities(stack=stack, region="eu-west-1", lines=lines, usage=(), unknown=())


def test_it_is_the_mean_of_the_ratios() -> None:
    found = share(
        measured("production", vcpu=10, memory=100, storage=1000, nat=3),
        measured("staging", vcpu=1, memory=20, storage=300, nat=3),
        "always",
    )

    assert [each.percent for each in found.ratios] == [10, 20, 30, 100]
    assert found.percent == 40


def test_what_neither_has_is_no_part_of_it() -> None:
    found = share(measured("production", vcpu=10), measured("staging", vcpu=1), "always")

    assert found.percent == 10


def test_there_is_no_share_of_what_the_reference_lacks() -> None:
    with pytest.raises(
        OperationError, match="staging: has gateway and endpoint hours and production has"
    ):
        share(measured("production", vcpu=10), measured("staging", vcpu=1, nat=1), "always")
    with pytest.raises(OperationError, match="production: has nothing that a share"):
        share(measured("production"), measured("staging"), "always")


def test_what_no_size_decides_changes_nothing() -> None:
    reference, mirror = measured("production", vcpu=10), measured("staging", vcpu=1)
    keys = steady("kms-keys", 1000, ("key",), "")
    more = mirror.model_copy(update={"lines": (*mirror.lines, keys)})

    assert share(reference, more, "always") == share(reference, mirror, "always")


def test_off_hours_make_it_smaller() -> None:
    usual, asleep = quantities(*service()), quantities(*service(), *nights())

    assert share(usual, asleep, "always").percent == 100
    assert share(usual, asleep, "scheduled").percent == pytest.approx(100 * 70 / 168)


@cache
def committed() -> tuple[Quantities, Quantities]:
    known = settings.load_all(ROOT)
    production, staging = (
        counted(ROOT, graphs()[stack], known[stack], TODAY) for stack in ("production", "staging")
    )
    return production, staging


@pytest.mark.slow
def test_the_committed_staging_is_a_quarter_at_most_and_mirrors_production_whole() -> None:
    production, staging = committed()
    rulebook = Rulebook.of(ROOT)
    report = judge(rulebook, graphs()["production"], graphs()["staging"], today=POLICY_DAY)

    assert share(production, staging, "always").percent <= 25
    assert share(production, staging, "scheduled").percent <= 15
    assert report.proof.index == 100.0


@pytest.mark.slow
def test_the_page_calculates_by_hand_what_the_command_does() -> None:
    production, staging = committed()
    always, scheduled = (share(production, staging, case) for case in ("always", "scheduled"))

    assert [round(each.percent, 2) for each in always.ratios] == [17.19, 5.29, 6.67, 33.33]
    assert round(always.percent, 1) == 15.6
    assert [round(each.percent, 2) for each in scheduled.ratios] == [14.45, 4.45, 6.67, 33.33]
    assert round(scheduled.percent, 1) == 14.7
    page = (ROOT / "docs" / "cost.md").read_text()
    assert all(words in page for words in ("= 15.6 %", "**14.7 %**", "17.19 %", "4.45 %"))


@pytest.mark.slow
def test_by_the_examples_prices_it_is_what_the_page_says() -> None:
    both = {each.stack: each for each in committed()}
    book = load_prices(ROOT / "operations" / "cost" / "prices.example.yaml", both, TODAY)
    production, staging = (cost(each, book) for each in committed())

    percents = [100 * staging.of(case) / production.of(case) for case in CASES]
    assert [round(each, 1) for each in percents[:2]] == [Decimal("12.9"), Decimal("12.7")]
    assert percents[0] <= 25
    assert production.unpriced == staging.unpriced == ()
    endpoints = staging.by_key["interface-endpoint-hours"]
    assert staging.always / 4 < endpoints < staging.always / 3


@pytest.mark.slow
def test_of_everything_in_both_environments_it_is_known_whether_it_costs() -> None:
    assert [list(unknown(each)) for each in graphs().values()] == [[], []]


@pytest.mark.slow
def test_each_line_of_the_committed_settings_that_it_names_is_that_line() -> None:
    for environment in committed():
        for line in environment.lines:
            if line.measures:
                file, number, rest = line.setting.split(":", 2)
                key = rest.split(" x ")[0].strip().rpartition(".")[2]
                assert f"{key}:" in (ROOT / file).read_text().splitlines()[int(number) - 1]


@pytest.mark.slow
def test_a_day_after_the_pause_is_as_any_other() -> None:
    known = settings.load_all(ROOT)
    later = counted(ROOT, graphs()["staging"], known["staging"], date(2031, 5, 1))

    assert later == committed()[1]
