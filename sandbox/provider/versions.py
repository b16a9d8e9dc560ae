"""The versions under which the engine looks for the stand-in providers: as the SDK packages say."""

import json
from importlib.util import find_spec
from pathlib import Path


def _version(package: str) -> str:
    """Return the version of a package's plugin, without loading the package."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(package, name=package)
    plugin = Path(found.origin).with_name("pulumi-plugin.json")
    return str(json.loads(plugin.read_text())["version"])


PLUGINS = {"aws": _version("pulumi_aws"), "random": _version("pulumi_random")}
