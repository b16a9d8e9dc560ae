"""Imports run one way only: settings, components, policies and sandbox know none of the others."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = {"settings", "components", "blueprint", "policies", "sandbox", "operations"}
MAY_IMPORT: dict[str, set[str]] = {
    "settings": set(),
    "components": set(),
    "policies": set(),
    "sandbox": set(),
    "blueprint": {"settings", "components"},
    "operations": {"settings", "policies", "sandbox"},
}
CLOUD = {"boto3", "botocore"}
DESCRIBING = {"settings", "components", "blueprint", "policies"}


BLOCKS = ("body", "orelse", "handlers", "finalbody", "cases")
"""Where statements stand within one. Expressions are most of a file, and import nothing."""


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield every statement within a node."""
    for block in BLOCKS:
        for each in getattr(node, block, ()):
            yield each
            yield from statements(each)


@cache
def imports(file: Path) -> frozenset[str]:
    """Return the top-level packages that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in statements(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            found.add((node.module or "").partition(".")[0])
    return frozenset(found)


def files(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_a_package_imports_only_what_lies_before_it(package: str) -> None:
    allowed = MAY_IMPORT[package] | {package}
    wrong = {str(f.relative_to(ROOT)): imports(f) & PACKAGES - allowed for f in files(package)}
    assert not {file: found for file, found in wrong.items() if found}


@pytest.mark.parametrize("package", sorted(DESCRIBING))
def test_nothing_reads_the_cloud_while_describing_it(package: str) -> None:
    assert not [str(f) for f in files(package) if imports(f) & CLOUD]


def test_the_program_never_imports_the_sandbox() -> None:
    program = ROOT / "__main__.py"
    assert imports(program) & PACKAGES <= {"settings", "blueprint"}
    assert len(program.read_text().splitlines()) <= 25


def test_files_stay_short_enough_to_read() -> None:
    folders = [ROOT / package for package in sorted(PACKAGES)]
    long = {
        str(file.relative_to(ROOT)): lines
        for folder in folders
        for file in folder.rglob("*.py")
        if (lines := len(file.read_text().splitlines())) > 330
    }
    assert not long
