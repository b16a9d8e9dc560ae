"""Where the boxes of the picture lie: the same for both environments, so that gaps are seen."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from policies.reports.tree import Area, Place

WIDTH = 288
"""Of one area. Two beside each other fill half a desktop, one fills a phone."""
CELL = 10
PITCH = 13
_EDGE = 6
_GAP = 5
_HEAD = 17
_TITLE = 22
_ROWS = 3
"""How many rows of cells a box has at most, as long as it is no wider than its area."""
_LEAST = 6
"""How many cells stand in a row before there is a second one."""
_WIDER = 0.3
"""How much of a row may be empty and still be given to its boxes."""
_LETTER = 6.5
"""How wide a letter is at most, on average, in the fonts that systems bring."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A component's box: where it lies in its area, and where the cells lie in it."""

    place: Place
    x: float
    y: float
    width: float
    height: float
    cells: tuple[Point, ...]
    count: Point
    """Where the number of its resources ends, on the right."""
    depth: int


@dataclass(frozen=True)
class Panel:
    """One area with all of its boxes; a box stands before those that lie on it."""

    area: Area
    height: float
    boxes: tuple[Box, ...]


def columns(areas: Iterable[Area]) -> tuple[list[Panel], list[Panel]]:
    """Return every area laid out, in two columns that are about as long as each other."""
    found: tuple[list[Panel], list[Panel]] = ([], [])
    for panel in sorted(map(_panel, areas), key=lambda panel: -panel.height):
        min(found, key=lambda column: sum(each.height + _GAP for each in column)).append(panel)
    return found


def _panel(area: Area) -> Panel:
    limit = WIDTH - 2 * _EDGE
    blocks = [_block(place, limit, 0) for place in area.places]
    blocks.sort(key=lambda block: (-block[0].height, -block[0].width, block[0].place.path))
    points, _, height = _shelves([_size(block) for block in blocks], limit)
    placed = [
        _moved(block, x + _EDGE, y + _TITLE) for block, (x, y) in zip(blocks, points, strict=True)
    ]
    boxes = tuple(each for block in _flush(placed) for each in block)
    return Panel(area, height + _TITLE + _EDGE, boxes)


def _flush(blocks: Iterable[list[Box]]) -> list[list[Box]]:
    """Widen what stands in one row until it ends at the edge, unless that widens it too much."""
    rows: dict[float, list[list[Box]]] = defaultdict(list)
    for block in blocks:
        rows[block[0].y].append(block)
    found = []
    for row in rows.values():
        last = row[-1][0]
        rest = WIDTH - _EDGE - last.x - last.width
        more = rest / len(row) if rest <= _WIDER * WIDTH else 0.0
        for n, block in enumerate(row):
            box, *inner = _moved(block, n * more, 0)
            x, y = box.count
            found.append([replace(box, width=box.width + more, count=(x + more, y)), *inner])
    return found


def _block(place: Place, limit: float, depth: int) -> list[Box]:
    """Return a component's box at the origin, and after it those of the components within it."""
    room = limit - 2 * _EDGE
    cells, (width, height) = _cells(place, room)
    count = _HEAD + height - 1
    width = max(width, _LETTER * len(place.label))
    inner = [_block(each, room, depth + 1) for each in place.inside]
    within: list[Box] = []
    if inner:
        points, wide, high = _tightest([_size(block) for block in inner], room)
        for block, (x, y) in zip(inner, points, strict=True):
            within += _moved(block, x + _EDGE, y + _HEAD + height + _GAP)
        width, height = max(width, wide), height + _GAP + high
    width = min(width, room)
    box = Box(
        place=place,
        x=0,
        y=0,
        width=width + 2 * _EDGE,
        height=height + _HEAD + _EDGE,
        cells=tuple((x + _EDGE, y + _HEAD) for x, y in cells),
        count=(width + _EDGE, count),
        depth=depth,
    )
    return [box, *within]


def _cells(place: Place, room: float) -> tuple[list[Point], Point]:
    """Return where a component's own cells lie, and their size with the count beside the last."""
    number = len(place.nodes)
    across = max(math.ceil(number / _ROWS), min(number, _LEAST))
    across = max(1, min(across, int((room + PITCH - CELL) // PITCH)))
    points = [(n % across * float(PITCH), n // across * float(PITCH)) for n in range(number)]
    rows = max(math.ceil(number / across), 1)
    last = number - (rows - 1) * across
    count = _LETTER * (2 * len(str(len(place.everything))) + 1) + _GAP
    width = max(min(across, number) * PITCH - (PITCH - CELL), last * PITCH + count)
    return points, (width, rows * PITCH - (PITCH - CELL))


def _tightest(sizes: Sequence[Point], limit: float) -> tuple[list[Point], float, float]:
    """Lay things out in the width, no more than the limit, that takes the least room in all."""
    widths = [sum(width + _GAP for width, _ in sizes[: n + 1]) - _GAP for n in range(len(sizes))]
    most = max(width for width, _ in sizes)
    tried = [_shelves(sizes, width) for width in {most, *widths} if most <= width <= limit]
    return min(tried or [_shelves(sizes, limit)], key=lambda each: (each[1] * each[2], each[2]))


def _shelves(sizes: Sequence[Point], limit: float) -> tuple[list[Point], float, float]:
    """Lay things out in rows: where each lies, and how wide and high all are together.

    Each goes into the first row in which it fits, so the highest should come first.
    """
    points: list[Point] = []
    rows: list[tuple[float, float]] = []
    """How wide each row is, and how high."""
    for width, height in sizes:
        fits = (
            n for n, row in enumerate(rows) if row[0] + _GAP + width <= limit and height <= row[1]
        )
        n = next(fits, len(rows))
        x = rows[n][0] + _GAP if n < len(rows) else 0.0
        y = sum(row[1] + _GAP for row in rows[:n])
        rows[n : n + 1] = [(x + width, max(height, rows[n][1] if n < len(rows) else 0.0))]
        points.append((x, y))
    return points, max(row[0] for row in rows), sum(row[1] + _GAP for row in rows) - _GAP


def _size(block: Sequence[Box]) -> Point:
    return (block[0].width, block[0].height)


def _moved(block: Iterable[Box], x: float, y: float) -> list[Box]:
    return [replace(each, x=each.x + x, y=each.y + y) for each in block]
