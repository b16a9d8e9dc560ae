"""The steps of one job, run one after the other as GitHub's runner does.

``run:`` is handed to a shell as it stands. ``uses:`` is an action: of this repository, whose steps
are run; or of those that are done here otherwise, each by its name. Any other is an error.
"""

import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.git import git
from tests.support.runner.expression import Scope, UnknownFormError
from tests.support.workflows import loaded

LONGEST_SECONDS = 900
SHELL = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")
"""As GitHub's runner starts it (GitHub Docs, "Workflow syntax for GitHub Actions", ``shell``)."""


@dataclass(frozen=True)
class Done:
    """What became of a step."""

    name: str
    """Its command or its action."""
    outcome: str
    """``success``, ``failure`` or ``skipped``."""
    said: str = ""


@dataclass
class Machine:
    """Where jobs run: one clone, in which each job finds what is committed and no more."""

    root: Path
    environment: dict[str, str]
    """Of every step."""
    left_out: Mapping[str, str]
    """By the beginning of a command or action, why it is not run here; it counts as done."""
    artifacts: Path
    """Those of the present run."""
    pulumi: Sequence[str]
    """How the engine is called."""

    def begin(self) -> None:
        """Begin a workflow's run: it has no artifact yet."""
        shutil.rmtree(self.artifacts, ignore_errors=True)
        self.artifacts.mkdir()

    def checkout(self, ref: str) -> None:
        """Have a commit's files, and nothing of the job before but what the sandbox keeps."""
        self.git("checkout", "--quiet", "--force", "--detach", ref)
        self.git("clean", "--quiet", "-ffd")
        self.git("worktree", "prune")
        shutil.rmtree(self.root / ".reports", ignore_errors=True)

    def git(self, *words: str) -> str:
        return git(self.root, *words)

    def why_left_out(self, words: str) -> str:
        return next((why for begins, why in self.left_out.items() if words.startswith(begins)), "")


@dataclass
class Steps:
    """One job's steps, or those of an action within it."""

    machine: Machine
    contexts: dict[str, Any]
    environment: Mapping[str, str]
    told: dict[str, Any] = field(default_factory=dict)
    """By id, each step's outcome and outputs, as ``steps`` shows them."""
    failed: bool = False

    def run(self, steps: list[dict[str, Any]]) -> list[Done]:
        """Run what is to run; the first that fails leads the others to what they are told to."""
        return [self._step(step) for step in steps]

    def _step(self, step: dict[str, Any]) -> Done:
        scope = Scope({**self.contexts, "steps": self.told}, self.failed)
        name = str(step.get("uses", "")).partition("@")[0] or str(step["run"])
        outputs: dict[str, str] = {}
        if not scope.holds(step.get("if", "")):
            found = Done(name, "skipped")
        elif self.machine.why_left_out(name):
            found = Done(name, "success")
        elif "run" in step:
            found, outputs = self._command(step)
        else:
            found, outputs = self._action(name, step, scope)
        self.failed |= found.outcome == "failure"
        if "id" in step:
            self.told[step["id"]] = {"outcome": found.outcome, "outputs": outputs}
        return found

    def given(self, own: Mapping[str, str]) -> dict[str, str]:
        """Return the variables that the job and one of its steps are given."""
        scope = Scope({**self.contexts, "steps": self.told})
        return {name: scope.filled(text) for name, text in {**self.environment, **own}.items()}

    def _command(self, step: dict[str, Any]) -> tuple[Done, dict[str, str]]:
        files = {
            f"GITHUB_{name}": self.machine.artifacts.parent / name.lower()
            for name in ("OUTPUT", "ENV", "STEP_SUMMARY")
        }
        for file in files.values():
            file.write_text("")
        done = subprocess.run(
            [*SHELL, step["run"]],
            cwd=self.machine.root,
            env={
                **self.machine.environment,
                **{name: str(file) for name, file in files.items()},
                **self.given(step.get("env", {})),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
            check=False,
        )
        told = files["GITHUB_OUTPUT"].read_text().splitlines()
        outputs = {name: value for name, _, value in (line.partition("=") for line in told)}
        said = done.stdout + done.stderr + files["GITHUB_STEP_SUMMARY"].read_text()
        outcome = "failure" if done.returncode else "success"
        return Done(step["run"], outcome, said), outputs

    def _action(self, name: str, step: dict[str, Any], scope: Scope) -> tuple[Done, dict[str, str]]:
        given = {key: scope.filled(text) for key, text in step.get("with", {}).items()}
        if name.startswith("./"):
            return self._own(name, given), {}
        if name not in DOES:
            raise UnknownFormError(f"uses: {name}")
        why = DOES[name](self, given)
        return Done(name, "failure" if why else "success", why), {}

    def _own(self, name: str, given: dict[str, str]) -> Done:
        action = loaded(self.machine.root / name / "action.yml")
        defaults = {key: each.get("default", "") for key, each in action["inputs"].items()}
        inner = Steps(
            self.machine, {**self.contexts, "inputs": {**defaults, **given}}, self.environment
        )
        said = "\n".join(each.said for each in inner.run(action["runs"]["steps"]))
        return Done(name, "failure" if inner.failed else "success", said)

    def checkout(self, given: dict[str, str]) -> str:
        """Do as ``actions/checkout``: the job's own commit is there already."""
        if "path" in given:
            folder = str(self.machine.root / given["path"])
            self.machine.git("worktree", "add", "--force", "--detach", folder, given["ref"])
        elif given.get("ref"):
            self.machine.git("checkout", "--quiet", "--force", "--detach", given["ref"])
        return ""

    def upload(self, given: dict[str, str]) -> str:
        """Do as ``actions/upload-artifact``, which fails for nothing: it warns of no files."""
        source, to = self.machine.root / given["path"], self.machine.artifacts / given["name"]
        if source.is_dir():
            shutil.copytree(source, to)
        elif source.exists():
            to.mkdir()
            shutil.copy2(source, to)
        return ""

    def download(self, given: dict[str, str]) -> str:
        """Do as ``actions/download-artifact``: one by its name, or all that match, merged."""
        found = list(self.machine.artifacts.glob(given.get("pattern") or given["name"]))
        if not found and "name" in given:
            return f"Artifact not found for name: {given['name']}"
        for folder in found:
            to = self.machine.root / given.get("path", ".")
            shutil.copytree(folder, to, dirs_exist_ok=True)
        return ""

    def preview(self, given: dict[str, str]) -> str:
        """Do as ``pulumi/actions`` with the command ``preview``; its comment is GitHub's."""
        if given["command"] != "preview":
            raise UnknownFormError(f"command: {given['command']}")
        words = [*self.machine.pulumi, "preview", "--non-interactive"]
        words += ["--stack", given["stack-name"]]
        words += ["--policy-pack", given["policyPacks"], "--save-plan", given["plan"]]
        words += ["--suppress-outputs"] if given.get("suppress-outputs") == "true" else []
        done = subprocess.run(
            words,
            cwd=self.machine.root,
            env={**self.machine.environment, **self.given({}), "PULUMI_EXPERIMENTAL": "true"},
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
            check=False,
        )
        return f"the preview failed\n{done.stdout}{done.stderr}" if done.returncode else ""


DOES: dict[str, Callable[[Steps, dict[str, str]], str]] = {
    "actions/checkout": Steps.checkout,
    "actions/upload-artifact": Steps.upload,
    "actions/download-artifact": Steps.download,
    "pulumi/actions": Steps.preview,
}
"""By its name, what an action does here; it returns why it failed, or nothing."""
