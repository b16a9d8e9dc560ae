"""Names that begin with a prefix of the program's and end as the provider likes."""

import secrets
import time

from sandbox.provider.carry import kept
from sandbox.provider.values import Props

NAME_PREFIX = kept("part of the name, which the create request takes")


def prefixed(new: Props, name: str = "name") -> Props:
    """Return inputs with a name, where only its prefix was given: ``namePrefix``.

    The real provider ends such a name with the time in 18 digits and a counter in 8 hex digits.
    """
    prefix = new.get(f"{name}Prefix")
    if new.get(name) or not prefix:
        return new
    now = time.time()
    moment = time.strftime("%Y%m%d%H%M%S", time.gmtime(now)) + f"{int(now % 1 * 10000):04}"
    return {**new, name: f"{prefix}{moment}{secrets.token_hex(4)}"}
