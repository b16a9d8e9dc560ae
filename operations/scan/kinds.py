"""What personal data and secrets look like in text: one entry for each kind of finding."""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from operations.scan import checks

Judge = Callable[[str, frozenset[str]], bool]
"""Tells of a text that has the form, given the safe domains, whether it is the real thing."""

RESERVED = frozenset(
    {"invalid", "test", "example", "localhost", "example.com", "example.net", "example.org"}
)
"""Names that belong to nobody (RFC 2606, 2 and 3)."""


@dataclass(frozen=True)
class Kind:
    """One kind of finding."""

    name: str
    form: re.Pattern[str]
    real: Judge
    hint: re.Pattern[str]
    """What stands in every text that has the form; looked for first, as it costs little."""
    chance: float = 0.0
    """The share of texts with the form that pass for real by accident."""
    digits: bool = False
    """Whether it is a number of somebody's, of six digits that stand close together, or more."""
    in_numbers: bool = False
    """Whether it is also looked for in columns of numbers."""

    def seen(self, text: str, safe: frozenset[str]) -> tuple[bool, bool]:
        """Return whether text has the form anywhere, and whether it is real anywhere."""
        formed = False
        if self.hint.search(text):
            for match in self.form.finditer(text):
                formed = True
                if self.real(match[0], safe):
                    return True, True
        return formed, False


def _always(_: str, __: frozenset[str]) -> bool:
    return True


def is_safe(host: str, safe: frozenset[str]) -> bool:
    """Tell whether a host lies in a domain that belongs to nobody, or that is declared safe."""
    labels = host.lower().rstrip(".").split(".")
    return any(".".join(labels[n:]) in safe for n in range(len(labels)))


def _email(text: str, safe: frozenset[str]) -> bool:
    return not is_safe(text.rpartition("@")[2], safe)


def _url(text: str, safe: frozenset[str]) -> bool:
    host = re.split(r"[/?#]", text.partition("://")[2])[0].rpartition("@")[2]
    name = host.rpartition(":")[0] if re.search(r":\d*$", host) else host
    try:
        return ipaddress.ip_address(name.strip("[]")).is_global
    except ValueError:
        return not is_safe(name, safe)


def _address(text: str, _: frozenset[str]) -> bool:
    """Tell whether an address is somebody's: IANA's registries say which are nobody's."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return False
    if found.version == 6:  # noqa: PLR2004
        return found in _GIVEN and found.is_global
    return found.is_global and not found.is_multicast


_GIVEN = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is given to anybody (IANA, "IPv6 Global Unicast Address Assignments")."""


def _phone(text: str, _: frozenset[str]) -> bool:
    """Tell whether a number is in a country: 999 is assigned to none (ITU-T, E.164 list)."""
    digits = re.sub(r"\D", "", text).removeprefix("00")
    least, most = 8, 15
    return least <= len(digits) <= most and not digits.startswith("999")


def _trunk(text: str, _: frozenset[str]) -> bool:
    least, most = 9, 12
    return least <= len(re.sub(r"\D", "", text)) <= most


def _bare(check: Callable[[str], bool], text: str, _: frozenset[str]) -> bool:
    return check(re.sub(r"[\s.-]", "", text).upper())


def _iban(text: str, _: frozenset[str]) -> bool:
    """Tell whether text begins with an IBAN; the country says where it ends.

    Other words may follow; letters and digits that go on there make it something else.
    """
    left = checks.IBAN_LENGTHS.get(text[:2].upper(), 0)
    for place, each in enumerate(text):
        left -= each.isalnum()
        if left == 0:
            bare = re.sub(r"[\s-]", "", text[: place + 1]).upper()
            return not text[place + 1 : place + 2].isalnum() and checks.iban(bare)
    return False


_LEFT, _RIGHT = r"(?<![\w.+,-])", r"(?![\w-]|\.\d)"
_DIGITS = re.compile(r"\d{5}|\d\d[ -]\d")


