"""Check digits: what is given to people passes, and with one digit changed it does not."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.scan import checks

PUBLISHED: list[tuple[Callable[[str], bool], str]] = [
    (checks.card, "4111111111111111"),
    (checks.card, "5555555555554444"),
    (checks.card, "378282246310005"),
    (checks.card, "30569309025904"),
    (checks.card, "6011111111111117"),
    (checks.card, "3530111333300000"),
    (checks.iban, "DE89370400440532013000"),
    (checks.iban, "GB29NWBK60161331926819"),
    (checks.iban, "FR1420041010050500013M02606"),
    (checks.iban, "NO9386011117947"),
    (checks.bsn, "111222333"),
    (checks.bsn, "123456782"),
    (checks.tax_id, "86095742719"),
    (checks.tax_id, "65929970489"),
    (checks.dni, "12345678Z"),
    (checks.dni, "X1234567L"),
    (checks.nir, "255081416802538"),
    (checks.fiscal_code, "RSSMRA85T10A562S"),
]
"""Examples that authorities, brands and standards print."""


@pytest.mark.parametrize(("check", "text"), PUBLISHED, ids=[text for _, text in PUBLISHED])
def test_what_is_published_passes_and_nothing_beside_it(
    check: Callable[[str], bool], text: str
) -> None:
    assert check(text)
    for place, old in enumerate(text):
        if old.isdigit() and place > 1:
            for new in set("0123456789") - {old}:
                changed = text[:place] + new + text[place + 1 :]
                assert not check(changed), changed


DIGITS = st.text("0123456789", min_size=15, max_size=15)


def luhn_digit(start: str) -> str:
    """Return Luhn's digit by its table, not by the code under test."""
    doubled = {"0": 0, "1": 2, "2": 4, "3": 6, "4": 8, "5": 1, "6": 3, "7": 5, "8": 7, "9": 9}
    total = sum(
        doubled[digit] if n % 2 == 0 else int(digit) for n, digit in enumerate(reversed(start))
    )
    return str(-total % 10)


@given(DIGITS)
def test_any_card_is_found_and_none_with_one_digit_changed(digits: str) -> None:
    start = "4" + digits[:14]
    right = luhn_digit(start)

    assert checks.card(start + right)
    assert not any(checks.card(start + wrong) for wrong in set("0123456789") - {right})


@given(st.integers(10_000_000, 89_999_999), st.integers(0, 9_999_999_999))
def test_any_german_iban_is_found_and_none_with_one_digit_changed(bank: int, account: int) -> None:
    own = f"{bank}{account:010}"
    iban = f"DE{98 - int(own + '131400') % 97:02}{own}"
    place = random.Random(account).randrange(4, 22)  # noqa: S311
    changed = iban[:place] + str((int(iban[place]) + 1) % 10) + iban[place + 1 :]

    assert checks.iban(iban)
    assert not checks.iban(changed)


@given(st.integers(1, 99_999_999))
def test_any_dutch_number_is_found_and_none_with_one_digit_changed(number: int) -> None:
    start = f"{number:08}"
    last = sum(int(digit) * (9 - n) for n, digit in enumerate(start)) % 11
    if last < 10:
        assert checks.bsn(f"{start}{last}")
    assert not any(checks.bsn(f"{start}{other}") for other in range(10) if other != last)


@given(st.permutations("123456789"), st.integers(0, 8), st.integers(0, 8))
def test_any_german_tax_id_has_one_last_digit(digits: list[str], which: int, where: int) -> None:
    first = "".join(digits)
    ten = first[:where] + first[which] + first[where:]

    assert sum(checks.tax_id(f"{ten}{last}") for last in range(10)) == 1


@given(st.permutations("0123456789").filter(lambda digits: digits[0] != "0"))
def test_a_german_tax_id_repeats_a_digit(digits: list[str]) -> None:
    assert not any(checks.tax_id("".join(digits) + str(last)) for last in range(10))


@given(st.integers(0, 99_999_999))
def test_a_spanish_number_has_one_letter(number: int) -> None:
    found = [letter for letter in checks.DNI_LETTERS if checks.dni(f"{number:08}{letter}")]

    assert len(found) == 1


@given(
    st.sampled_from("12"),
    st.integers(0, 99),
    st.integers(1, 12),
    st.sampled_from(["01", "75", "2A", "2B", "97"]),
    st.integers(0, 999_999),
)
def test_a_french_number_has_one_key(
    sex: str, year: int, month: int, department: str, rest: int
) -> None:
    start = f"{sex}{year:02}{month:02}{department}{rest:06}"
    found = [key for key in range(100) if checks.nir(f"{start}{key:02}")]

    assert len(found) == 1
    assert 1 <= found[0] <= 97


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@given(st.text(LETTERS, min_size=8, max_size=8), st.integers(0, 9_999_999))
def test_an_italian_code_has_one_last_letter(letters: str, digits: int) -> None:
    d = f"{digits:07}"
    start = f"{letters[:6]}{d[:2]}{letters[6]}{d[2:4]}{letters[7]}{d[4:]}"

    assert sum(checks.fiscal_code(start + last) for last in LETTERS) == 1
