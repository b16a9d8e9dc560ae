"""An undeclared difference names the setting that causes it, and its line."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from policies.check import Rulebook, check
from policies.graph import Graph, Resource, graph_of
from policies.parity.causes import Search, differing, lines_of, taking
from policies.parity.comparison import NOTHING, Difference, Standing
from policies.parity.contract import Contract
from policies.parity.proof import Settings
from policies.stackfile import Setting
from tests.support.project import Project

FILES = ("Pulumi.staging.yaml", "Pulumi.production.yaml")
QUEUE = "aws:sqs/queue:Queue"
CONTRACT = Contract(
    reference="production", named=[], network="identity.cidr", identity=[], scale=[], presence=[]
)
COMMON = {"identity.cidr": "10.0.0.0/16"}
PRODUCTION = {
    **COMMON,
    "scale.web.min": "3",
    "scale.web.max": "8",
    "scale.jobs.days": "14",
    "scale.jobs.spot": "0",
    "scale.same": "1",
    "identity.tone": "loud",
    "identity.mails[0]": "a@example.com",
}
STAGING = {
    **COMMON,
    "scale.web.min": "1",
    "scale.web.max": "2",
    "scale.jobs.days": "7",
    "scale.jobs.spot": "100",
    "scale.same": "1",
    "identity.tone": "soft",
    "identity.mails[0]": "b@example.com",
    "identity.mails[1]": "c@example.com",
}


def settings_of(values: Mapping[str, str], stack: str) -> Settings:
    return {
        key: Setting(key, value, f"Pulumi.{stack}.yaml", n)
        for n, (key, value) in enumerate(values.items(), start=1)
    }


SETTINGS = {
    "production": settings_of(PRODUCTION, "production"),
    "staging": settings_of(STAGING, "staging"),
}


class Program:
    """Describes an environment from its settings, and remembers what it was asked to try."""

    def __init__(self) -> None:
        self.tried: list[tuple[str, tuple[str, ...]]] = []

    def graph(self, stack: str, settings: Settings) -> Graph:
        """Lay out a few queues."""
        value = {key: setting.value for key, setting in settings.items()}
        queues: dict[str, dict[str, Any]] = {
            "small": {"size": int(value["scale.web.min"]), "seconds": int(value["scale.web.max"])},
            "kept": {
                "seconds": 86400 * int(value["scale.jobs.days"]),
                "tone": value["identity.tone"],
            },
        }
        if value["scale.jobs.spot"] == "0":
            queues["only"] = {}
            queues["kept"]["extra"] = None
        found = (Resource(QUEUE, name, properties=each) for name, each in queues.items())
        return graph_of(stack, found)

    def __call__(self, stack: str, other: str, keys: Sequence[str]) -> Mapping[str, Graph]:
        """Refuse some mixtures: of minimum and maximum, and of few days without Spot."""
        self.tried.append((stack, tuple(keys)))
        mixed = {key: taking(SETTINGS[stack], SETTINGS[other], key) for key in keys}
        return {
            key: self.graph(stack, settings)
            for key, settings in mixed.items()
            if (settings["scale.web.min"].value, settings["scale.web.max"].value)
            in {("3", "8"), ("1", "2")}
            and (settings["scale.jobs.days"].value, settings["scale.jobs.spot"].value) != ("7", "0")
        }


def undeclared(
    name: str, path: str, reference: object, mirror: object, key: str = ""
) -> Difference:
    standing = Standing.WRONG_WAY if key else Standing.UNDECLARED
    return Difference((QUEUE, name, ""), path, reference, mirror, standing, key)


def causes(*differences: Difference, staying: frozenset[str] = frozenset()) -> list[list[str]]:
    return [list(each.causes) for each in searched(Program(), differences, staying)]


def searched(
    program: Program, differences: Sequence[Difference], staying: frozenset[str] = frozenset()
) -> Sequence[Difference]:
    graphs = [program.graph(stack, settings) for stack, settings in SETTINGS.items()]
    search = Search(graphs, SETTINGS, CONTRACT, program)
    spots = {(each.node, each.path) for each in differences if each.path in staying}
    return search(differences, spots)


def test_what_is_computed_from_a_setting_is_found_by_trying_all() -> None:
    assert causes(undeclared("kept", "seconds", 1209600, 604800)) == [["scale.jobs.days"]]


def test_what_is_refused_alone_is_tried_the_other_way_round() -> None:
    program = Program()
    (found,) = searched(program, [undeclared("kept", "seconds", 14, 7, key="scale.jobs")])

    assert found.causes == ("scale.jobs.days",)
    assert program.tried[-1] == ("staging", ("scale.jobs.days",))


def test_what_stays_in_the_same_size_is_looked_for_in_the_identity() -> None:
    found = causes(undeclared("kept", "tone", "loud", "soft"), staying=frozenset({"tone"}))

    assert found == [["identity.tone"]]


def test_a_resource_that_one_lacks_has_its_cause_too() -> None:
    assert causes(undeclared("only", "", "there", NOTHING)) == [["scale.jobs.spot"]]


def test_the_part_is_named_where_no_setting_of_it_can_change_alone() -> None:
    assert causes(undeclared("small", "size", 3, 1)) == [["scale.web"]]


def test_a_property_of_a_resource_that_one_lacks_has_the_cause_of_the_lack() -> None:
    assert causes(undeclared("only", "size", 1, 2)) == [["scale.jobs.spot"]]
    assert causes(undeclared("gone", "size", 1, 2)) == [[]]


def test_a_property_that_comes_and_goes_is_explained() -> None:
    assert causes(undeclared("kept", "extra", 1, NOTHING)) == [["scale.jobs.spot"]]


def test_nothing_is_named_that_does_not_change_it() -> None:
    assert causes(undeclared("kept", "other", 3, 1)) == [[]]


def test_what_has_the_same_values_is_tried_first_and_the_rest_only_if_that_fails() -> None:
    program = Program()
    searched(program, [undeclared("kept", "tone", "loud", "soft")], frozenset({"tone"}))

    assert program.tried == [("production", ("identity.tone",))]


def test_a_setting_is_tried_once_for_all_differences() -> None:
    program = Program()
    searched(
        program,
        [undeclared("kept", "seconds", 1209600, 604800), undeclared("only", "", "there", NOTHING)],
    )
    forward = [key for stack, keys in program.tried if stack == "production" for key in keys]

    assert sorted(forward) == sorted(set(forward))


def test_only_what_the_contract_declares_is_tried_where_it_declares_something() -> None:
    program = Program()
    (found,) = searched(program, [undeclared("kept", "seconds", 1209600, 604800, key="scale.jobs")])

    assert found.causes == ("scale.jobs.days",)
    assert {key for _, keys in program.tried for key in keys} == {
        "scale.jobs.days",
        "scale.jobs.spot",
    }


def test_a_single_declared_setting_needs_no_trial() -> None:
    program = Program()
    (found,) = searched(program, [undeclared("kept", "x", 14, 7, key="scale.jobs.days")])

    assert found.causes == ("scale.jobs.days",)
    assert program.tried == []


def test_settings_differ_by_value_and_a_list_is_one_of_them() -> None:
    assert differing(SETTINGS["production"], SETTINGS["staging"]) == [
        "scale.web.min",
        "scale.web.max",
        "scale.jobs.days",
        "scale.jobs.spot",
        "identity.tone",
        "identity.mails",
    ]


def test_taking_a_list_takes_all_of_it_and_nothing_else() -> None:
    found = taking(SETTINGS["production"], SETTINGS["staging"], "identity.mails")

    assert {key: each.value for key, each in found.items()} == {
        **PRODUCTION,
        "identity.mails[0]": "b@example.com",
        "identity.mails[1]": "c@example.com",
    }


def test_a_line_is_that_of_the_first_value_in_each_file() -> None:
    both = [SETTINGS["staging"], SETTINGS["production"]]

    assert lines_of(["scale.web", "scale.nothing"], both) == [
        "Pulumi.staging.yaml:2: scale.web",
        "Pulumi.production.yaml:2: scale.web",
    ]


@pytest.mark.slow
def test_the_real_program_tells_which_line_decides_what_nobody_declared(tmp_path: Path) -> None:
    Project.copy_to(tmp_path)
    contract = tmp_path / "policies" / "contract.yaml"
    kept = [line for line in contract.read_text().splitlines() if "allocatedStorage" not in line]
    contract.write_text("\n".join(kept))
    (tmp_path / "policies" / "waivers.yaml").write_text("waivers: []\n")
    said: list[str] = []

    report = check(Rulebook.of(tmp_path), "staging", say=said.append)

    (entry,) = report.entries
    assert entry.rule == "parity-property-equal"
    assert entry.path == "allocatedStorage"
    lines = {file: (tmp_path / file).read_text().splitlines() for file in FILES}
    assert [
        lines[file][int(number) - 1].strip()
        for file, number, _ in (each.split(":", 2) for each in entry.where)
    ] == ["storageGib: 50", "storageGib: 500"]
    assert all(each.endswith(": scale.database.storageGib") for each in entry.where)
    assert said == ["looking for the settings behind what is not declared"]
