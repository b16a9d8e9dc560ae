"""What the repository is to be like: the files in ``.github``, checked before GitHub is asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import pydantic
from pydantic import Field

from operations.errors import OperationError, refusals
from policies.files import Model, read

RULESETS = ".github/rulesets"
ENVIRONMENTS = ".github/environments.yaml"
LABELS = ".github/labels.yaml"
LONGEST_WAIT = 43_200
"""Minutes: 30 days, GitHub's most."""
MOST_REVIEWERS = 6
"""GitHub's most for an environment."""

Name = Annotated[str, Field(min_length=1, max_length=255)]


class BypassActor(Model):
    """Who may pass a ruleset by."""

    actor_id: int | None
    actor_type: Literal["Integration", "OrganizationAdmin", "RepositoryRole", "Team", "DeployKey"]
    bypass_mode: Literal["always", "pull_request"]


class RefName(Model):
    """Refs by pattern; ``~DEFAULT_BRANCH`` and ``~ALL`` are GitHub's own words."""

    include: Annotated[list[Annotated[str, Field(pattern=r"^(~|refs/)")]], Field(min_length=1)]
    """A bare name matches nothing, and would look like a protection."""
    exclude: list[str]


class Conditions(Model):
    """Where a ruleset holds."""

    ref_name: RefName


class PlainRule(Model):
    """A rule that takes no parameters."""

    type: Literal[
        "creation",
        "deletion",
        "non_fast_forward",
        "required_linear_history",
        "required_signatures",
        "update",
    ]


class PullRequestParameters(Model):
    """How a change must have been reviewed."""

    required_approving_review_count: Annotated[int, Field(ge=0, le=10)]
    dismiss_stale_reviews_on_push: bool
    require_code_owner_review: bool
    require_last_push_approval: bool
    required_review_thread_resolution: bool
    allowed_merge_methods: Annotated[
        list[Literal["merge", "squash", "rebase"]], Field(min_length=1)
    ]


class PullRequestRule(Model):
    """Changes come by pull requests only."""

    type: Literal["pull_request"]
    parameters: PullRequestParameters


class StatusCheck(Model):
    """One check by its name, and the app that must have said so."""

    context: Name
    integration_id: int


class StatusCheckParameters(Model):
    """Which checks must have passed."""

    required_status_checks: Annotated[list[StatusCheck], Field(min_length=1)]
    strict_required_status_checks_policy: bool


class StatusCheckRule(Model):
    """Nothing is merged before these checks have passed."""

    type: Literal["required_status_checks"]
    parameters: StatusCheckParameters


Rule = Annotated[PlainRule | PullRequestRule | StatusCheckRule, Field(discriminator="type")]


class Ruleset(Model):
    """A ruleset in GitHub's own form, which its web pages import and export too."""

    name: Name
    target: Literal["branch", "tag"]
    enforcement: Literal["active", "evaluate", "disabled"]
    bypass_actors: list[BypassActor]
    conditions: Conditions
    rules: Annotated[list[Rule], Field(min_length=1)]

    @pydantic.field_validator("rules")
    @classmethod
    def _once(cls, rules: list[Any]) -> list[Any]:
        _refuse_twice("type", [rule.type for rule in rules])
        return rules


class Reviewer(Model):
    """A team by its slug, or a person by login."""

    team: Name | None = None
    user: Name | None = None

    @pydantic.model_validator(mode="after")
    def _one(self) -> "Reviewer":
        if (self.team is None) == (self.user is None):
            raise ValueError("must name a team or a user, one of both")
        return self


class Environment(Model):
    """Where a workflow's job runs, and what must be before it does."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,99}$")]
    wait_minutes: Annotated[int, Field(alias="waitMinutes", ge=0, le=LONGEST_WAIT)]
    reviewers: Annotated[list[Reviewer], Field(max_length=MOST_REVIEWERS)]
    prevent_self_review: Annotated[bool, Field(alias="preventSelfReview")]
    administrators_may_bypass: Annotated[bool, Field(alias="administratorsMayBypass")]
    branches: Annotated[list[Name], Field(min_length=1)]
    """Only jobs of these branches reach it."""

    @pydantic.model_validator(mode="after")
    def _reviewed(self) -> "Environment":
        if self.prevent_self_review and not self.reviewers:
            raise ValueError("preventSelfReview needs reviewers")
        return self


class Label(Model):
    """A label of issues and pull requests."""

    name: Annotated[str, Field(min_length=1, max_length=50)]
    color: Annotated[str, Field(pattern=r"^[0-9a-f]{6}$")]
    description: Annotated[str, Field(max_length=100)]
    """GitHub takes no more characters."""


class _Environments(Model):
    environments: Annotated[list[Environment], Field(min_length=1)]

    @pydantic.field_validator("environments")
    @classmethod
    def _once(cls, found: list[Environment]) -> list[Environment]:
        _refuse_twice("name", [each.name for each in found])
        return found


class _Labels(Model):
    labels: list[Label]

    @pydantic.field_validator("labels")
    @classmethod
    def _once(cls, found: list[Label]) -> list[Label]:
        _refuse_twice("name", [each.name.lower() for each in found])
        return found


@dataclass(frozen=True)
class Wanted:
    """What the files say."""

    rulesets: list[Ruleset]
    environments: list[Environment]
    labels: list[Label]


def load(root: Path) -> Wanted:
    """Return what the files say; OperationError, a line for each mistake, where one is refused."""
    files = sorted((root / RULESETS).glob("*.json"))
    if not files:
        raise OperationError(f"{RULESETS}: must hold a ruleset or more, got none")
    with refusals():
        # JSON is YAML; this reader refuses a key that stands twice.
        rulesets = [read(root, f"{RULESETS}/{file.name}", Ruleset) for file in files]
        environments = read(root, ENVIRONMENTS, _Environments).environments
        labels = read(root, LABELS, _Labels).labels
    names = [ruleset.name for ruleset in rulesets]
    for name in names:
        if names.count(name) > 1:
            raise OperationError(f"{RULESETS}: name {name!r} stands in two files")
    return Wanted(rulesets, environments, labels)


def _refuse_twice(key: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"{key} {value!r} stands twice")
        seen.add(value)
