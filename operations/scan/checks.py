"""Numbers that carry a check of themselves: cards, accounts, national identity numbers.

Each function tells whether text, bare of spaces and dashes, is a number that could have been given
to somebody. Each check is passed by accident at the rate that stands beside it in ``kinds``.
"""

import re
from collections.abc import Mapping

BRANDS: Mapping[str, re.Pattern[str]] = {
    "Visa": re.compile(r"4(\d{12}|\d{15}|\d{18})"),
    "Mastercard": re.compile(r"(5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"),
    "American Express": re.compile(r"3[47]\d{13}"),
    "Diners Club": re.compile(r"3(0[0-5]\d|095|[689]\d\d)\d{10}"),
    "Discover": re.compile(r"6(011|4[4-9]\d|5\d\d)\d{12}"),
    "JCB": re.compile(r"35(2[89]|[3-8]\d)\d{12}"),
    "UnionPay": re.compile(r"62\d{14,17}"),
}
"""How the numbers of a brand begin, and how long they are (ISO/IEC 7812; the brands' own lists)."""

IBAN_LENGTHS: Mapping[str, int] = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22,
    "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28,
    "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23,
    "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
    "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20,
    "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30,
    "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22,
    "SA": 24, "SC": 31, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23,
    "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip
"""How long an IBAN is, by country (SWIFT, IBAN Registry)."""

NO_BANK = "0"
"""How no German bank code begins: they begin with 1 to 8 (Bundesbank, "Bankleitzahlen")."""

DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
ODD: Mapping[str, int] = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3,
         6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
        strict=True,
    )
)  # fmt: skip
"""What a character in an odd place counts (Decreto ministeriale 12 March 1974, table)."""


def card(digits: str) -> bool:
    """Tell whether digits are a card's number: of a brand, with Luhn's check (ISO/IEC 7812-1)."""
    if not any(brand.fullmatch(digits) for brand in BRANDS.values()):
        return False
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    total = sum(map(int, digits[-1::-2])) + sum(each - 9 if each > 9 else each for each in doubled)  # noqa: PLR2004
    return total % 10 == 0


def iban(text: str) -> bool:
    """Tell whether text is an IBAN of a bank that there may be (ISO 13616; ISO 7064, mod 97-10)."""
    if IBAN_LENGTHS.get(text[:2]) != len(text) or not text[2:4].isdigit():
        return False
    if text.startswith(f"DE{text[2:4]}{NO_BANK}"):
        return False
    return int("".join(str(int(each, 36)) for each in text[4:] + text[:4])) % 97 == 1


def bsn(digits: str) -> bool:
    """Tell whether nine digits are a Dutch citizen's number: the eleven-test, last digit off."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return total % 11 == 0 and digits.strip("0") != ""


def tax_id(digits: str) -> bool:
    """Tell whether eleven digits are a German tax id (Bundeszentralamt fuer Steuern).

    Of the first ten, one digit stands there twice or three times; the last is ISO 7064, mod 11,10.
    """
    first = digits[:10]
    repeated = sorted(first.count(digit) for digit in set(first))
    if digits[0] == "0" or repeated[-1] not in (2, 3) or repeated[:-1].count(1) + 1 < len(repeated):
        return False
    product = 10
    for digit in first:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(digits[10])


def dni(text: str) -> bool:
    """Tell whether text is a Spanish DNI or NIE: the letter is the number modulo 23."""
    number = text[:-1].translate(str.maketrans("XYZ", "012"))
    return DNI_LETTERS[int(number) % 23] == text[-1]


def nir(text: str) -> bool:
    """Tell whether text is a French NIR: the key is 97 less the number modulo 97 (INSEE).

    The departments of Corsica, 2A and 2B, count as 19 and 18.
    """
    number = text[:-2].replace("2A", "19").replace("2B", "18")
    return 97 - int(number) % 97 == int(text[-2:])


def fiscal_code(text: str) -> bool:
    """Tell whether sixteen characters are an Italian codice fiscale: the last is their sum."""
    odd = sum(ODD[each] for each in text[:15:2])
    even = sum(int(each, 36) if each.isdigit() else ord(each) - ord("A") for each in text[1:15:2])
    return chr(ord("A") + (odd + even) % 26) == text[15]