def _form(text: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(text, flags)


_KINDS = (
    Kind(
        "email",
        _form(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_][\w-]{1,62}"),
        _email,
        _form("@"),
    ),
    Kind("url", _form(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s\"'<>()\\{}]+", re.I), _url, _form("://")),
    Kind(
        "ip-address",
        _form(
            r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)"
            r"|(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])",
            re.I,
        ),
        _address,
        _form(r"\d\.\d|:.{0,4}:"),
    ),
    Kind(
        "phone",
        _form(r"(?<![\w+.@-])(?:\+|00)(?=[1-9])(?:[ ().\-/]{0,2}\d){7,15}(?!\w)"),
        _phone,
        _form(r"\+\d|\+\(|00"),
        digits=True,
    ),
    Kind(
        "phone-national",
        _form(
            r"(?<![\w.+-])(?:1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .-])[2-9]\d\d[ .-]\d{4}"
            r"(?![\w-]|\.\d)"
            r"|(?<![\w.,+:/@-])\(?0[1-9]\d{0,4}(?:[ ()/.-]{0,3}\d){6,10}(?![\w-]|\.\d)"
        ),
        _trunk,
        _form(r"0\d|\d{3}\)?[ .-]\d"),
        digits=True,
    ),
    Kind(
        "iban",
        _form(r"(?<![A-Za-z0-9])[A-Z]{2}\d\d(?:[ -]?[A-Z0-9]){11,30}", re.I),
        _iban,
        _form(r"[A-Za-z]{2}\d\d"),
        chance=1 / 97,
        digits=True,
    ),
    Kind(
        "payment-card",
        _form(
            rf"{_LEFT}(?:\d{{13,19}}|\d{{4}}([ -])\d{{4}}\1\d{{4}}\1\d{{1,7}}"
            rf"|3\d{{3}}[ -]\d{{6}}[ -]\d{{4,5}}){_RIGHT}"
        ),
        partial(_bare, checks.card),
        _DIGITS,
        chance=1 / 10,
        in_numbers=True,
        digits=True,
    ),
    Kind(
        "us-ssn",
        _form(rf"{_LEFT}(?!000|666|9)\d{{3}}-(?!00)\d\d-(?!0000)\d{{4}}{_RIGHT}"),
        _always,
        _form(r"\d-\d"),
        digits=True,
    ),
    Kind(
        "uk-nino",
        _form(
            r"(?<![\w-])(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
            r" ?\d\d ?\d\d ?\d\d ?[A-D](?![\w-])"
        ),
        _always,
        _form(r"[A-Z]{2} ?\d\d"),
        digits=True,
    ),
    Kind(
        "de-tax-id",
        _form(rf"{_LEFT}(?:[1-9]\d{{10}}|[1-9]\d \d{{3}} \d{{3}} \d{{3}}){_RIGHT}"),
        partial(_bare, checks.tax_id),
        _DIGITS,
        chance=1 / 10,
        in_numbers=True,
        digits=True,
    ),
    Kind(
        "nl-bsn",
        _form(rf"{_LEFT}(?:\d{{9}}|\d{{4}}\.\d\d\.\d{{3}}){_RIGHT}"),
        partial(_bare, checks.bsn),
        _form(r"\d{4}"),
        chance=1 / 11,
        in_numbers=True,
        digits=True,
    ),
    Kind(
        "es-dni",
        _form(r"(?<![\w-])(?:\d{8}|[XYZ]-?\d{7})-?[A-HJ-NP-TV-Z](?![\w-])"),
        partial(_bare, checks.dni),
        _form(r"\d{7}"),
        chance=1 / 23,
        digits=True,
    ),
    Kind(
        "fr-nir",
        _form(
            r"(?<![\w.+-])[12] ?\d\d ?(?:0[1-9]|[1-9]\d) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d"
            r"(?![\w-])"
        ),
        partial(_bare, checks.nir),
        _form(r"\d{3} ?\d\d"),
        chance=1 / 97,
        in_numbers=True,
        digits=True,
    ),
    Kind(
        "it-codice-fiscale",
        _form(
            r"(?<![\w-])[A-Z]{6}[0-9L-NP-V]{2}[A-EHLMPR-T][0-9L-NP-V]{2}[A-Z][0-9L-NP-V]{3}[A-Z](?![\w-])",
            re.I,
        ),
        partial(_bare, checks.fiscal_code),
        _form(r"[A-Za-z]{6}"),
        chance=1 / 26,
    ),
    Kind(
        "json-web-token",
        _form(r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*"),
        _always,
        _form("eyJ"),
    ),
    Kind(
        "private-key",
        _form(
            r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY( BLOCK)?-----|AGE-SECRET-KEY-1[A-Z0-9]"
        ),
        _always,
        _form("PRIVATE KEY|AGE-SECRET"),
    ),
    Kind(
        "aws-access-key",
        _form(r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])"),
        _always,
        _form("AKIA|ASIA"),
    ),
    Kind(
        "password-hash",
        _form(
            r"\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}|\$argon2(?:id|i|d)\$|\$scrypt\$|\$7\$"
            r"|\$[156]\$[./A-Za-z0-9=,]{1,40}\$|pbkdf2_sha\d+\$\d+\$|SCRAM-SHA-256\$"
        ),
        _always,
        _form(r"\$"),
    ),
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _KINDS}
_WITHOUT = tuple(kind for kind in _KINDS if not kind.digits)
_IN_NUMBERS = tuple(kind for kind in _KINDS if kind.in_numbers)
_SIX_DIGITS = re.compile(r"(?:\d\D{0,3}){6}")
"""What stands in every number of a person: nine digits or more, or a letter among six."""

_SHORTEST = 6
"""Of what any kind finds: ``a@b.de``."""
_WORTH_IT = re.compile(r"\d|[@:$]|KEY|AKIA|ASIA|eyJ|[A-Za-z]{6}[L-NP-V]")
_PLAIN = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
    r"|(?<![\w.-])\d{4}-[01]\d-[0-3]\d(?:[T ][0-2]\d:[0-5]\d(?::[0-6]\d(?:\.\d+)?)?"
    r"(?:Z|[+-]\d\d(?::?\d\d)?)?)?(?![\w-])"
    r"|(?<![\w./-])[0-3]?\d[./][0-3]?\d[./]\d{4}(?![\w./-])",
    re.IGNORECASE,
)
"""UUIDs and moments, whose digits are nobody's number."""


def seen_in(text: str, safe: frozenset[str], *, number: bool) -> Iterator[tuple[str, bool]]:
    """Yield each kind that a text has the form of, and whether it is real.

    ``number`` says that the text is a number's, in which most kinds cannot be.
    """
    if len(text) < _SHORTEST or not _WORTH_IT.search(text):
        return
    plain = _PLAIN.sub(" ", text)
    if "@" in plain:
        # A fake's local part is of random digits and letters.
        plain = KINDS["email"].form.sub(lambda found: _kept(found[0], safe), plain)
    for kind in _of_numbers(plain) if number else _possible(plain):
        formed, real = kind.seen(plain, safe)
        if formed:
            yield kind.name, real


def _possible(text: str) -> tuple[Kind, ...]:
    return _KINDS if _SIX_DIGITS.search(text) else _WITHOUT


def _of_numbers(text: str) -> tuple[Kind, ...]:
    return _IN_NUMBERS if _SIX_DIGITS.search(text) else ()


def _kept(text: str, safe: frozenset[str]) -> str:
    return text if _email(text, safe) else " "
