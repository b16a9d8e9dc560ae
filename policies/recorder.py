"""Record the graph of a stack by running the program under Pulumi's mocks, with no engine.

A process of its own: ``python -m policies.recorder ROOT STACK...`` prints one graph for each stack,
as a line of JSON; without a stack it loads the program and waits for a line that names them, or for
the end of its input. ``production@staging`` is production in staging's size: what then still
differs from production is due to its scale, and what differs from staging to its identity.
``production@staging#scale.web.min`` is production with that one setting of staging's, and ``null``
where the program refuses the mixture.
"""

import ast
import atexit
import gc
import importlib
import json
import multiprocessing
import os
import runpy
import shutil
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, redirect_stdout, suppress
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pulumi
import yaml
from google.protobuf import json_format
from pulumi.runtime import mocks, settings

from policies.errors import REFUSED
from policies.files import Loader
from policies.hidden import HIDDEN, IS_SECRET, SIGNATURE
from policies.monitor import Monitor, quick
from policies.outputs import outputs_of, reference
from policies.place import REFERENCE

PREFIX = "understudy:"


class _Recording(mocks.Mocks):
    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Answer with a reference for every output, whether it is an input as well or not."""
        outputs = outputs_of(args.typ, args.name, args.inputs)
        return reference(args.typ, args.name, "id"), outputs

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
        """Refuse to look into the cloud while it is being described."""
        raise RuntimeError(f"the program looks up {args.token} while it describes the environment")


class _Monitor(Monitor):
    def __init__(self) -> None:
        super().__init__(_Recording())
        self.resources_seen: list[dict[str, Any]] = []
        self._names: dict[str, str] = {"": ""}
        self._keys: dict[str, tuple[str, str]] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        response = super().RegisterResource(request)
        if request.type == "pulumi:pulumi:Stack":
            self._names[response.urn] = ""
            return response
        parent = self._names[request.parent]
        self._names[response.urn] = f"{parent}/{request.name}".removeprefix("/")
        self._keys[response.urn] = (request.type, request.name)
        links = {
            name: sorted(self._keys[urn] for urn in set(value.urns) if urn in self._keys)
            for name, value in request.propertyDependencies.items()
        }
        self.resources_seen.append(
            {
                "type": request.type,
                "name": request.name,
                "parent": parent,
                "properties": properties_of(request.object),
                "links": {name: keys for name, keys in links.items() if keys},
                "options": {
                    "protect": request.protect,
                    "provider": request.provider.split("::")[3] if request.provider else "",
                },
            }
        )
        return response


def properties_of(message: Any) -> dict[str, Any]:
    """Return the properties of a registration as plain data, without any secret."""
    found: dict[str, Any] = _plain(json_format.MessageToDict(message))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, dict):
        return value
    if value.get(SIGNATURE) == IS_SECRET:
        within = value["value"]
        return within if isinstance(within, str) and REFERENCE.fullmatch(within) else HIDDEN
    return {key: _plain(each) for key, each in value.items() if each is not None}


def record(root: Path, stack: str) -> dict[str, Any]:
    """Run the program in ``root`` as one stack, and return what it registers."""
    project = _read(root / "Pulumi.yaml")
    own = _read(root / f"Pulumi.{stack}.yaml").get("config", {})
    name = project["name"]
    shared = {
        key if ":" in key else f"{name}:{key}": value["default"]
        for key, value in project.get("config", {}).items()
        if isinstance(value, dict) and "default" in value
    }
    config = {key: json.dumps(value) for key, value in {**shared, **own}.items()}
    monitor = _Monitor()
    settings.set_root_resource(None)  # type: ignore[arg-type]  # Left over from the one before.

    def program() -> None:
        runpy.run_path(str(root / "__main__.py"), run_name="__main__")

    with quick():
        mocks.set_mocks(_Recording(), project=name, stack=stack, preview=False, monitor=monitor)
        pulumi.runtime.set_all_config(config)
        pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]
    return {"stack": stack, "resources": monitor.resources_seen}


def _read(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(path.read_text(), Loader=Loader)  # noqa: S506  (safe)
    return loaded


@contextmanager
def mixed(root: Path, stack: str, other: str, key: str) -> Iterator[Path]:
    """Give a folder in which a stack has another one's value at a key, and else is as it was."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in (*root.glob("Pulumi*.yaml"), root / "__main__.py"):
            shutil.copy(path, folder)
        own, theirs = (_read(root / f"Pulumi.{each}.yaml") for each in (stack, other))
        _take(own["config"], theirs["config"], f"{PREFIX}{key}".split("."))
        (folder / f"Pulumi.{stack}.yaml").write_text(json.dumps(own))
        yield folder


