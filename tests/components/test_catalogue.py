"""House rules that hold for every component; whatever joins the folder obeys them.

Read from the source, so that a component which nobody deploys in a test is held to them too.
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.support.every import every

ROOT = Path(__file__).parents[2]
FILES = sorted(path for path in (ROOT / "components").glob("*.py") if path.stem != "__init__")
TREES = {path.stem: ast.parse(path.read_text()) for path in FILES}
LONGEST_FILE = 300

PULUMI = {"pulumi", "pulumi_aws", "pulumi_random"}
ENVIRONMENTS = {"production", "staging"}
WRITTEN_OUT = r"understudy:[a-z]+:([A-Z][A-Za-z0-9]+)"

every_file = every("module", sorted(TREES))


@cache
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """Return a tree's nodes; a dozen tests look at each."""
    return tuple(ast.walk(tree))


def classes(module: str) -> Iterator[ast.ClassDef]:
    """Yield the classes of a module."""
    return (node for node in nodes(TREES[module]) if isinstance(node, ast.ClassDef))


def parents(class_: ast.ClassDef) -> set[str]:
    """Return the names of a class's bases, without their modules."""
    return {ast.unparse(base).split(".")[-1] for base in class_.bases}


def initialiser(class_: ast.ClassDef) -> ast.FunctionDef:
    """Return the ``__init__`` that every component writes out."""
    (found,) = (
        node
        for node in class_.body
        if isinstance(node, ast.FunctionDef) and node.name == "__init__"
    )
    return found


