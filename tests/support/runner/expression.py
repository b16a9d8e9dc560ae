"""GitHub's expressions, in the few forms that this project's workflows have.

What is not one of them is an error: a condition that is misread would run what must not run (GitHub
Docs, "Evaluate expressions in workflows and actions").
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

HOLE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
TEXT = re.compile(r"'([^']*)'")
PATH = re.compile(r"[a-z_]+(\.[A-Za-z0-9_-]+)+")
STATUS = ("success()", "failure()", "cancelled()", "always()")


class UnknownFormError(Exception):
    """An expression of a form that nothing here reads."""


@dataclass(frozen=True)
class Scope:
    """What expressions read."""

    contexts: Mapping[str, Any]
    """By name: ``github``, ``vars``, ``inputs``, ``needs``, ``steps``, ``matrix`` ..."""
    failed: bool = False
    """Whether a step before, or a job that is needed, has failed."""
    skipped: bool = False
    """Whether a job that is needed was left out."""

    def holds(self, condition: str) -> bool:
        """Tell whether a step or job runs; one that asks for no status wants all to be well."""
        text = _bare(condition)
        wanted = any(status in text for status in STATUS)
        well = not (self.failed or self.skipped)
        return (wanted or well) and (not text or _true(self._either(text)))

    def filled(self, text: str) -> str:
        """Return a text with every expression's value in its place."""
        return HOLE.sub(lambda hole: _text(self._either(hole[1].strip())), text)

    def _either(self, text: str) -> Any:
        found: Any = ""
        for part in text.split("||"):
            found = self._all(part.strip())
            if _true(found):
                break
        return found

    def _all(self, text: str) -> Any:
        found: Any = True
        for part in text.split("&&"):
            found = self._compared(part.strip())
            if not _true(found):
                break
        return found

    def _compared(self, text: str) -> Any:
        for sign in ("==", "!="):
            left, found, right = text.partition(f" {sign} ")
            if found:
                same = _text(self._atom(left.strip())) == _text(self._atom(right.strip()))
                return same == (sign == "==")
        if text.startswith("!"):
            return not _true(self._atom(text[1:].strip()))
        return self._atom(text)

    def _atom(self, text: str) -> Any:
        if quoted := TEXT.fullmatch(text):
            return quoted[1]
        if text in STATUS:
            told = {"success()": not self.failed, "failure()": self.failed, "always()": True}
            return told.get(text, False)
        if not PATH.fullmatch(text):
            raise UnknownFormError(text)
        found: Any = self.contexts
        for name in text.split("."):
            if found is self.contexts and name not in self.contexts:
                raise UnknownFormError(text)
            found = found.get(name, "") if isinstance(found, Mapping) else ""
        return found


def _bare(condition: str) -> str:
    whole = HOLE.fullmatch(condition.strip())
    return (whole[1] if whole else condition).strip()


def _true(value: Any) -> bool:
    """GitHub takes the empty text, 0, false and null for false."""
    return value not in ("", 0, False, None)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
