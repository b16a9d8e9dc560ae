"""Where everything lies: one column for each environment, what belongs together on one height."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from operations.diagram.parts import Block, Cells, Dots, Environment, Item, Text

COLUMN = 254
"""How wide an environment is: two fill a page, and can be read on a phone."""
EDGE = 12
"""Between the picture's edge and the columns."""
GAP = 28
"""Between two columns."""
PAD = 10
"""Between a box and what is in it."""
LETTER = 8.2
"""How wide a letter of 16 px is at most, on average, in the fonts that systems bring."""
BOLD = 9.0
"""And in a name."""
LINE = 22
ABOVE = 8
"""Between a block's edge and its name."""
CELL = 28
CELL_WIDTH = 58
CELL_GAP = 6
DOT, PITCH = 11, 14
MOST_DOTS = 60
ARCHIVE = 62
"""How high the archive's box is."""
BETWEEN = 26
"""Between two blocks, with room for an arrow."""
CLOSE = 12
"""Between two blocks without one."""


@dataclass(frozen=True)
class Row:
    """What lies on one height: a block in each column, or the beginning or end of the network."""

    blocks: tuple[Block, ...]
    y: float
    height: float
    inset: float
    """How far its blocks lie within the column."""


@dataclass(frozen=True)
class Plan:
    """The whole picture."""

    size: tuple[float, float]
    columns: tuple[float, ...]
    """Where each begins."""
    rows: tuple[Row, ...]
    network: tuple[float, float]
    """From where to where the network's panel reaches."""
    bottom: float
    """Where the accounts end."""
    archive: float
    """Where the archive's box begins; it reaches over all columns."""


def plan(environments: tuple[Environment, ...]) -> Plan:
    """Return where everything lies."""
    columns = tuple(EDGE + n * (COLUMN + GAP) for n in range(len(environments)))
    rows: list[Row] = []
    y = EDGE + 92.0 - CLOSE
    for group in zip(*(each.before for each in environments), strict=True):
        y = _add(rows, group, y, PAD)
    top = y + BETWEEN
    y = top + 36 - CLOSE
    for group in zip(*(each.tiers for each in environments), strict=True):
        y = _add(rows, group, y, 2 * PAD)
    network = (top, y + PAD)
    y += PAD
    for group in zip(*(each.after for each in environments), strict=True):
        y = _add(rows, group, y, PAD)
    bottom, archive = y + PAD, y + PAD + BETWEEN
    size = (columns[-1] + COLUMN + EDGE, archive + ARCHIVE + EDGE)
    return Plan(size, columns, tuple(rows), network, bottom, archive)


def _add(rows: list[Row], blocks: tuple[Block, ...], y: float, inset: float) -> float:
    """Add a row below ``y``, and return where it ends."""
    first_tier = bool(rows) and rows[-1].inset != inset and inset > PAD
    room = BETWEEN if blocks[0].led_to and not first_tier else CLOSE
    inner = COLUMN - 2 * inset - 2 * PAD
    height = max(_height(block, inner) for block in blocks)
    rows.append(Row(blocks, y + room, height, inset))
    return y + room + height


def _height(block: Block, width: float) -> float:
    return name_height(block, width) + sum(item_height(each, width) for each in block.items) + PAD


def name_height(block: Block, width: float) -> float:
    """Return how high a block's name is, with the room above it."""
    return ABOVE + LINE * len(lines(block.name, width, BOLD))


def item_height(item: Item, width: float) -> float:
    """Return how high an item is in a width."""
    if isinstance(item, Text):
        return LINE * len(lines(item.words, width))
    if isinstance(item, Cells):
        rows = -(-len(item.labels) // cells_across(item, width))
        return rows * (CELL + CELL_GAP)
    return 0 if item.most > MOST_DOTS else PITCH * -(-item.most // dots_across(width)) + 4


def lines(words: str, width: float, letter: float = LETTER) -> list[str]:
    """Return the words in lines that fit the width; a longer word is broken after a dot or so."""
    most = int(width // letter)
    found = [""]
    for word in words.split(" "):
        gap = " " if found[-1] else ""
        if len(found[-1]) + len(gap) + len(word) <= most:
            found[-1] += gap + word
            continue
        if found[-1]:
            found.append("")
        for part in _parts(word, most):
            if len(found[-1]) + len(part) > most:
                found.append("")
            found[-1] += part
    return found


def _parts(word: str, most: int) -> list[str]:
    """Return a word's parts, each of which fits."""
    if len(word) <= most:
        return [word]
    parts = re.split(r"(?<=[.@/-])", word)
    return [part[n : n + most] for part in parts for n in range(0, len(part), most)]


def cells_across(cells: Cells, width: float) -> int:
    """Return how many cells stand beside each other: as wide as the longest label asks for."""
    return max(1, int((width + CELL_GAP) // (cell_width(cells) + CELL_GAP)))


def cell_width(cells: Cells) -> float:
    """Return how wide each cell is."""
    return max(CELL_WIDTH, *(LETTER * 0.9 * len(label) + 8 for label in cells.labels))


def dots_across(width: float) -> int:
    """Return how many dots stand beside each other."""
    return int((width + PITCH - DOT) // PITCH)


def dots(item: Dots, width: float) -> Iterator[tuple[float, float, bool]]:
    """Yield where each dot lies, and whether it is filled; none where there are too many."""
    across = dots_across(width)
    for n in range(item.most if item.most <= MOST_DOTS else 0):
        yield (n % across * float(PITCH), n // across * float(PITCH), n < item.always)
