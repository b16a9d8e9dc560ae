"""Names that the provider gives to what the program left unnamed."""

import hashlib
import re
import secrets
from typing import Any

from sandbox.provider.carry import Autoname
from sandbox.provider.values import Props, is_known

SUFFIX_DIGITS = 7
"""As many random hex digits as Pulumi's own auto-naming appends."""


def named(autoname: Autoname, logical: str, old: Props, new: Props, seed: bytes) -> Props:
    """Return ``new`` with its name: the given one, the one once made up, or a fresh one.

    A name that the program gave and now leaves out is not kept: the object is to be renamed.
    """
    key = autoname.property
    if new.get(key) or new.get(f"{key}Prefix"):
        return new
    if made_up(autoname, logical, old.get(key)):
        return {**new, key: old[key]}
    digits = hashlib.sha256(seed).hexdigest() if seed else secrets.token_hex(SUFFIX_DIGITS)
    return {**new, key: f"{_stem(autoname, logical)}-{digits[:SUFFIX_DIGITS]}"}


def made_up(autoname: Autoname, logical: str, name: Any) -> bool:
    """Return whether a name is one of the provider's own, told by its form."""
    form = re.escape(_stem(autoname, logical)) + f"-[0-9a-f]{{{SUFFIX_DIGITS}}}"
    return isinstance(name, str) and re.fullmatch(form, name) is not None


def stands_in_the_way(autoname: Autoname, logical: str, old: Props, new: Props) -> bool:
    """Return whether an object must go before one that replaces it: both have the given name.

    The real provider orders it so for every type that it can name by itself.
    """
    name = new.get(autoname.property)
    given = is_known(name) and bool(name) and not made_up(autoname, logical, name)
    return given and old.get(autoname.property) == name


def _stem(autoname: Autoname, logical: str) -> str:
    stem = f"{autoname.before}{logical}"[: autoname.longest - SUFFIX_DIGITS - 1]
    return stem.lower() if autoname.lower else stem
