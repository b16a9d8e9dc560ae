"""The command: its forms, what it keeps, what changed since, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from operations.command import main
from operations.cost.change import changes
from operations.cost.estimate import Estimate, estimated
from operations.cost.prices import load_prices
from operations.cost.text import markdown, terminal
from policies.graph import Resource
from tests.operations.cost.small import NAT, TODAY, database, nights, quantities, service
from tests.settings.workspace import ROOT

EXAMPLE = ROOT / "operations" / "cost" / "prices.example.yaml"


def estimate(*more: Resource, prices: Path | None = EXAMPLE) -> Estimate:
    """Return an estimate of a small staging and a production with one gateway more."""
    mirror = quantities(*service(), *nights(), database(), Resource(NAT, "a"), *more)
    reference = quantities(*service(), database(), Resource(NAT, "a"), Resource(NAT, "b"))
    reference = reference.model_copy(update={"stack": "production"})
    both = {each.stack: each for each in (reference, mirror)}
    book = load_prices(prices, both, TODAY) if prices else None
    return estimated(reference, mirror, (), book, TODAY)


def test_a_change_names_what_there_is_more_of_and_what_it_costs() -> None:
    found = {each.what: each for each in changes(estimate(), estimate(Resource(NAT, "b")))}

    assert found.keys() == {"nat-gateway-hours", "sum"}
    gateway = found["nat-gateway-hours"]
    assert (gateway.stack, gateway.before, gateway.after) == ("staging", "730", "1,460")
    assert gateway.setting.endswith("scale.network.natGateways")
    assert found["sum"].after.endswith("(+36.50)")


def test_a_change_of_what_was_not_there_is_from_nothing() -> None:
    key = Resource("aws:kms/key:Key", "key")

    assert [
        (each.before, each.after) for each in changes(estimate(prices=None), estimate(key))
    ] == [("0", "1")]
    assert [
        (each.before, each.after) for each in changes(estimate(key), estimate(prices=None))
    ] == [("1", "0")]


def test_sums_by_other_prices_are_not_compared(tmp_path: Path) -> None:
    data = yaml.safe_load(EXAMPLE.read_text()) | {"source": "another list of prices"}
    (tmp_path / "prices.yaml").write_text(yaml.safe_dump(data))
    now = estimate(Resource(NAT, "b"), prices=tmp_path / "prices.yaml")

    assert [each.what for each in changes(estimate(), now)] == ["nat-gateway-hours"]


def test_nothing_changed_is_said() -> None:
    assert "No quantity changes." in markdown(estimate(), estimate())


def test_markdown_has_the_change_first_and_the_details_folded() -> None:
    text = markdown(estimate(Resource(NAT, "b")), estimate())
    above, _, below = text.partition("<details>")

    assert "| staging | nat-gateway-hours | 730 | 1,460 | hour |" in above
    assert "points)" in text.splitlines()[0]
    assert "rds-hours.db.t4g.medium" not in above
    assert "rds-hours.db.t4g.medium" in below
    assert len(above.splitlines()) < 25
    assert text.count("<details>") == text.count("</details>") == 3


def test_a_sum_with_something_left_out_says_at_least() -> None:
    assert "at least " in terminal(estimate())
    assert "at least " in markdown(estimate())


def test_what_has_no_price_is_named_in_each_form(tmp_path: Path) -> None:
    data = yaml.safe_load(EXAMPLE.read_text())
    del data["prices"]["nat-gateway-hours"]
    (tmp_path / "prices.yaml").write_text(yaml.safe_dump(data))
    found = estimate(prices=tmp_path / "prices.yaml")

    for text in (terminal(found), markdown(found)):
        assert "staging: nat-gateway-hours has no price in the price book: not counted" in text


def test_what_nobody_knows_the_cost_of_is_named_in_each_form() -> None:
    found = estimate(Resource("aws:redshift/cluster:Cluster", "warehouse"))

    for text in (terminal(found), markdown(found)):
        assert "staging: aws:redshift/cluster:Cluster: it is not known here" in text


def test_an_estimate_is_read_back_as_it_was_written() -> None:
    found = estimate()

    assert Estimate.model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "can't be read: No such file"),
        ("{", "the file: invalid json"),
        ("{}", "reference: field required"),
        (json.dumps({"format": "other"}), "reference: field required"),
    ],
)
def test_an_estimate_that_is_none_is_refused(
    tmp_path: Path, text: str | None, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "base.json"
    if text is not None:
        file.write_text(text)

    assert main(["cost", "--against", str(file)]) == 2
    assert capsys.readouterr().err.startswith(f"{file}: {words}")


def test_an_estimate_of_another_format_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "base.json"
    file.write_text(estimate().model_copy(update={"format": "understudy-cost/0"}).model_dump_json())

    assert main(["cost", "--against", str(file)]) == 2
    assert "format: must be understudy-cost/1, got understudy-cost/0" in capsys.readouterr().err


def test_two_forms_at_once_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "--json", "--markdown"]) == 2
    assert capsys.readouterr().err == (
        "--json: must stand without --markdown and --against, got both\n"
    )


@pytest.mark.parametrize("mirror", ["production", "test"])
def test_a_mirror_that_is_none_is_refused(mirror: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "--mirror", mirror, "--root", str(ROOT)]) == 2
    assert capsys.readouterr().err == f"--mirror: must be one of staging, got {mirror}\n"


@pytest.mark.slow
def test_the_command_counts_what_the_program_describes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "reports" / "cost.json"
    given = ["cost", "--root", str(ROOT), "--prices", str(EXAMPLE), "--today", "2026-11-29"]

    assert main([*given, "--json", "--write", str(kept)]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert told == json.loads(kept.read_text())
    assert told["money"]["costs"]["staging"]["unpriced"] == []
    keys = {line["key"] for line in told["environments"]["production"]["lines"]}
    assert {"nat-gateway-hours", "rds-hours.db.r7g.xlarge", "backup-gib-months"} <= keys

    assert main([*given, "--against", str(kept)]) == 0
    assert "No quantity changes." in capsys.readouterr().out
