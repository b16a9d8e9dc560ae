"""The stand-in for pulumi-random: RandomPassword and RandomId, kept in Pulumi's state alone."""

import base64
import secrets as entropy
import string

from sandbox.errors import SandboxError
from sandbox.provider.diff import Difference
from sandbox.provider.resource import Problem
from sandbox.provider.values import UNKNOWN, Props, is_known
from sandbox.provider.versions import PLUGINS

PASSWORD, ID = "random:index/randomPassword:RandomPassword", "random:index/randomId:RandomId"
SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
"""The special characters that the real provider draws from by default."""

INPUTS = {
    PASSWORD: {
        "keepers", "length", "lower", "minLower", "minNumeric", "minSpecial", "minUpper", "number",
        "numeric", "overrideSpecial", "special", "upper",
    },
    ID: {"byteLength", "keepers", "prefix"},
}  # fmt: skip
OUTPUTS = {PASSWORD: ("result",), ID: ("b64Std", "b64Url", "dec", "hex")}
REQUIRED = {PASSWORD: "length", ID: "byteLength"}


class RandomProvider:
    """Draws once at creation; every input that changes forces a replacement, as in the original."""

    version = PLUGINS["random"]

    def check_config(self, settings: Props) -> list[Problem]:
        """Accept: the provider has no settings."""
        del settings
        return []

    def configure(self, settings: Props) -> None:
        """Accept: the provider has no settings."""

    def check(self, urn: str, old: Props, new: Props, seed: bytes) -> tuple[Props, list[Problem]]:
        """Refuse an unknown type or input."""
        del old, seed
        token = _token(urn)
        problems = [
            (name, "is not an input of this type") for name in new if name not in INPUTS[token]
        ]
        if REQUIRED[token] not in new:
            problems.append((REQUIRED[token], "is required"))
        elif token == PASSWORD:
            problems += _password_problems(new)
        return new, problems

    def diff(self, urn: str, old: Props, new: Props, ignored: set[str]) -> Difference:
        """Say which inputs differ: each of them means another draw."""
        del urn
        changed = {name for name in {*old, *new} - ignored if old.get(name) != new.get(name)}
        return Difference(changed, set(changed))

    def preview(self, urn: str, state: Props, new: Props) -> Props:
        """Return the inputs; what is drawn is known after creation."""
        return {**(state or dict.fromkeys(OUTPUTS[_token(urn)], UNKNOWN)), **new}

    def create(self, urn: str, new: Props) -> tuple[str, Props]:
        """Draw the value."""
        if _token(urn) == PASSWORD:
            return "none", {**new, "result": _password(new)}
        raw = entropy.token_bytes(int(new["byteLength"]))
        url = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        prefix = new.get("prefix", "")
        return url, {
            **new,
            "hex": prefix + raw.hex(),
            "dec": prefix + str(int.from_bytes(raw, "big")),
            "b64Url": prefix + url,
            "b64Std": prefix + base64.b64encode(raw).decode(),
        }

    def read(self, urn: str, id_: str, state: Props, inputs: Props) -> tuple[Props, Props] | None:
        """Return the saved state: there is nothing else to read."""
        del urn, id_
        return state, inputs

    def update(self, urn: str, id_: str, old: Props, new: Props, state: Props) -> Props:
        """Keep what was drawn."""
        del urn, id_, old
        return {**state, **new}

    def delete(self, urn: str, id_: str, old: Props) -> None:
        """Nothing to delete outside the state."""

    def invoke(self, token: str, args: Props) -> Props:
        """Refuse: the provider has no functions."""
        raise SandboxError(f"{token}: the random provider has no functions")

    def secrets(self, urn: str) -> set[str]:
        """Return the outputs that must never be seen."""
        return {"result"} if _token(urn) == PASSWORD else set()


def _kinds(new: Props) -> list[tuple[str, int]]:
    """Return the characters of each wanted kind and how many of them there must be."""
    numeric = new.get("numeric", new.get("number", True))
    kinds = [
        (new.get("lower", True), string.ascii_lowercase, new.get("minLower", 0)),
        (new.get("upper", True), string.ascii_uppercase, new.get("minUpper", 0)),
        (numeric, string.digits, new.get("minNumeric", 0)),
        (new.get("special", True), new.get("overrideSpecial") or SPECIAL, new.get("minSpecial", 0)),
    ]
    return [(letters, int(least)) for wanted, letters, least in kinds if wanted]


def _password_problems(new: Props) -> list[Problem]:
    """Return what the real provider refuses; unknown values are left alone."""
    if not is_known(new):
        return []
    kinds = _kinds(new)
    if not kinds:
        return [("length", "needs at least one of lower, upper, numeric and special")]
    least = max(1, sum(each for _, each in kinds))
    if int(new["length"]) < least:
        return [("length", f"must be at least {least}, got {new['length']}")]
    return []


def _password(new: Props) -> str:
    """Draw a password that holds at least the asked-for number of each kind of character."""
    allowed = _kinds(new)
    drawn = [entropy.choice(letters) for letters, least in allowed for _ in range(least)]
    alphabet = "".join(letters for letters, _ in allowed)
    drawn += [entropy.choice(alphabet) for _ in range(int(new["length"]) - len(drawn))]
    entropy.SystemRandom().shuffle(drawn)
    return "".join(drawn)


def _token(urn: str) -> str:
    token = urn.split("::")[2].rpartition("$")[2]
    if token not in INPUTS:
        raise SandboxError(f"{token}: the sandbox does not carry this type")
    return token
