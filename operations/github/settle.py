"""Hold the repository against the files, and bring it to what they say."""

from collections.abc import Callable
from dataclasses import dataclass

from operations.errors import OperationError
from operations.github import environments, labels, rulesets
from operations.github.api import Repository
from operations.github.changes import Change
from operations.github.files import Wanted

Say = Callable[[str], None]


@dataclass(frozen=True)
class Standing:
    """How the repository stands to the files."""

    changes: list[Change]
    foreign: list[str]
    """What is there and in no file, such as ``ruleset old``."""
    owners: list[str]
    """What GitHub finds wrong with CODEOWNERS; a line that is wrong asks nobody."""

    @property
    def is_settled(self) -> bool:
        """Whether nothing is to be done."""
        return not self.changes and not self.owners


def standing(repository: Repository, wanted: Wanted, *, prune: bool) -> Standing:
    """Return how the repository stands; OperationError where GitHub does not say."""
    ruled, other_rulesets = rulesets.changes(repository, wanted.rulesets, prune=prune)
    placed, other_environments = environments.changes(repository, wanted.environments)
    named, other_labels = labels.changes(repository, wanted.labels, prune=prune)
    foreign = [
        *(f"ruleset {name}" for name in other_rulesets if not prune),
        *(f"environment {name}" for name in other_environments),
        *(f"label {name}" for name in other_labels if not prune),
    ]
    return Standing([*ruled, *placed, *named], foreign, _owners(repository))


def _owners(repository: Repository) -> list[str]:
    """Return what is wrong with CODEOWNERS; where there is no such file GitHub has no answer."""
    found = repository.find(f"{repository.own}/codeowners/errors")
    if found is None:
        return ["CODEOWNERS: there is none on the default branch"]
    return [f"{each['path']}:{each['line']}: {each['kind']}" for each in found["errors"]]


def settle(repository: Repository, changes: list[Change], say: Say) -> list[str]:
    """Do what is to be done, each by itself, and return what went wrong."""
    failed = []
    for change in changes:
        say(change.title)
        try:
            change.apply(repository)
        except OperationError as error:
            failed.append(f"{change.thing}: {error}")
    return failed
