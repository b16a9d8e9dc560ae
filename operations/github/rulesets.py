"""Rulesets: which branches and tags may be changed how (REST API, "Rules" of a repository)."""

from functools import partial
from typing import Any

from operations.github.api import Repository
from operations.github.changes import ABSENT, Change, Difference, differences
from operations.github.files import Ruleset

HIDDEN = "(not shown to this token)"


def changes(
    repository: Repository, wanted: list[Ruleset], *, prune: bool
) -> tuple[list[Change], list[str]]:
    """Return what is to be done, and the names of the repository's rulesets that no file has.

    With ``prune`` the latter are to be deleted; without, they are only told.
    """
    path = f"{repository.own}/rulesets"
    # An organization's rulesets hold here too, but are not this repository's to change.
    listed = list(repository.pages(f"{path}?includes_parents=false"))
    known = {str(each["name"]): int(each["id"]) for each in listed}
    found: list[Change] = []
    for ruleset in wanted:
        body = ruleset.model_dump()
        thing = f"ruleset {ruleset.name}"
        if ruleset.name not in known:
            make = partial(Repository.send, method="POST", path=path, body=body)
            found.append(Change(thing, "create", (Difference("", ABSENT, body),), make))
            continue
        own = f"{path}/{known[ruleset.name]}"
        different = tuple(_different(body, repository.get(own)))
        if different:
            # PUT takes the whole: what the file leaves out is gone afterwards.
            change = partial(Repository.send, method="PUT", path=own, body=body)
            found.append(Change(thing, "change", different, change))
    names = {ruleset.name for ruleset in wanted}
    foreign = [name for name in known if name not in names]
    if prune:
        found += [
            Change(
                f"ruleset {name}",
                "delete",
                (),
                partial(Repository.send, method="DELETE", path=f"{path}/{known[name]}"),
            )
            for name in foreign
        ]
    return found, foreign


def _different(wanted: dict[str, Any], found: dict[str, Any]) -> list[Difference]:
    """Return differences; rules are compared by type, and one that no file has counts as well."""
    # GitHub shows who may bypass only to those who may change it.
    seen = {"bypass_actors": HIDDEN, **found, "rules": _by_type(found)}
    by_type = _by_type(wanted)
    more = seen["rules"].keys() - by_type.keys()
    return [
        *differences({**wanted, "rules": by_type}, seen),
        *(Difference(f"rules.{name}", seen["rules"][name], ABSENT) for name in sorted(more)),
    ]


def _by_type(ruleset: dict[str, Any]) -> dict[str, Any]:
    return {rule["type"]: rule.get("parameters") or {} for rule in ruleset.get("rules") or []}
