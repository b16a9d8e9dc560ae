"""Labels of issues and pull requests (REST API, "Labels")."""

from functools import partial

from operations.github.api import Repository, escaped
from operations.github.changes import ABSENT, Change, Difference, differences
from operations.github.files import Label


def changes(
    repository: Repository, wanted: list[Label], *, prune: bool
) -> tuple[list[Change], list[str]]:
    """Return what is to be done, and the labels that no file has; only ``prune`` deletes those."""
    path = f"{repository.own}/labels"
    # GitHub takes no notice of the case of a name or a colour.
    known = {str(each["name"]).lower(): each for each in repository.pages(path)}
    found: list[Change] = []
    for label in wanted:
        body = label.model_dump()
        there = known.get(label.name.lower())
        thing = f"label {label.name}"
        if there is None:
            make = partial(Repository.send, method="POST", path=path, body=body)
            found.append(Change(thing, "create", (Difference("", ABSENT, body),), make))
            continue
        seen = {**there, "color": there["color"].lower(), "description": there["description"] or ""}
        different = tuple(differences(body, seen))
        if different:
            own = f"{path}/{escaped(there['name'])}"
            given = {"new_name": label.name, "color": label.color, "description": label.description}
            change = partial(Repository.send, method="PATCH", path=own, body=given)
            found.append(Change(thing, "change", different, change))
    names = {label.name.lower() for label in wanted}
    foreign = [str(each["name"]) for name, each in known.items() if name not in names]
    if prune:
        found += [
            Change(
                f"label {name}",
                "delete",
                (),
                partial(Repository.send, method="DELETE", path=f"{path}/{escaped(name)}"),
            )
            for name in foreign
        ]
    return found, foreign
