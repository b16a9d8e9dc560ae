"""A workflow's run: its jobs after those that they need, each in a checkout of its own."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.runner.expression import Scope
from tests.support.runner.job import Done, Machine, Steps
from tests.support.workflows import loaded


@dataclass
class JobDone:
    """What became of a job."""

    result: str
    """``success``, ``failure`` or ``skipped``."""
    steps: list[Done] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)

    def ran(self) -> list[tuple[str, str]]:
        """Return what each step is and what became of it, without those that were left out."""
        return [(each.name, each.outcome) for each in self.steps if each.outcome != "skipped"]

    def said(self) -> str:
        """Return everything that its steps said."""
        return "\n".join(each.said for each in self.steps)


@dataclass
class Workflows:
    """The workflows of a checkout, as an event starts them."""

    machine: Machine
    variables: Mapping[str, str]
    """The repository's own, ``vars``."""
    elsewhere: Mapping[tuple[str, str], str]
    """By workflow and job, why a job is not run here."""

    def run(
        self,
        file: str,
        ref: str,
        *,
        event: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Any] | None = None,
        matrix: Mapping[str, str] | None = None,
        without: Collection[str] = (),
    ) -> dict[str, JobDone]:
        """Run a workflow at a commit; return what became of each of its jobs.

        ``without`` are jobs that another run of the same workflow shows.
        """
        self.machine.checkout(ref)
        workflow = loaded(self.machine.root / ".github" / "workflows" / file)
        github = {
            "ref": "refs/heads/main",
            "repository": self.machine.environment["GITHUB_REPOSITORY"],
            "run_id": "1",
            "token": self.machine.environment["GH_TOKEN"],
            "event": event or {},
        }
        contexts: dict[str, Any] = {
            "github": github,
            "vars": dict(self.variables),
            "inputs": dict(inputs or {}),
            "matrix": dict(matrix or {}),
        }
        self.machine.begin()
        done: dict[str, JobDone] = {}
        for name, body in workflow["jobs"].items():
            if name not in without and (file, name) not in self.elsewhere:
                done[name] = self._job(body, contexts, done, ref)
        return done

    def _job(
        self, body: dict[str, Any], contexts: dict[str, Any], done: dict[str, JobDone], ref: str
    ) -> JobDone:
        # A job that is not run here is taken for one that went well.
        needed = [done[name] for name in body.get("needs", []) if name in done]
        told = {
            name: {"result": each.result, "outputs": each.outputs} for name, each in done.items()
        }
        own = {**contexts, "needs": told}
        results = [each.result for each in needed]
        scope = Scope(own, "failure" in results, "skipped" in results)
        if not scope.holds(body.get("if", "")):
            return JobDone("skipped")
        self.machine.checkout(ref)
        steps = Steps(self.machine, own, body.get("env", {}))
        found = steps.run(body["steps"])
        after = Scope({**own, "steps": steps.told})
        outputs = {key: after.filled(text) for key, text in body.get("outputs", {}).items()}
        return JobDone("failure" if steps.failed else "success", found, outputs)


def required(github: Path) -> set[str]:
    """Return the names of the checks without which nothing is merged into main."""
    rules = loaded(github / "rulesets" / "main.json")["rules"]
    (rule,) = [each for each in rules if each["type"] == "required_status_checks"]
    return {each["context"] for each in rule["parameters"]["required_status_checks"]}
