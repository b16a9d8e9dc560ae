"""Documents by path: each scalar that a rule names is masked or kept, and nothing else is there.

A document of ``json``, ``jsonb`` or ``hstore`` is not copied and cleaned: a new one is built of
what the paths name. So whatever nobody named, be it a key that the application began to write
yesterday or an object where a text was, never reaches the copy:

- a key that no path goes through is left out, its name too (a key may be a person's address);
- a path ends at scalars: an object or a list at its end becomes null, even under ``keep``;
- a scalar, object or list where paths only go on in another way becomes null;
- lists keep their length and order, of keys that are there twice the last counts, as in ``jsonb``.

``$.a.b`` goes through objects, ``$.a[*]`` through lists, ``$["odd key"]`` is any key, and ``$`` is
a document that is a scalar. Keys under which anything may stand are not supported on purpose.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from psycopg.sql import SQL, Composable, Literal

ITEMS = object()
"""The step of ``[*]``."""
_STEP = re.compile(r'\.([A-Za-z_][A-Za-z0-9_-]*)|\["((?:[^"\\]|\\["\\])+)"\]|(\[\*\])')
NULL = SQL("'null'::jsonb")

T = TypeVar("T")
Scalar = Callable[[Composable, T], Composable]


@dataclass
class Node(Generic[T]):
    """What may stand at one place: a scalar with a rule, keys of an object, items of a list."""

    rule: T | None = None
    keys: dict[str, "Node[T]"] = field(default_factory=dict)
    items: "Node[T] | None" = None


def steps(path: str) -> list[object]:
    """Return the steps of a path: keys as text, and ITEMS; ValueError where it is none."""
    if not path.startswith("$"):
        raise ValueError(f'a path must begin with $, such as $.customer.email, got "{path}"')
    found: list[object] = []
    at = 1
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            raise ValueError(
                f'a path is made of .key, ["any key"] and [*], got "{path[at:]}" in "{path}"'
            )
        name, quoted, items = step.groups()
        found.append(ITEMS if items else name or re.sub(r"\\(.)", r"\1", quoted))
        at = step.end()
    return found


def tree(paths: Mapping[str, T]) -> Node[T]:
    """Return rules by path as a tree; ValueError where a path is none or is there twice."""
    root: Node[T] = Node()
    for path, rule in paths.items():
        node = root
        for step in steps(path):
            if isinstance(step, str):
                node = node.keys.setdefault(step, Node())
            else:
                node.items = node.items or Node()
                node = node.items
        if node.rule is not None:
            raise ValueError(f'a path must be there once, got "{path}" again')
        node.rule = rule
    return root


def document(value: Composable, root: Node[T], scalar: Scalar[T]) -> Composable:
    """Return SQL for the document that is built of a ``jsonb`` value; null where that is null.

    ``scalar`` gives a scalar's masked form, as ``jsonb``, from the ``jsonb`` that it is.
    """
    names = (f"node_{n}" for n in range(1_000_000))
    return SQL("case when {value} is not null then {built} end").format(
        value=value, built=_built(value, root, scalar, names)
    )


def _built(value: Composable, node: Node[T], scalar: Scalar[T], names: Iterator[str]) -> Composable:
    cases = []
    if node.keys:
        cases.append(SQL("when 'object' then {}").format(_object(value, node, scalar, names)))
    if node.items:
        cases.append(SQL("when 'array' then {}").format(_list(value, node.items, scalar, names)))
    other = NULL
    if node.rule is not None:
        kinds = SQL("when 'string' then {0} when 'number' then {0} when 'boolean' then {0}")
        cases.append(kinds.format(scalar(value, node.rule)))
    if not cases:
        return other
    return SQL("case jsonb_typeof({}) {} else {} end").format(value, SQL(" ").join(cases), other)


def _object(
    value: Composable, node: Node[T], scalar: Scalar[T], names: Iterator[str]
) -> Composable:
    """Return an object of the keys that the value has and a path names."""
    pairs = []
    for key, below in node.keys.items():
        own = SQL("({} -> {})").format(value, Literal(key))
        pairs.append(SQL("({}, {})").format(Literal(key), _built(own, below, scalar, names)))
    name = SQL(next(names))
    return SQL(
        "(select coalesce(jsonb_object_agg({name}.key, {name}.value), '{{}}')"
        " from (values {pairs}) as {name}(key, value) where {value} ? {name}.key)"
    ).format(name=name, pairs=SQL(", ").join(pairs), value=value)


def _list(value: Composable, node: Node[T], scalar: Scalar[T], names: Iterator[str]) -> Composable:
    name = SQL(next(names))
    item = SQL("{}.item").format(name)
    return SQL(
        "(select coalesce(jsonb_agg({built} order by {name}.place), '[]')"
        " from jsonb_array_elements({value}) with ordinality as {name}(item, place))"
    ).format(built=_built(item, node, scalar, names), name=name, value=value)


def pairs_of(built: Composable) -> Composable:
    """Return an object of texts as ``hstore`` reads it."""
    escaped = r"""'"' || replace(replace({}, '\', '\\'), '"', '\"') || '"'"""
    return SQL(
        "(select coalesce(string_agg({key} || '=>' || coalesce({value}, 'NULL'), ','), '')"
        " from jsonb_each_text({built}) as pair(key, value))"
    ).format(
        key=SQL(escaped).format(SQL("pair.key")),
        value=SQL(escaped).format(SQL("pair.value")),
        built=built,
    )
