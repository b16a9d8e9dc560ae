"""``adopt.<stack>.yaml``: which existing resource a person says is which of the program's.

It is drafted from what ``match`` guesses. No entry counts until its ``guess`` is taken out; what
is stale, doubtful or would lose data is refused, a line for each.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field

from operations.adopt.changes import KEEPING
from operations.adopt.inventory import Inventory
from operations.adopt.matches import BESIDE, ELSEWHERE, FOUND, NEVER, UNCLEAR, Match, Matches
from operations.adopt.wanted import Wanted
from operations.errors import OperationError, refusals
from policies.files import Model, read, write

HEAD = """\
# Which existing resource is which of the program's. Look at each entry, correct its id, and take
# its `guess` out: then it counts. Take an entry out, and the program makes a resource of its own.
"""


class Entry(Model):
    """One resource: the id that it is imported by, and whether that is only guessed."""

    id: str
    guess: str = ""


class Decisions(Model):
    """What a person decided for one stack."""

    stack: str
    account: Annotated[str, Field(pattern=r"^[0-9]{12}$")]
    resources: dict[str, Entry]
    """By type and logical name: ``aws:ec2/vpc:Vpc::network-vpc``."""


def file_of(stack: str) -> str:
    """Return the name of the file."""
    return f"adopt.{stack}.yaml"


def load_decisions(root: Path, stack: str) -> Decisions:
    """Return what was decided; OperationError, a line for each mistake, where it can't be read."""
    file = file_of(stack)
    if not (root / file).is_file():
        raise OperationError(f"{file}: there is no such file: `adopt match {stack} --write`")
    with refusals():
        found = read(root, file, Decisions)
    if found.stack != stack:
        raise OperationError(f"{file}: stack: must be {stack}, got {found.stack!r}")
    return found


def drafted(stack: str, inventory: Inventory, matches: Matches, before: Decisions | None) -> str:
    """Return the file's text; what was confirmed before, and still is there, stays confirmed."""
    there = {(item.type, item.id) for item in inventory.items}
    entries = {}
    for each in matches.matches:
        key = str(each.resource)
        kept = before.resources.get(key) if before else None
        if kept and not kept.guess and (each.resource.type, kept.id) in there:
            entries[key] = {"id": kept.id}
        elif each.standing == FOUND and each.item is not None:
            entries[key] = {"id": each.item.id, "guess": each.why}
        elif each.standing == UNCLEAR:
            entries[key] = {"id": "", "guess": each.why}
    body = {"stack": stack, "account": inventory.account, "resources": entries}
    return HEAD + yaml.safe_dump(body, sort_keys=False, width=100)


def decided(root: Path, stack: str) -> dict[str, str]:
    """Return the ids that are confirmed, by ``type::name``; none where nothing was drafted yet."""
    if not (root / file_of(stack)).is_file():
        return {}
    entries = load_decisions(root, stack).resources
    return {key: entry.id for key, entry in entries.items() if entry.id and not entry.guess}


def write_draft(root: Path, stack: str, inventory: Inventory, matches: Matches) -> tuple[Path, int]:
    """Write the draft; return where, and how many entries are still guesses."""
    before = load_decisions(root, stack) if (root / file_of(stack)).is_file() else None
    text = drafted(stack, inventory, matches, before)
    path = root / file_of(stack)
    with refusals():
        write(path, text)
    return path, text.count("\n    guess:")


def confirmed(
    decisions: Decisions, wanted: Wanted, inventory: Inventory, matches: Matches
) -> list[tuple[Match, str]]:
    """Return each resource that is to be imported, with its id.

    Raises OperationError with a line for each entry that can't be taken as it stands.
    """
    file = file_of(decisions.stack)
    if decisions.account not in (inventory.account, wanted.account):
        raise OperationError(
            f"{file}: account: must be {inventory.account}, got {decisions.account!r}"
        )
    lines = [
        f"{file}: resources.{key}: {problem}"
        for key, entry in decisions.resources.items()
        for problem in _problems(key, entry, inventory, matches)
    ]
    used = Counter((key.partition("::")[0], e.id) for key, e in decisions.resources.items())
    lines += [
        f"{file}: {id_} must stand once, got {number} times"
        for (_, id_), number in used.items()
        if id_ and number > 1
    ]
    lines += _names(decisions, wanted, matches)
    if lines:
        raise OperationError("\n".join(lines))
    by_key = {str(each.resource): each for each in matches.matches}
    return [(by_key[key], entry.id) for key, entry in decisions.resources.items()]


def _names(decisions: Decisions, wanted: Wanted, matches: Matches) -> Iterator[str]:
    """Yield each name that ``identity.adopted`` has and nobody imports, and the other way round."""
    for resource in wanted.resources:
        if resource.type not in KEEPING:
            continue
        found = matches.by_key[resource.key]
        chosen = str(resource) in decisions.resources
        there = found.item.properties.get("name") if chosen and found.item else None
        given = resource.properties.get("name")
        if given != there:
            yield (
                f"Pulumi.{decisions.stack}.yaml: identity.adopted must name {resource.name} "
                f"{there or 'in no entry, as it is not imported'}, got {given or 'no entry'}"
            )


def _problems(key: str, entry: Entry, inventory: Inventory, matches: Matches) -> Iterator[str]:
    found = next((each for each in matches.matches if str(each.resource) == key), None)
    if found is None:
        yield "must be type::name of one of the program's resources"
        return
    if entry.guess:
        yield f"must be confirmed: take `guess` out, or the entry, got {entry.guess!r}"
        return
    if found.standing in (ELSEWHERE, NEVER):
        yield f"must be left out: {found.why}"
        return
    type_ = found.resource.type
    if not any(item.type == type_ and item.id == entry.id for item in inventory.items):
        yield f"must be the id of one that is there, got {entry.id!r}"
    elif found.standing == BESIDE:
        yield f"must be left out: {found.why}"
