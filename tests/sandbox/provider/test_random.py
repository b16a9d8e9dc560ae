"""The stand-in for pulumi-random draws what was asked for, and marks what nobody may see."""

import base64
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.errors import SandboxError
from sandbox.provider.random_provider import ID, PASSWORD, SPECIAL, RandomProvider
from sandbox.provider.values import UNKNOWN

PROVIDER = RandomProvider()
KINDS = {
    "lower": string.ascii_lowercase,
    "upper": string.ascii_uppercase,
    "numeric": string.digits,
    "special": SPECIAL,
}


def urn(token: str) -> str:
    return f"urn:pulumi:test::understudy::{token}::secret"


def drawn(**inputs: Any) -> str:
    checked, problems = PROVIDER.check(urn(PASSWORD), {}, inputs, b"")
    assert problems == []
    id_, props = PROVIDER.create(urn(PASSWORD), checked)
    assert id_ == "none"
    assert {name: props[name] for name in inputs} == inputs
    return str(props["result"])


def problems(token: str, **inputs: Any) -> list[tuple[str, str]]:
    return PROVIDER.check(urn(token), {}, inputs, b"")[1]


def count(password: str, letters: str) -> int:
    return sum(letter in letters for letter in password)


@given(
    st.fixed_dictionaries({name: st.booleans() for name in KINDS}).filter(
        lambda wanted: any(wanted.values())
    ),
    st.fixed_dictionaries({name: st.integers(0, 4) for name in KINDS}),
    st.integers(0, 20),
)
def test_a_password_has_its_length_and_its_kinds(
    wanted: dict[str, bool], least: dict[str, int], more: int
) -> None:
    needed = sum(least[name] for name in KINDS if wanted[name])
    length = max(1, needed) + more
    minima = {f"min{name.capitalize()}": number for name, number in least.items()}

    password = drawn(length=length, **wanted, **minima)

    assert len(password) == length
    for name, letters in KINDS.items():
        found = count(password, letters)
        assert found >= least[name] if wanted[name] else found == 0


def test_no_two_passwords_are_alike() -> None:
    assert len({drawn(length=32) for _ in range(20)}) == 20


def test_own_special_characters_stand_in_for_the_usual_ones() -> None:
    password = drawn(length=40, overrideSpecial="_", minSpecial=5)

    assert count(password, SPECIAL.replace("_", "")) == 0
    assert password.count("_") >= 5


def test_the_old_word_for_digits_is_heeded() -> None:
    assert count(drawn(length=200, number=False), string.digits) == 0


@pytest.mark.parametrize(
    ("inputs", "found"),
    [
        ({"length": 3, "minUpper": 2, "minLower": 2}, ("length", "must be at least 4, got 3")),
        ({"length": 0}, ("length", "must be at least 1, got 0")),
        (
            {"length": 9, "lower": False, "upper": False, "numeric": False, "special": False},
            ("length", "needs at least one of lower, upper, numeric and special"),
        ),
        ({}, ("length", "is required")),
        ({"length": 9, "colour": "red"}, ("colour", "is not an input of this type")),
    ],
)
def test_what_the_real_provider_refuses_is_refused(
    inputs: dict[str, Any], found: tuple[str, str]
) -> None:
    assert problems(PASSWORD, **inputs) == [found]


def test_what_is_not_known_yet_is_not_refused() -> None:
    assert problems(PASSWORD, length=UNKNOWN) == []


def test_an_id_has_its_bytes_in_four_forms() -> None:
    id_, props = PROVIDER.create(urn(ID), {"byteLength": 6, "prefix": "run-"})

    raw = bytes.fromhex(props["hex"].removeprefix("run-"))
    assert len(raw) == 6
    assert id_ == base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    assert props["b64Url"] == f"run-{id_}"
    assert props["b64Std"] == f"run-{base64.b64encode(raw).decode()}"
    assert props["dec"] == f"run-{int.from_bytes(raw, 'big')}"
    assert problems(ID) == [("byteLength", "is required")]


def test_the_password_is_marked_secret_and_the_id_is_not() -> None:
    assert PROVIDER.secrets(urn(PASSWORD)) == {"result"}
    assert PROVIDER.secrets(urn(ID)) == set()


def test_a_preview_does_not_draw() -> None:
    props = PROVIDER.preview(urn(PASSWORD), {}, {"length": 9})

    assert props == {"length": 9, "result": UNKNOWN}


def test_every_change_draws_again_but_an_ignored_one() -> None:
    old, new = {"length": 9, "keepers": {"a": "1"}}, {"length": 10, "keepers": {"a": "2"}}

    assert PROVIDER.diff(urn(PASSWORD), old, new, {"keepers"}).replaces == {"length"}
    assert PROVIDER.diff(urn(PASSWORD), old, old, set()).changed == set()


def test_reading_and_updating_keep_what_was_drawn() -> None:
    state = {"length": 9, "result": "x"}

    assert PROVIDER.read(urn(PASSWORD), "none", state, {"length": 9}) == (state, {"length": 9})
    assert PROVIDER.update(urn(PASSWORD), "none", {}, {"length": 9}, state) == state


def test_a_type_or_function_that_is_not_carried_is_refused_by_name() -> None:
    with pytest.raises(SandboxError, match="RandomPet: the sandbox does not carry this type"):
        PROVIDER.check(urn("random:index/randomPet:RandomPet"), {}, {}, b"")
    with pytest.raises(SandboxError, match="has no functions"):
        PROVIDER.invoke("random:index:pet", {})
