"""Only a manifest that a known key has signed lets a snapshot into staging."""

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from policies.check import Rulebook
from policies.command import main
from policies.errors import PolicyError
from policies.evaluation import evaluate
from policies.graph import Resource, graph_of
from policies.rules import delivery
from tests.policies.workspace import Policies
from tests.support.manifests import MANIFEST, pem, private_pem, signed, signing_key, trusted

KEY = signing_key()
OTHER = signing_key()
SNAPSHOT = MANIFEST["snapshot"]


def refusal(policies: Policies) -> str:
    with pytest.raises(PolicyError) as caught:
        Rulebook.of(policies.root)
    line = str(caught.value)
    assert "\n" not in line
    return line


def test_without_manifests_no_snapshot_counts(policies: Policies) -> None:
    assert Rulebook.of(policies.root).sanitised == frozenset()
    trusted(policies.root, KEY)
    assert Rulebook.of(policies.root).sanitised == frozenset()


def test_a_signed_manifest_lets_its_snapshot_into_staging_and_no_other(policies: Policies) -> None:
    trusted(policies.root, KEY, signed(KEY))
    rulebook = Rulebook.of(policies.root)
    found = {}
    for name in (
        SNAPSHOT,
        f"{SNAPSHOT}-2",
        f"arn:aws:rds:eu-west-1:222222222222:snapshot:{SNAPSHOT}",
    ):
        tags = {"Application": "storefront", "Environment": "staging"}
        properties = {"tags": tags, "snapshotIdentifier": name}
        graph = graph_of("staging", [Resource(delivery.INSTANCE, "d", properties=properties)])
        found[name] = evaluate(rulebook.informed(graph), [delivery.sanitised])

    assert [name for name, findings in found.items() if not findings] == [SNAPSHOT]


def test_any_of_the_signers_may_have_signed(policies: Policies) -> None:
    trusted(policies.root, KEY, signed(KEY), signed(OTHER, snapshot="sanitised-b"))
    (policies.root / "policies/manifests/signers.pem").write_text(pem(KEY) + pem(OTHER))

    assert Rulebook.of(policies.root).sanitised == {SNAPSHOT, "sanitised-b"}


def leaves(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not isinstance(value, dict):
        return [path]
    return [each for name, inner in value.items() for each in leaves(inner, (*path, name))]


def other(value: Any) -> Any:
    """Return a value of the same form."""
    if isinstance(value, int):
        return value + 1
    if value == "":
        return "4" * 64
    if value.endswith("Z"):
        return value.replace("2031", "2032")
    return value.replace("1", "7").replace("2", "8").replace("3", "9").replace("clean", "findings")


@pytest.mark.parametrize("path", leaves(MANIFEST), ids=".".join)
def test_no_field_can_be_changed_after_it_was_signed(
    policies: Policies, path: tuple[str, ...]
) -> None:
    changed = signed(KEY)
    assert Rulebook.of(policies.root).sanitised == frozenset()
    place = changed["manifest"]
    for step in path[:-1]:
        place = place[step]
    before = place[path[-1]]
    place[path[-1]] = other(before)
    assert place[path[-1]] != before
    trusted(policies.root, KEY, changed)

    assert refusal(policies).startswith("policies/manifests/0.json: ")


@pytest.mark.parametrize("path", leaves(MANIFEST), ids=".".join)
def test_no_field_can_be_left_out_after_it_was_signed(
    policies: Policies, path: tuple[str, ...]
) -> None:
    changed = signed(KEY)
    place = changed["manifest"]
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    trusted(policies.root, KEY, changed)

    assert refusal(policies).startswith("policies/manifests/0.json: ")


WRONG: dict[str, tuple[Any, str]] = {
    "another's": (signed(OTHER), "signature.key: must be one of signers.pem"),
    "verdict": (signed(KEY, verdict="findings"), "manifest.verdict: input should be 'clean'"),
    "no canaries": (
        signed(KEY, canaries=0),
        "manifest.canaries: input should be greater than or equal to 1",
    ),
    "name": (signed(KEY, snapshot="storefront"), "manifest.snapshot: string should match"),
    "more": (signed(KEY, more=1), "manifest.more: extra inputs are not permitted"),
    "no time zone": (
        signed(KEY, made="2031-05-01T11:00:00"),
        "manifest.made: input should have timezone info",
    ),
    "format": (signed(KEY, format="2"), "manifest.format: input should be"),
    "a list": ([], "the file: input should be a valid dictionary"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_manifest_that_says_too_little_is_refused(policies: Policies, name: str) -> None:
    data, words = WRONG[name]
    trusted(policies.root, KEY, data)

    assert refusal(policies).startswith(f"policies/manifests/0.json: {words}")


@pytest.mark.parametrize(
    "text",
    ["", "no json", "[" * 100_000, '{"manifest": {}, "manifest": {}}', "\xff"],
    ids=["nothing", "words", "deep", "twice", "bytes"],
)
def test_a_file_that_is_no_manifest_is_refused(policies: Policies, text: str) -> None:
    (file,) = trusted(policies.root, KEY, signed(KEY))
    file.write_bytes(text.encode("latin-1"))

    assert refusal(policies).startswith("policies/manifests/0.json: ")


def test_a_key_that_stands_twice_is_refused_even_if_the_last_one_is_right(
    policies: Policies,
) -> None:
    (file,) = trusted(policies.root, KEY, signed(KEY))
    text = file.read_text()
    twice = text.replace('"verdict": "clean"', '"verdict": "findings", "verdict": "clean"')
    assert json.loads(twice) == json.loads(text)
    file.write_text(twice)

    words = "policies/manifests/0.json: can't be read as JSON with each key once"
    assert refusal(policies) == words


@pytest.mark.parametrize("value", ["", "!", "AAAA", "MEUCIQ=="])
def test_a_signature_that_is_none_is_refused(policies: Policies, value: str) -> None:
    data = copy.deepcopy(signed(KEY))
    data["signature"]["value"] = value
    trusted(policies.root, KEY, data)

    assert refusal(policies) == "policies/manifests/0.json: is not what was signed"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "can't be read: No such file or directory"),
        ("", "must hold at least one public key in PEM"),
        (private_pem(KEY), "must hold public keys on P-256 in PEM, and nothing else"),
        (pem(ec.generate_private_key(ec.SECP384R1())), "must hold public keys on P-256 in PEM"),
        (
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
            "must hold public keys on P-256 in PEM",
        ),
    ],
    ids=["none", "empty", "private", "another curve", "broken"],
)
def test_a_signers_file_holds_public_keys(
    policies: Policies, text: str | None, words: str, capsys: Any
) -> None:
    trusted(policies.root, KEY, signed(KEY))
    signers = policies.root / "policies/manifests/signers.pem"
    signers.unlink()
    if text is not None:
        signers.write_text(text)

    assert main(["--root", str(policies.root)]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"policies/manifests/signers.pem: {words}")
    assert len(told.splitlines()) == 1


def test_what_is_signed_is_one_form_for_one_content(policies: Policies) -> None:
    (file,) = trusted(policies.root, KEY, signed(KEY))
    data = json.loads(file.read_text())
    data["manifest"] = dict(reversed(data["manifest"].items()))
    file.write_text(json.dumps(data, indent=7))

    assert Rulebook.of(policies.root).sanitised == {SNAPSHOT}


def test_a_graph_is_told_of_the_snapshots(policies: Policies) -> None:
    rulebook = replace(Rulebook.of(policies.root), sanitised=frozenset({"a"}))

    assert rulebook.informed(graph_of("staging", [])).sanitised == {"a"}
