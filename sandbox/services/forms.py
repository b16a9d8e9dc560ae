"""Forms of values that differ between Pulumi and AWS in more than the first letter's case."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.resource import Problem, ResourceType, decoded
from sandbox.provider.values import Props


def spelled(*names: str) -> Callable[[Any], Any]:
    """Return a decoder that writes keys as ``names`` do, whatever AWS's letter case.

    AWS writes ``SSEAlgorithm`` where Pulumi writes ``sseAlgorithm``; what an import reads must be
    what a program would write.
    """
    by_lower = {name.lower(): name for name in names}

    def decode(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {
                by_lower.get(key.lower(), key[:1].lower() + key[1:]): decode(item)
                for key, item in value.items()
            }
        if isinstance(value, list):
            return [decode(item) for item in value]
        return decoded(value)

    return decode


class Renamed:
    """Keys that Pulumi and AWS call differently, translated both ways at every depth."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._to_aws = dict(names)
        self._to_pulumi = {aws.lower(): pulumi for pulumi, aws in names.items()}

    def encode(self, value: Any) -> Any:
        """Return a value with AWS's names."""
        if isinstance(value, Mapping):
            return {self._to_aws.get(key, key): self.encode(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.encode(item) for item in value]
        return value

    def decode(self, value: Any) -> Any:
        """Return a value with Pulumi's names."""
        return spelled(*self._to_pulumi.values())(self._back(value))

    def _back(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {
                self._to_pulumi.get(key.lower(), key): self._back(item)
                for key, item in value.items()
            }
        if isinstance(value, list):
            return [self._back(item) for item in value]
        return value


def known_keys(name: str, given: Any, allowed: Iterable[str]) -> Iterator[Problem]:
    """Yield each key of a block, or of each in a list, that is none of the keys allowed.

    For blocks of which an encode picks its keys: it would drop any other in silence.
    """
    known = sorted(allowed)
    if isinstance(given, list):
        for index, block in enumerate(given):
            yield from known_keys(f"{name}[{index}]", block, known)
    for key in given if isinstance(given, Mapping) else ():
        if key not in known:
            yield f"{name}.{key}", f"is unknown; allowed: {', '.join(known)}"


def first(value: list[Any]) -> Any:
    """Return the only block of a list; Pulumi writes a block that stands once as an object."""
    return decoded(value[0]) if value else {}


def whole(value: Any) -> int | None:
    """Return a number that may be written as text; None for anything else."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def utc(value: datetime | str) -> str:
    """Return a moment as Pulumi programs write it: ``2026-01-31T00:00:00Z``; text as it is."""
    if isinstance(value, str):
        return value
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def grafted(live: Any, saved: Any, dropped: frozenset[str]) -> Any:
    """Return what AWS shows, with the members that moto drops as they were asked for.

    ``dropped`` holds their names in lower case. Lists are matched by position.
    """
    if isinstance(live, list) and isinstance(saved, list) and len(live) == len(saved):
        pairs = zip(live, saved, strict=True)
        return [grafted(here, there, dropped) for here, there in pairs]
    if not (isinstance(live, Mapping) and isinstance(saved, Mapping)):
        return live
    by_lower = {key.lower(): key for key in live}
    result = dict(live)
    for key, value in saved.items():
        if (shown := by_lower.get(key.lower())) is not None:
            result[shown] = grafted(live[shown], value, dropped)
        elif (part := _only(key, value, dropped)) not in (None, {}):
            result[key] = part
    return result


def _only(key: str, value: Any, dropped: frozenset[str]) -> Any:
    """Return of an absent member what moto drops; None where that is nothing."""
    if key.lower() in dropped:
        return value
    if isinstance(value, Mapping):
        parts = {name: _only(name, item, dropped) for name, item in value.items()}
        return {name: part for name, part in parts.items() if part not in (None, {})}
    return None


def made_by(kind: ResourceType, aws: Aws, id_: str, inputs: Props) -> bool:
    """Return whether the object of that id exists and shows every carried input as given.

    It tells a setting that these inputs made from one that was there before.
    """
    found = kind.read(aws, id_, inputs)
    return found is not None and all(
        found.get(name) == value for name, value in inputs.items() if name in kind.inputs
    )
