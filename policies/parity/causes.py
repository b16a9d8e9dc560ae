"""Which settings make a difference that nobody declared: found by trying one at a time.

One environment is described again with one setting of the other's. Where a value then changes that
also differs between the two, that setting is its cause. Describing an environment takes its time,
so it is done only where there is something to explain, and first with what is likely.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import replace

from policies.graph import Graph
from policies.parity.comparison import NOTHING, Difference, Environment, Node
from policies.parity.contract import Contract
from policies.parity.leaves import alike, leaves_of
from policies.parity.proof import Settings, identity_of
from policies.stackfile import at

_INDEX = re.compile(r"\[\d+\].*")

Spot = tuple[Node, str]
"""A resource and its property."""

Try = Callable[[str, str, Sequence[str]], Mapping[str, Graph]]
"""Describes one stack with each of these settings of another one's alone.

What the program refuses is left out.
"""


class Search:
    """Looks for the settings behind differences between a reference and its mirror."""

    def __init__(
        self,
        graphs: Sequence[Graph],
        settings: Mapping[str, Settings],
        contract: Contract,
        try_: Try,
    ) -> None:
        self._before = {
            graph.stack: leaves_of(graph, identity_of(settings[graph.stack], contract))
            for graph in graphs
        }
        self._stacks = tuple(graph.stack for graph in graphs)
        self._settings = settings
        self._contract = contract
        self._try = try_
        self._keys = differing(*(settings[stack] for stack in self._stacks))
        self._changed: dict[str, tuple[Environment, Environment]] = {}
        """For each setting that could be tried, an environment without and with it."""
        self._tried: set[str] = set()

    def __call__(
        self, differences: Sequence[Difference], staying: Set[Spot]
    ) -> Sequence[Difference]:
        """Return the differences with the settings that cause them, as far as they are found.

        ``staying`` are those that stay when both environments have the same size.
        """
        # Of one setting alone the contract says what it decides, which a test has proved.
        found = [
            replace(each, causes=(each.key,)) if each.key in self._keys else each
            for each in differences
        ]
        for candidates in (self._likely, self._wider, self._possible, self._wider):
            open_ = [each for each in found if not each.causes]
            self._explore({key for each in open_ for key in candidates(each, staying)})
            found = [each if each.causes else self._caused(each) for each in found]
        return found

    def _likely(self, difference: Difference, staying: Set[Spot]) -> list[str]:
        """Return the settings whose two values are those of the difference."""
        values = [str(each).lower() for each in (difference.reference, difference.mirror)]
        return [
            key
            for key in self._possible(difference, staying)
            if [each[key].value.lower() for each in self._both() if key in each] == values
        ]

    def _possible(self, difference: Difference, staying: Set[Spot]) -> list[str]:
        """Return the settings below the declared one, else those of size or of identity."""
        part = "identity" if (difference.node, difference.path) in staying else "scale"
        return [key for key in self._keys if _is_within(key, difference.key or part)]

    def _wider(self, difference: Difference, staying: Set[Spot]) -> set[str]:
        """Return what the settings are a part of that the program refused alone."""
        refused = self._tried - self._changed.keys()
        return {
            key.rpartition(".")[0]
            for key in self._possible(difference, staying)
            if key in refused and key.count(".") > 1
        }

    def _explore(self, keys: Set[str]) -> None:
        """Try each setting once: the mirror's in the reference, and if refused the reverse."""
        left = sorted(keys - self._tried)
        self._tried.update(left)
        for own, other in (self._stacks, self._stacks[::-1]):
            for key, graph in (self._try(own, other, left) if left else {}).items():
                mixture = taking(self._settings[own], self._settings[other], key)
                with_it = leaves_of(graph, identity_of(mixture, self._contract))
                self._changed[key] = (self._before[own], with_it)
            left = [key for key in left if key not in self._changed]

    def _caused(self, difference: Difference) -> Difference:
        causes = (key for key, pair in self._changed.items() if _changes(difference, *pair))
        return replace(difference, causes=tuple(sorted(causes)))

    def _both(self) -> list[Settings]:
        return [self._settings[stack] for stack in self._stacks]


def differing(ours: Settings, theirs: Settings) -> list[str]:
    """Return each setting whose value is not the same in both; a list is one setting."""
    keys = dict.fromkeys(_INDEX.sub("", key) for key in (*ours, *theirs))
    return [key for key in keys if _values(ours, key) != _values(theirs, key)]


def taking(ours: Settings, theirs: Settings, key: str) -> Settings:
    """Return settings with those at a key, or below it, taken from others."""
    gone = {setting.key for setting in at(ours, key)}
    kept = {name: setting for name, setting in ours.items() if name not in gone}
    return kept | {setting.key: setting for setting in at(theirs, key)}


def lines_of(keys: Iterable[str], settings: Iterable[Settings]) -> list[str]:
    """Return where each setting stands in each of the files: ``file:line: key``."""
    files = list(settings)
    return [
        f"{first.file}:{first.line}: {key}"
        for key in keys
        for each in files
        for first in at(each, key)[:1]
    ]


def _is_within(key: str, whole: str) -> bool:
    return f"{key}.".startswith(f"{whole}.")


def _values(settings: Settings, key: str) -> list[tuple[str, str]]:
    return [(each.key, each.value) for each in at(settings, key)]


def _changes(difference: Difference, before: Environment, after: Environment) -> bool:
    """Tell whether what differs is not the same before and after."""
    node, path = difference.node, difference.path
    if not path or node not in before or node not in after:
        return (node in before) is not (node in after)
    values = (each[node].get(path, NOTHING) for each in (before, after))
    return not alike(*values)
