"""A price book is taken whole or refused in a line; what has no price is named."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from operations.cost.money import cost
from operations.cost.prices import OLD_DAYS, PriceBook, load_prices, warning
from operations.errors import OperationError
from policies.graph import Resource
from tests.operations.cost.small import NAT, TODAY, database, nights, quantities, service

GOOD: dict[str, Any] = {
    "currency": "EUR",
    "date": TODAY,
    "region": "eu-west-1",
    "source": "our own bill of October",
    "prices": {"nat-gateway-hours": 0.05, "rds-hours.db.t4g.medium": "0.1"},
}
STAGING = quantities(Resource(NAT, "a"), database())


def book(folder: Path, **change: Any) -> PriceBook:
    """Read a price book with some keys changed."""
    (folder / "prices.yaml").write_text(yaml.safe_dump(GOOD | change))
    return load_prices(folder / "prices.yaml", {"staging": STAGING}, TODAY)


def test_a_sum_is_quantities_times_prices(tmp_path: Path) -> None:
    prices = GOOD["prices"] | {"rds-storage-gib-months": 0.12}
    found = cost(STAGING, book(tmp_path, prices=prices))

    assert found.always == Decimal("121.50")  # 730 x 0.05 + 730 x 0.1 + 100 x 0.12
    assert found.unpriced == ()


def test_what_has_no_price_is_named_and_left_out(tmp_path: Path) -> None:
    found = cost(STAGING, book(tmp_path))

    assert found.unpriced == ("rds-storage-gib-months",)
    assert found.always == Decimal("109.50")
    assert not found.is_whole


def test_use_that_is_not_stated_leaves_the_sum_open(tmp_path: Path) -> None:
    prices = GOOD["prices"] | {"rds-storage-gib-months": 0, "nat-gateway-gb": 2, "egress-gb": 1}
    usage = {"staging": {"nat-gateway-gb": 5, "egress-gb": 7}}

    assert not cost(STAGING, book(tmp_path, prices=prices)).is_whole
    whole = cost(STAGING, book(tmp_path, prices=prices, usage=usage))
    assert whole.is_whole
    assert whole.always == Decimal("126.50")  # 109.50 + 5 x 2 + 7 x 1


def test_use_that_is_stated_and_has_no_price_is_named(tmp_path: Path) -> None:
    found = cost(STAGING, book(tmp_path, usage={"staging": {"egress-gb": 7}}))

    assert "egress-gb" in found.unpriced


def test_off_hours_cost_less(tmp_path: Path) -> None:
    prices = {"fargate-arm64-vcpu-hours": 1, "fargate-arm64-gb-hours": 0}
    found = cost(quantities(*service(), *nights()), book(tmp_path, prices=prices))

    assert (found.always, found.most) == (Decimal("730.00"), Decimal("2190.00"))
    assert found.scheduled == Decimal("304.17")  # 730 x 70 / 168


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"currency": "euro"}, "currency: string should match pattern"),
        ({"date": TODAY + timedelta(days=1)}, "date: must not be after today"),
        ({"date": "soon"}, "date: input should be a valid date"),
        ({"region": "eu-central-1"}, "region: must be eu-west-1, where staging is, got eu-"),
        ({"source": "bill"}, "source: string should have at least 10 characters"),
        ({"prices": {}}, "prices: dictionary should have at least 1 item"),
        ({"prices": {"nat-gateway-hour": 1}}, r"prices.nat-gateway-hour.*: must be rds-hours"),
        ({"prices": {"rds-hours.db.z9.large": 1}}, r"prices.rds-hours.db.z9.large.*: must be"),
        ({"prices": {"kms-keys": -1}}, "prices.kms-keys: input should be greater than or equal"),
        ({"prices": {"kms-keys": ".nan"}}, "prices.kms-keys: "),
        ({"prices": {"kms-keys": "cheap"}}, "prices.kms-keys: input should be a valid decimal"),
        ({"usage": {"test": {"egress-gb": 1}}}, "usage.test: must be one of staging"),
        ({"usage": {"staging": {"egress-gb": -1}}}, "usage.staging.egress-gb: input should be"),
        ({"discount": 5}, "discount: is no key of this file"),
    ],
)
def test_a_book_with_a_mistake_is_refused(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(OperationError, match=f"^prices.yaml: {words}"):
        book(tmp_path, **change)


@pytest.mark.parametrize("key", sorted(GOOD))
def test_a_book_lacks_nothing(tmp_path: Path, key: str) -> None:
    (tmp_path / "prices.yaml").write_text(yaml.safe_dump({k: GOOD[k] for k in GOOD if k != key}))

    with pytest.raises(OperationError, match=f"^prices.yaml: {key}: is missing"):
        load_prices(tmp_path / "prices.yaml", {"staging": STAGING}, TODAY)


def test_a_book_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperationError, match=r"^none.yaml: can't be read"):
        load_prices(tmp_path / "none.yaml", {"staging": STAGING}, TODAY)


def test_old_prices_are_used_with_a_warning(tmp_path: Path) -> None:
    young, old = (book(tmp_path, date=TODAY - timedelta(days=OLD_DAYS + more)) for more in (0, 1))

    assert warning(young, TODAY) == ""
    assert warning(old, TODAY).startswith("the prices are 181 days old")
    assert old.age(date(2026, 11, 29)) == 181
