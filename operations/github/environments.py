"""Environments: who must agree before a job runs there, and of which branches jobs may.

REST API, "Deployment environments" and "Deployment branch policies".
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from operations.github.api import Repository, escaped
from operations.github.changes import ABSENT, Change, Difference, differences
from operations.github.files import Environment, Reviewer

POLICIES = "deployment-branch-policies"


def changes(repository: Repository, wanted: list[Environment]) -> tuple[list[Change], list[str]]:
    """Return what is to be done, and the environments that no file has: those are never deleted."""
    found: list[Change] = []
    for environment in wanted:
        there = repository.find(_path(repository, environment))
        thing = f"environment {environment.name}"
        apply = partial(_apply, environment=environment)
        if there is None:
            whole = Difference("", ABSENT, _wanted(environment))
            found.append(Change(thing, "create", (whole,), apply))
            continue
        seen = _seen(there, _branches(repository, environment, there))
        different = tuple(differences(_wanted(environment), seen))
        if different:
            found.append(Change(thing, "change", different, apply))
    listed = repository.pages(f"{repository.own}/environments", "environments")
    # GitHub takes no notice of the case of a name.
    names = {environment.name for environment in wanted}
    return found, [str(each["name"]) for each in listed if each["name"].lower() not in names]


def _path(repository: Repository, environment: Environment) -> str:
    return f"{repository.own}/environments/{escaped(environment.name)}"


def _wanted(environment: Environment) -> dict[str, Any]:
    return {
        "wait_timer": environment.wait_minutes,
        "prevent_self_review": environment.prevent_self_review,
        "can_admins_bypass": environment.administrators_may_bypass,
        "reviewers": [
            f"team {each.team}".lower() if each.team else f"user {each.user}".lower()
            for each in environment.reviewers
        ],
        "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True},
        "branches": [f"branch {name}" for name in environment.branches],
    }


def _seen(there: Mapping[str, Any], branches: Mapping[str, int]) -> dict[str, Any]:
    """Return an environment as GitHub shows it in the form of `_wanted`.

    Each protection is a rule of its own there; without the rule it is off.
    """
    rules = {rule["type"]: rule for rule in there.get("protection_rules") or []}
    review = rules.get("required_reviewers", {})
    return {
        "wait_timer": rules.get("wait_timer", {}).get("wait_timer", 0),
        "prevent_self_review": review.get("prevent_self_review", False),
        "can_admins_bypass": there.get("can_admins_bypass", ABSENT),
        "reviewers": [_named(each) for each in review.get("reviewers") or []],
        "deployment_branch_policy": there.get("deployment_branch_policy"),
        "branches": list(branches),
    }


def _named(each: Mapping[str, Any]) -> str:
    key = "slug" if each["type"] == "Team" else "login"
    return f"{each['type']} {each['reviewer'][key]}".lower()


def _branches(
    repository: Repository, environment: Environment, there: Mapping[str, Any]
) -> dict[str, int]:
    """Return the refs whose jobs may run there, as ``branch main``, each with its policy's id."""
    if not (there.get("deployment_branch_policy") or {}).get("custom_branch_policies"):
        return {}
    path = f"{_path(repository, environment)}/{POLICIES}"
    found = repository.pages(path, "branch_policies")
    return {f"{each.get('type', 'branch')} {each['name']}": int(each["id"]) for each in found}


def _apply(repository: Repository, environment: Environment) -> None:
    """Make or change an environment, and then its branches, which exist only within it."""
    path = _path(repository, environment)
    wanted = _wanted(environment)
    branches = wanted.pop("branches")
    reviewers = [_id(repository, each) for each in environment.reviewers]
    there = repository.send("PUT", path, {**wanted, "reviewers": reviewers})
    present = _branches(repository, environment, there)
    # First what must go: GitHub takes no tag beside a branch of its name.
    for each in present.keys() - set(branches):
        repository.send("DELETE", f"{path}/{POLICIES}/{present[each]}")
    for each in branches:
        if each not in present:
            kind, _, name = each.partition(" ")
            repository.send("POST", f"{path}/{POLICIES}", {"name": name, "type": kind})


def _id(repository: Repository, reviewer: Reviewer) -> dict[str, Any]:
    if reviewer.team:
        found = repository.get(f"/orgs/{repository.owner}/teams/{escaped(reviewer.team)}")
        return {"type": "Team", "id": found["id"]}
    found = repository.get(f"/users/{escaped(str(reviewer.user))}")
    return {"type": "User", "id": found["id"]}
