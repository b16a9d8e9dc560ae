"""Mutation testing of the rules and of parity by mutmut: which faults in the code would go unseen.

    python -m benchmarks.mutants [PATTERN...]

Works on a copy in ``.mutants``, where a second run goes on after a break. A rule's decorator is
put behind its function there, since mutmut leaves decorated functions alone; properties and code
outside of functions stay as they are. With patterns (like ``policies.rules.database*``) only those
mutants are tried. Prints the score by module, and writes each survivor to ``.mutants/unseen.diff``.

Changes of words alone (what a message says to a person) are counted apart: the tests hold rule,
resource and property of a finding to what is expected, not its wording.
"""

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".mutants"
COPIED = (
    "Pulumi.production.yaml",
    "Pulumi.staging.yaml",
    "Pulumi.yaml",
    "__main__.py",
    "blueprint",
    "components",
    "policies",
    "sandbox",
    "settings",
    "tests",
)
MUTATED = (
    "policies/documents.py",
    "policies/evaluation.py",
    "policies/graph.py",
    "policies/parity/*.py",
    "policies/place.py",
    "policies/rules/*.py",
    "policies/verdict.py",
)
CONFIG = f"""
[tool.mutmut]
source_paths = ["policies"]
only_mutate = {json.dumps(MUTATED)}
also_copy = {json.dumps([name for name in COPIED if name not in ("policies", "tests")])}
pytest_add_cli_args = [
  "-m", "not slow and not moto", "-p", "no:xdist", "-q", "--ignore=tests/policies/test_seeded.py",
]
pytest_add_cli_args_test_selection = ["tests/policies"]
use_git_change_detection = false
"""
SEEN = ("killed", "timeout", "segfault", "caught by type check")


def main(patterns: Sequence[str]) -> int:
    """Make the mutants, try them and print what came of them; return mutmut's exit code."""
    if importlib.util.find_spec("mutmut") is None:
        sys.exit("mutmut is missing: .venv/bin/pip install -r benchmarks/requirements.txt")
    prepare()
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(os.cpu_count() or 1)]
    done = subprocess.run([*command, *patterns], cwd=WORK, check=False)
    mutants = found()
    unseen = [each for each in mutants if each.status not in SEEN and not each.is_only_words]
    differences = "\n\n".join(f"# {each.name}\n{each.difference}" for each in unseen)
    (WORK / "unseen.diff").write_text(f"{differences}\n")
    print(*table(mutants), sep="\n")
    return done.returncode


def prepare() -> None:
    """Copy the project, with every rule's function and its decorator apart."""
    WORK.mkdir(exist_ok=True)
    for name in COPIED:
        source, target = ROOT / name, WORK / name
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy2(source, target)
    (WORK / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text() + CONFIG)
    for file in (WORK / "policies" / "rules").glob("*.py"):
        file.write_text(undecorated(file.read_text()))


def undecorated(source: str) -> str:
    """Return a module in which ``@rule(...)`` above a function is a call behind it."""
    lines = source.splitlines()
    for node in reversed(ast.parse(source).body):
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            first, last = node.decorator_list[0].lineno - 1, node.lineno - 1
            decorator = "\n".join(lines[first:last]).removeprefix("@")
            end = node.end_lineno or last
            # What was remembered before the code was changed would hide the change.
            if decorator != "cache":
                lines[end:end] = ["", f"{node.name} = {decorator}({node.name})"]
            del lines[first:last]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Mutant:
    """One change of the code, and what the tests made of it."""

    name: str
    module: str
    status: str
    """mutmut's word for it: ``killed``, ``survived``, ``timeout``, ``no tests`` and others."""
    difference: str
    """The change as a unified difference; empty unless nothing saw it."""

    @property
    def is_only_words(self) -> bool:
        """Tell whether it changes nothing but what a person reads in a message."""
        changed = [line for line in self.difference.splitlines()[2:] if line[:1] in "+-"]
        removed, added = ([line[1:] for line in changed if line[0] == sign] for sign in "-+")
        texts = [match for line in removed for match in _TEXT.findall(line)]
        alike = [_TEXT.sub("", line) for line in removed] == [
            _TEXT.sub("", re.sub(r"\bNone\b", '""', line)) for line in added
        ]
        return alike and any(" " in text for text in texts)


_TEXT = re.compile(r'f?"[^"]*"')


def found() -> list[Mutant]:
    """Return every mutant of the last run."""
    # mutmut reads its settings, as it is imported, from the folder that it works in.
    os.chdir(WORK)
    from mutmut.mutation.data import SourceFileMutationData
    from mutmut.mutation.diff_apply import get_diff_for_mutant
    from mutmut.stats import status_by_exit_code

    mutants = []
    for meta in sorted(Path("mutants").rglob("*.py.meta")):
        path = meta.relative_to("mutants").with_suffix("")
        data = SourceFileMutationData(path=path)
        data.load()
        for name, code in data.exit_code_by_key.items():
            status = status_by_exit_code[code]
            seen = status in SEEN
            difference = "" if seen else get_diff_for_mutant(name, path=path)
            mutants.append(Mutant(name, str(path), status, difference))
    return mutants


def table(mutants: Iterable[Mutant]) -> list[str]:
    """Return the score of each module and of all, as lines."""
    by_module: dict[str, Counter[str]] = defaultdict(Counter)
    for each in mutants:
        for module in (each.module, "all"):
            by_module[module]["made"] += 1
            by_module[module]["seen"] += each.status in SEEN
            by_module[module]["words"] += each.status not in SEEN and each.is_only_words
            by_module[module]["unseen"] += each.status not in SEEN and not each.is_only_words
    lines = [f"{'module':40} {'mutants':>8} {'seen':>6} {'words':>6} {'unseen':>6} {'score':>7}"]
    for module, count in by_module.items():
        score = 100 * count["seen"] / (count["made"] - count["words"] or 1)
        lines.append(
            f"{module:40} {count['made']:8} {count['seen']:6} {count['words']:6} "
            f"{count['unseen']:6} {score:6.1f}%"
        )
    return [lines[0], *sorted(lines[1:])]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
