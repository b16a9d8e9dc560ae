"""Read the three files, check each alone and all together, and hand back typed settings."""

from dataclasses import dataclass
from json import dumps
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from settings.agreement import within
from settings.errors import Problem, SettingsError, refusal
from settings.files import read
from settings.identity import Identity
from settings.messages import problems_of
from settings.neighbours import between
from settings.projectfile import project_problems
from settings.scale import Scale
from settings.section import Section
from settings.shape import Shape
from settings.stack import REFERENCE, Stack
from settings.stackfile import PROJECT, PROJECT_FILE, name_problem, stack_file, stack_problems

S = TypeVar("S", bound=Section)

OBLIGATORY = (REFERENCE, "staging")


@dataclass(frozen=True)
class Settings:
    """What one environment is told."""

    shape: Shape
    identity: Identity
    scale: Scale


def load(root: Path, stack: str) -> Settings:
    """Return the settings of ``stack``, checked together with every other stack's.

    Raises SettingsError with a line for each mistake in any of the files.
    """
    everything = load_all(root)
    if stack not in everything:
        raise refusal([Problem(stack_file(stack), "", "there is no such file")])
    return everything[stack]


def load_all(root: Path) -> dict[str, Settings]:
    """Return the settings of every stack that has a file, by its name."""
    lines: list[str] = []
    problems: list[Problem] = []
    project = _read(root, PROJECT_FILE, lines)
    shape, found = _shape(project) if project is not None else (None, [])
    problems += found
    problems += filter(None, map(name_problem, _stack_files(root)))
    stacks: list[Stack] = []
    for name in stack_names(root):
        data = _read(root, stack_file(name), lines)
        if data is not None:
            stack, found = _stack(name, data)
            stacks.append(stack)
            problems += found
    for stack in stacks:
        problems += within(shape, stack)
    problems += [each for each in between(stacks) if not _told(each, problems)]
    if lines or problems:
        raise SettingsError([*lines, *(problem.line for problem in problems)])
    return {
        stack.name: Settings(shape, stack.identity, stack.scale)
        for stack in stacks
        if shape is not None and stack.identity is not None and stack.scale is not None
    }


def stack_names(root: Path) -> list[str]:
    """Return every stack with a file, and those that must have one."""
    well_named = (name for name in _stack_files(root) if name_problem(name) is None)
    return sorted({name.split(".")[1] for name in well_named} | set(OBLIGATORY))


def _stack_files(root: Path) -> list[str]:
    return sorted(path.name for path in root.glob("Pulumi.*.yaml"))


def raw_sections(root: Path, stack: str) -> dict[str, Any]:
    """Return shape, identity and scale as the files have them, unchecked."""
    config = read(root, stack_file(stack))["config"]
    return {
        "shape": read(root, PROJECT_FILE)["config"]["shape"]["default"],
        "identity": config[f"{PROJECT}:identity"],
        "scale": config[f"{PROJECT}:scale"],
    }


def _read(root: Path, name: str, lines: list[str]) -> dict[str, Any] | None:
    try:
        return read(root, name)
    except SettingsError as error:
        lines += error.lines
        return None


def _shape(project: dict[str, Any]) -> tuple[Shape | None, list[Problem]]:
    problems = list(project_problems(project))
    value = project
    for key in ("config", "shape", "default"):
        value = value.get(key, {}) if isinstance(value, dict) else {}
    if not value:
        return None, problems
    shape, found = _section(Shape, value, PROJECT_FILE, "shape")
    return shape, problems + found


def _stack(name: str, data: dict[str, Any]) -> tuple[Stack, list[Problem]]:
    file = stack_file(name)
    problems = list(stack_problems(file, data))
    config = data.get("config")
    raw = config if isinstance(config, dict) else {}
    sealed = {problem.path for problem in problems}
    parts: dict[str, Any] = {}
    for section, model in (("identity", Identity), ("scale", Scale)):
        parts[section] = None
        if (value := raw.get(f"{PROJECT}:{section}")) is not None:
            parts[section], found = _section(model, value, file, section)
            problems += [each for each in found if not _below_any(each.path, sealed)]
    return Stack(name, raw, parts["identity"], parts["scale"]), problems


def _below_any(path: str, parents: set[str]) -> bool:
    return any(
        path == parent or path.startswith((f"{parent}.", f"{parent}[")) for parent in parents
    )


def _section(model: type[S], value: Any, file: str, name: str) -> tuple[S | None, list[Problem]]:
    """Check one section; as JSON, in which a list may stand for a tuple and nothing is guessed."""
    try:
        return model.model_validate_json(dumps(value)), []
    except ValidationError as error:
        return None, list(problems_of(error, file, name))


def _told(problem: Problem, known: list[Problem]) -> bool:
    """Whether a missing key, or what it stands under, was already spoken of in any file."""
    above = {each.path for each in known}
    return problem.message.startswith("is missing") and _below_any(problem.path, above)
