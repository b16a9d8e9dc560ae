"""What personal data looks like in text, and what only looks like it."""

import pytest

from operations.scan.kinds import KINDS, RESERVED, seen_in
from tests.operations.scan.values import REAL


def found(text: str, *, number: bool = False) -> set[str]:
    return {kind for kind, real in seen_in(text, RESERVED, number=number) if real}


def test_there_is_a_value_of_each_kind() -> None:
    assert REAL.keys() == KINDS.keys()


@pytest.mark.parametrize(("kind", "value"), REAL.items())
@pytest.mark.parametrize("form", ["{}", "the {} of it", "({})", "a: {}, b", "{}.", "<a>{}</a>"])
def test_a_value_is_found_among_words(kind: str, value: str, form: str) -> None:
    assert kind in found(form.format(value))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("email", "Erika <erika@mueller.example.de>"),
        ("email", "jörg@bücher.de"),
        ("email", "a.b+c@mail.co.uk"),
        ("url", "postgres://user@db.somewhere.io:5432/x"),
        ("ip-address", "2a00:1450:4001:82a::200e"),
        ("ip-address", "8.8.8.8/32"),
        ("phone", "0049 171 1234567"),
        ("phone", "+1 (212) 736-5000"),
        ("phone-national", "(212) 736-5000"),
        ("phone-national", "212-736-5000"),
        ("phone-national", "01711234567"),
        ("phone-national", "0171/1234567"),
        ("iban", "de89370400440532013000"),
        ("iban", "GB29 NWBK 6016 1331 9268 19 thanks"),
        ("payment-card", "3782 822463 10005"),
        ("payment-card", "4111-1111-1111-1111"),
        ("nl-bsn", "1112.22.333"),
        ("es-dni", "X-1234567-L"),
        ("fr-nir", "2 55 08 14 168 025 38"),
        ("private-key", "-----BEGIN PRIVATE KEY-----"),
        ("password-hash", "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub"),
        ("password-hash", "pbkdf2_sha256$600000$abc$def"),
    ],
)
def test_other_forms_are_found(kind: str, text: str) -> None:
    assert kind in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "0a1b2c3d4e5f6071@example.invalid",
        "1234567890123456@example.invalid",
        "person@example.com and person@mail.test",
        "https://example.invalid/path",
        "http://10.0.0.1:8080/x",
        "http://localhost/",
        "198.18.3.4",
        "192.0.2.1 and 203.0.113.9",
        "10.1.2.3",
        "2001:db8::1f",
        "999.1.1.1",
        "12:34:56",
        "00:16:3e:5e:6c:00",
        "+999123456789012",
        "DE45000000001234567890",
        "DE12345678901234567890",
        "de89370400440532013000deadbeef",
        "4111111111111112",
        "1234567890123456",
        "000-12-3456",
        "666-12-3456",
        "BG123456A",
        "111222334",
        "12345678A",
        "2031-05-01 12:34:56.123456+00",
        "01.05.2031",
        "01/05/2031 10:15",
        "11122233-4444-4555-8666-123456789012",
        "0.0123456789012",
        "Ada Ashdown",
        "17 Acorn Street",
        "redacted",
        "eyJhbGciOiJIUzI1NiJ9",
        "$100 and $5.50",
        "version 1.2.3",
        "std::string",
        "select * from a where b = 'c'",
        "d41d8cd98f00b204e9800998ecf8427e",
        "",
    ],
)
def test_what_is_nobodys_is_not_found(text: str) -> None:
    assert found(text) == set()


def test_in_numbers_only_what_is_a_number_is_looked_for() -> None:
    assert found("4111111111111111", number=True) == {"payment-card"}
    assert found("111222333", number=True) == {"nl-bsn"}
    assert found("111222333.50", number=True) == set()
    assert found("8.8", number=True) == set()


def test_a_domain_of_ones_own_is_safe() -> None:
    safe = RESERVED | {"shop.de"}

    assert not any(real for _, real in seen_in("help@mail.shop.de", safe, number=False))
    assert any(real for _, real in seen_in("help@bookshop.de", safe, number=False))


@pytest.mark.parametrize(
    "text", ["a" * 300_000 + "@", "1 " * 200_000, "+" * 200_000, "0-" * 99_999]
)
def test_long_text_takes_no_longer_by_the_square(text: str) -> None:
    found(text)
