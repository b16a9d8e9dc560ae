"""What a spelled type says: what it stores in the end, whether it is a list, how long it may be."""

import re

TEXT = frozenset({"text", "character varying", "character", "citext", "name"})
MOMENTS = frozenset(
    {
        "date",
        "timestamp without time zone",
        "timestamp with time zone",
        "time without time zone",
        "time with time zone",
    }
)
FAR = frozenset({"inet", "cidr"})
NUMBERS = frozenset(
    {"smallint", "integer", "bigint", "numeric", "real", "double precision", "money"}
)
DOCUMENTS = frozenset({"json", "jsonb", "hstore"})
OF_EXTENSIONS = frozenset({"citext", "hstore"})
"""Types that have the name of whatever schema their extension was put into."""

_SIZE = re.compile(r"\([^()]*\)")
_LENGTH = re.compile(r"character(?: varying)?\((\d+)\)")


def base_of(type_: str) -> str:
    """Return what a value is in the end: without size, domain and the brackets of an array.

    Of a range or composite type that is its own name: nothing is said of what it is made of.
    """
    name, made, inner = type_.partition(" of ")
    if made:
        return base_of(inner) if name.endswith("[]") else name
    text = " ".join(_SIZE.sub("", type_.rpartition(" over ")[2]).removesuffix("[]").split())
    _, dot, own = text.rpartition(".")
    return own if dot and own in OF_EXTENSIONS else text


def is_list(type_: str) -> bool:
    """Tell whether a type is an array, or a domain over one."""
    return type_.partition(" of ")[0].rpartition(" over ")[2].endswith("[]")


def length_of(type_: str) -> int | None:
    """Return how many characters a value may have, where the type says so."""
    found = _LENGTH.search(type_)
    return int(found[1]) if found else None


def quoted(type_: str) -> str:
    """Return a type as YAML's flow style takes it."""
    return f'"{type_}"' if re.search(r"[,\[\]{}:#\"]", type_) else type_
