"""Names that the provider gives to what the program left unnamed."""

import hashlib
import secrets

from sandbox.provider.carry import Autoname
from sandbox.provider.values import Props

SUFFIX_DIGITS = 7
"""As many random hex digits as Pulumi's own auto-naming appends."""


def named(autoname: Autoname, logical: str, old: Props, new: Props, seed: bytes) -> Props:
    """Return ``new`` with its name: the given one, the one it has had, or a fresh one."""
    key = autoname.property
    if new.get(key) or new.get(f"{key}Prefix"):
        return new
    if old.get(key):
        return {**new, key: old[key]}
    digits = hashlib.sha256(seed).hexdigest() if seed else secrets.token_hex(SUFFIX_DIGITS)
    logical = f"{autoname.before}{logical}"
    stem = logical[: autoname.longest - SUFFIX_DIGITS - 1]
    name = f"{stem}-{digits[:SUFFIX_DIGITS]}"
    return {**new, key: name.lower() if autoname.lower else name}