def _take(own: dict[str, Any], theirs: dict[str, Any], way: list[str]) -> None:
    """Set what lies at the end of a way as it is in another mapping, there or not."""
    first, *rest = way
    if rest:
        _take(own.setdefault(first, {}), theirs.get(first, {}), rest)
    elif first in theirs:
        own[first] = theirs[first]
    else:
        own.pop(first, None)


def main(arguments: list[str], *, at_once: bool = True) -> None:
    """Print one graph for each stack; end with 2 where the program refuses its settings.

    ``at_once`` uses every processor.
    """
    # A short life: looking for garbage takes a fifth of it, and as long again as it ends.
    gc.disable()
    atexit.register(gc.freeze)
    root, stacks = Path(arguments[0]), arguments[1:]
    try:
        load(root)
        # Whoever names none here is waited for.
        stacks = stacks or sys.stdin.readline().split()
        for found in _recorded(root, stacks, at_once=at_once):
            print(json.dumps(found), flush=True)  # noqa: T201
    except pulumi.RunError as error:
        sys.exit(f"{REFUSED}{error}")


def _recorded(root: Path, stacks: list[str], *, at_once: bool) -> Iterator[dict[str, Any] | None]:
    """Yield the graphs in order, recorded side by side by processes that share what is loaded.

    They are forked before the program runs for the first time: after that there are threads, which
    a fork leaves behind. macOS's own libraries do not bear one (Python docs, "multiprocessing").
    """
    if not at_once or len(stacks) == 1 or sys.platform != "linux":
        yield from (_wanted(root, stack) for stack in stacks)
        return
    number = min(len(stacks), os.cpu_count() or 1)
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(number, mp_context=fork) as pool:
        yield from pool.map(partial(_wanted, root), stacks)


def load(root: Path) -> None:
    """Import what the program imports, without running it; the SDK's modules too that it names.

    The SDK itself loads one of these when something of it is first asked for.
    """
    for node in ast.parse((root / "__main__.py").read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            # What can't be imported is told by the run itself, in the program's own words.
            with suppress(ImportError):
                importlib.import_module(node.module)
    for module in list(sys.modules.values()):
        # To look into one that is not loaded yet would load it, and there are hundreds.
        if type(module) is ModuleType and _is_within(module, root):
            for value in list(vars(module).values()):
                if isinstance(value, ModuleType):
                    # What debuggers ask for loads nothing (pulumi._utils, _LazyModule); this does.
                    getattr(value, "__all__", None)


def _is_within(module: ModuleType, root: Path) -> bool:
    file = getattr(module, "__file__", None)
    return file is not None and file.startswith(f"{root}{os.sep}") and "site-packages" not in file


def _wanted(root: Path, wanted: str) -> dict[str, Any] | None:
    # What the program prints is not part of the answer.
    with redirect_stdout(sys.stderr):
        return _graph(root, wanted)


def _graph(root: Path, wanted: str) -> dict[str, Any] | None:
    stack, _, mixture = wanted.partition("@")
    if not mixture:
        return record(root, stack)
    other, _, key = mixture.partition("#")
    with mixed(root, stack, other, key or "scale") as folder:
        try:
            return record(folder, stack)
        except pulumi.RunError:
            if key:
                return None
            raise


if __name__ == "__main__":
    main(sys.argv[1:])
