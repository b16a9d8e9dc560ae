"""The lines of a stack file that say which release runs: they alone are changed, all else stays."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations import stack_lines
from operations.errors import OperationError, refusals
from operations.stack_lines import IDENTITY
from operations.stack_settings import loaded
from policies.files import write
from settings.stackfile import stack_file

WAY = (*IDENTITY, "release")


@dataclass
class ReleaseLines:
    """A stack file, with the release that it says."""

    root: Path
    stack: str
    before: str
    """The text that ``put_back`` brings back."""

    @classmethod
    def of(cls, root: Path, stack: str) -> "ReleaseLines":
        """Read the file; OperationError where it or any other setting is refused."""
        loaded(root, stack)
        return cls(root, stack, (root / stack_file(stack)).read_text(encoding="utf-8"))

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self.root / stack_file(self.stack)

    @property
    def image(self) -> str:
        """The image that the file says."""
        return str(release_of(self.before)["image"])

    @property
    def version(self) -> str:
        """The version that the file says."""
        return str(release_of(self.before)["version"])

    def say(self, image: str, version: str) -> None:
        """Have the file say this release.

        Raises OperationError where the settings would be refused; the file is then as it was.
        """
        text = edited(self.before, image, version)
        if text == self.before:
            return
        with refusals():
            write(self.path, text)
        try:
            loaded(self.root, self.stack)
        except OperationError:
            self.put_back()
            raise

    def put_back(self) -> None:
        """Bring the text of before back."""
        with refusals():
            write(self.path, self.before)

    @contextmanager
    def undone_unless(self) -> "Iterator[Kept]":
        """Put the file back at the end, however that comes, unless it was said to be kept."""
        kept = Kept()
        try:
            yield kept
        finally:
            if not kept.kept:
                with suppress(FileNotFoundError):
                    if self.path.read_text(encoding="utf-8") != self.before:
                        self.put_back()


@dataclass
class Kept:
    """Whether what was written stays."""

    kept: bool = False

    def keep(self) -> None:
        """Let it stay: from here on the deployed stack may follow it."""
        self.kept = True


def edited(text: str, image: str, version: str) -> str:
    """Return a stack file's text with another release; comments and order stay.

    Raises OperationError where the file does not say a release in a form that can be edited.
    """
    values = {"image": image, "version": f'"{version}"'}
    return stack_lines.edited(text, {(*WAY, key): value for key, value in values.items()})


def release_of(text: str) -> dict[str, Any]:
    """Return the release that a stack file's text says."""
    return dict(stack_lines.at(text, WAY))
