"""What is wrong with the settings: one line for each mistake, all of them at once."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: in which file, at which key, and what about it."""

    file: str
    path: str
    """The key from its section on, like ``scale.database.backupDays``; empty for a whole file."""
    message: str

    @property
    def line(self) -> str:
        """The sentence that a person reads; one line whatever a key or value holds."""
        where = f"{self.path} " if self.path else ""
        text = f"{self.file}: {where}{self.message}"
        return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


class SettingsError(ValueError):
    """The settings can't be used; ``lines`` says why, one mistake a line, sorted."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(sorted(set(lines)))
        super().__init__("\n".join(self.lines))


def refusal(problems: Iterable[Problem]) -> SettingsError:
    """Return the error that lists ``problems``."""
    return SettingsError(problem.line for problem in problems)