def calls(tree: ast.AST, function: str) -> list[ast.Call]:
    """Return the calls of a function or method of this dotted name."""
    return [
        node
        for node in nodes(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == function
    ]


def registration(class_: ast.ClassDef) -> ast.Call:
    """Return the call that gives the component its token."""
    (found,) = calls(initialiser(class_), "super().__init__")
    return found


CLASSES = {f"{module}.{c.name}": c for module in TREES for c in classes(module)}
DIRECT = {key: c for key, c in CLASSES.items() if "ComponentResource" in parents(c)}
SHARED = {key: c for key, c in DIRECT.items() if ast.unparse(registration(c).args[0]) == "token"}
"""Bases that several components have in common: each of those hands its own token up."""
OWN = {key: c for key, c in DIRECT.items() if key not in SHARED}
COMPONENTS = OWN | {
    key: c for key, c in CLASSES.items() if parents(c) & {base.name for base in SHARED.values()}
}
DATACLASSES = {
    c.name: c
    for c in CLASSES.values()
    if any("dataclass" in ast.unparse(d) for d in c.decorator_list)
}

every_component = every("component", sorted(COMPONENTS))
every_direct = every("component", sorted(DIRECT))


def token(component: str) -> str:
    """Return the type token, which must be written out."""
    first = registration(COMPONENTS[component]).args[0]
    assert isinstance(first, ast.Constant), "the token must be a literal"
    return str(first.value)


def imported(module: str) -> set[str]:
    """Return the top-level packages that a module imports."""
    names: set[str] = set()
    for node in nodes(TREES[module]):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports must be absolute"
            names.add(str(node.module).split(".")[0])
    return names


def docstrings(tree: ast.AST) -> set[int]:
    """Return the identities of strings that are only text: of modules, classes, fields."""
    return {
        id(node.value)
        for node in nodes(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def test_the_catalogue_is_not_empty() -> None:
    assert {"network.Network", "key.EncryptionKey", "bucket.PrivateBucket"} <= set(COMPONENTS)


@every_file
def test_file_says_what_it_is_and_fits(module: str) -> None:
    text = (ROOT / "components" / f"{module}.py").read_text()

    assert ast.get_docstring(TREES[module])
    assert len(text.splitlines()) < LONGEST_FILE


@every_file
def test_file_imports_no_other_package_of_ours(module: str) -> None:
    assert imported(module) <= {"components"} | PULUMI | set(sys.stdlib_module_names)


@every_file
def test_file_reads_no_cloud(module: str) -> None:
    read = [
        ast.unparse(node.func)
        for node in nodes(TREES[module])
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.attr.startswith("get_")
    ]

    assert read == []


@every_file
def test_file_knows_no_environment(module: str) -> None:
    prose = docstrings(TREES[module])
    named = [
        node.value
        for node in nodes(TREES[module])
        if isinstance(node, ast.Constant) and id(node) not in prose and node.value in ENVIRONMENTS
    ]

    assert named == []


@every_file
def test_file_has_at_most_one_component(module: str) -> None:
    found = [key for key in COMPONENTS | SHARED if key.startswith(f"{module}.")]

    assert len(found) <= 1


@every_component
def test_token_is_written_out_and_ends_with_the_class(component: str) -> None:
    match = re.fullmatch(WRITTEN_OUT, token(component))

    assert match, f"{token(component)} must look like understudy:<area>:<Name>"
    assert match.group(1) == component.split(".")[1]


def test_tokens_are_unique() -> None:
    counts = Counter(token(component) for component in COMPONENTS)

    assert {name: count for name, count in counts.items() if count > 1} == {}


@every_direct
def test_callers_options_go_to_the_component_and_nowhere_else(component: str) -> None:
    given = [ast.unparse(argument) for argument in registration(DIRECT[component]).args[1:]]

    assert given == ["name", "None", "opts"]
    assert uses_of_options(DIRECT[component]) == 1


@every_component
def test_callers_options_are_never_merged_into_others(component: str) -> None:
    assert uses_of_options(COMPONENTS[component]) == 1


def uses_of_options(class_: ast.ClassDef) -> int:
    """Count the places where a component's ``__init__`` reads the caller's options."""
    names = (node for node in nodes(initialiser(class_)) if isinstance(node, ast.Name))
    return sum(node.id == "opts" for node in names)


@every_component
def test_outputs_are_registered_once_and_last(component: str) -> None:
    class_ = COMPONENTS[component]

    assert len(calls(class_, "self.register_outputs")) == 1
    assert last_call(class_, "__init__") == "self.register_outputs"


def last_call(class_: ast.ClassDef, method: str) -> str:
    """Return what a method calls last, seen through the class's own methods."""
    (body,) = (
        node.body
        for node in class_.body
        if isinstance(node, ast.FunctionDef) and node.name == method
    )
    last = body[-1]
    if not (isinstance(last, ast.Expr) and isinstance(last.value, ast.Call)):
        return ""
    called = ast.unparse(last.value.func)
    own = called.removeprefix("self.")
    return last_call(class_, own) if own in methods(class_) else called


def methods(class_: ast.ClassDef) -> set[str]:
    """Return the names of the methods that a class writes out."""
    return {node.name for node in class_.body if isinstance(node, ast.FunctionDef)}


def fields(dataclass_: ast.ClassDef) -> dict[str, str]:
    """Return the annotations of a dataclass's fields, inherited ones too."""
    found: dict[str, str] = {}
    for base in parents(dataclass_):
        found |= fields(DATACLASSES[base])
    return found | {
        ast.unparse(node.target): ast.unparse(node.annotation)
        for node in dataclass_.body
        if isinstance(node, ast.AnnAssign)
    }


@every_component
def test_component_takes_a_name_and_its_own_arguments(component: str) -> None:
    class_ = COMPONENTS[component]
    annotations = {
        argument.arg: ast.unparse(argument.annotation)
        for argument in initialiser(class_).args.args
        if argument.annotation is not None
    }

    assert annotations["name"] == "str"
    assert annotations["args"] == f"{class_.name}Args"
    assert f"{class_.name}Args" in DATACLASSES


@every_component
def test_component_with_anything_to_tag_is_given_tags(component: str) -> None:
    module, class_ = component.split(".")
    tagging = [
        node
        for node in nodes(TREES[module])
        if isinstance(node, ast.keyword) and node.arg == "tags"
    ]
    given = fields(DATACLASSES[f"{class_}Args"]).get("tags")

    assert given == "Mapping[str, str]" or (given is None and not tagging)


@every_component
def test_component_says_its_promise(component: str) -> None:
    assert ast.get_docstring(COMPONENTS[component])


@every_component
def test_component_has_a_test_file(component: str) -> None:
    module = component.split(".", maxsplit=1)[0]

    assert (
        ROOT / "tests" / "components" / f"test_{module}.py"
    ).exists() or module in imported_by_tests()


@cache
def imported_by_tests() -> set[str]:
    """Return the modules of components that a test or its support imports."""
    folders = (ROOT / "tests" / "components", ROOT / "tests" / "support")
    texts = [path.read_text() for folder in folders for path in folder.glob("*.py")]
    importing = re.compile(r"^from components\.(\w+) import", re.MULTILINE)
    return {module for text in texts for module in importing.findall(text)}


@every("name", sorted(n for n in DATACLASSES if n.endswith("Args")))
def test_arguments_are_frozen_and_take_keywords_only(name: str) -> None:
    decorators = [ast.unparse(d) for d in DATACLASSES[name].decorator_list]

    assert decorators == ["dataclass(frozen=True, kw_only=True)"]


@every_component
def test_children_bear_the_components_name(component: str) -> None:
    """Whatever takes ``opts`` is a registration: its first argument is the logical name."""
    children = [
        node
        for node in nodes(COMPONENTS[component])
        if isinstance(node, ast.Call) and any(keyword.arg == "opts" for keyword in node.keywords)
    ]

    for child in children:
        named = ast.unparse(child.args[0])
        if isinstance(child.args[0], ast.JoinedStr):
            assert re.match(r"f['\"]\{(self\._name|name|child)\}-", named), named
        else:
            assert isinstance(child.args[0], ast.Name), f"a literal name is not unique: {named}"
