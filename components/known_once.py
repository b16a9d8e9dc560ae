"""A value that is held back until what it needs is there.

What uses the value then comes later, and on deletion goes first, without having to know why.
"""

from pulumi import Output


def known_once(value: Output[str], *there: Output[str]) -> Output[str]:
    """Return ``value``, known once all that is to be ``there`` is."""
    return Output.all(value, *there).apply(lambda known: str(known[0]))
