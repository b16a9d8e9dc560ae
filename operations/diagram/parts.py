"""What the picture of an environment is made of, without any place on the page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """A line of words; broken where it is too long."""

    words: str


@dataclass(frozen=True)
class Cells:
    """Small boxes beside each other: zones, or the instances of a database."""

    labels: tuple[str, ...]
    filled: tuple[bool, ...]


@dataclass(frozen=True)
class Dots:
    """A square for each task: filled for those that always run, empty for those that may."""

    always: int
    most: int


Item = Text | Cells | Dots


@dataclass(frozen=True)
class Block:
    """A box with a name."""

    name: str
    kind: str
    """How it is coloured: a class of the picture's style."""
    items: tuple[Item, ...]
    led_to: bool = True
    """Whether an arrow leads to it from the one above."""
    gives: bool = False
    """Whether an arrow leads from it to the one beside it."""


@dataclass(frozen=True)
class Environment:
    """One environment: what lies before its network, in it, and behind it."""

    stack: str
    about: tuple[str, ...]
    before: tuple[Block, ...]
    network: str
    tiers: tuple[Block, ...]
    after: tuple[Block, ...]
    archive: str
    """The account that its last copies of backups go to; empty where there is none."""

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Every block, from the user inwards."""
        return (*self.before, *self.tiers, *self.after)
