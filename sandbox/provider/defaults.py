"""What the real provider puts into the inputs where the program says nothing.

The real provider does so when it checks them: what the program leaves out is then compared like
anything else, and a change made to it outside Pulumi is seen.
"""

from collections.abc import Mapping
from typing import Any

from sandbox.provider.values import Props


def filled(defaults: Mapping[str, Any], carried: Mapping[str, Any], props: Props) -> Props:
    """Return the inputs with the defaults of those that are carried.

    A default's path leads to an input, or into each block that the program did give.
    """
    result = dict(props)
    for path, value in defaults.items():
        name, *keys = path.split(".")
        if name not in carried:
            continue
        if keys:
            result[name] = _inside(result.get(name), keys, value)
        elif result.get(name) is None:
            result[name] = value
    return {name: value for name, value in result.items() if value is not None}


def _inside(value: Any, keys: list[str], default: Any) -> Any:
    if isinstance(value, list):
        return [_inside(item, keys, default) for item in value]
    if not isinstance(value, Mapping):
        return value
    key, *rest = keys
    if rest:
        return {**value, key: _inside(value[key], rest, default)} if key in value else value
    return value if value.get(key) is not None else {**value, key: default}
