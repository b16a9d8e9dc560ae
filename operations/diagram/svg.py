"""The picture as SVG: no other file, no script, light and dark as the reader has it."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from operations.diagram import layout
from operations.diagram.layout import LINE, PAD, Plan, Row
from operations.diagram.parts import Block, Cells, Dots, Environment, Text

Point = tuple[float, float]

STYLE = """
    .card { fill: #ffffff; stroke: #c9d1d9; }
    .box { fill: #eef3fb; stroke: #5b7db1; }
    .code { fill: #eaf5ec; stroke: #4d8c5b; }
    .engine { fill: #f1ecfa; stroke: #7a5bb1; }
    .place { fill: #fdf3e3; stroke: #b1802d; }
    .panel { fill: none; stroke: #57606a; stroke-dasharray: 6 5; }
    .network { fill: none; stroke: #4d8c5b; stroke-dasharray: 2 4; }
    .there { fill: #ffffff; stroke: #57606a; }
    .absent { fill: none; stroke: #8c959f; stroke-dasharray: 3 3; }
    .full { fill: #4d8c5b; stroke: #4d8c5b; }
    .spare { fill: none; stroke: #4d8c5b; }
    .line { fill: none; stroke: #57606a; stroke-width: 2; }
    .head { fill: #57606a; }
    text { fill: #1f2328; font-family: -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; font-size: 16px; }
    .title { font-size: 20px; font-weight: 600; }
    .name { font-size: 16px; font-weight: 600; }
    .quiet { fill: #424a53; }
    .label { font-size: 14px; text-anchor: middle; }
    rect { stroke-width: 1.5; }
    @media (prefers-color-scheme: dark) {
      .card { fill: #0d1117; stroke: #3d444d; }
      .box { fill: #14223a; stroke: #6f95d0; }
      .code { fill: #12281a; stroke: #62a974; }
      .engine { fill: #211a33; stroke: #9b7fd4; }
      .place { fill: #2d2312; stroke: #c9963f; }
      .panel { stroke: #9198a1; }
      .network { stroke: #62a974; }
      .there { fill: #0d1117; stroke: #9198a1; }
      .absent { stroke: #6e7681; }
      .full { fill: #62a974; stroke: #62a974; }
      .spare { stroke: #62a974; }
      .line { stroke: #9198a1; }
      .head { fill: #9198a1; }
      text { fill: #f0f6fc; }
      .quiet { fill: #c4ccd6; }
    }
  """  # noqa: E501  (as docs/architecture.svg has it)


def drawn(environments: tuple[Environment, ...]) -> str:
    """Return the picture; the same environments give the same text."""
    plan = layout.plan(environments)
    return "\n".join([*_head(environments, plan), *_body(environments, plan), "</svg>", ""])


def _head(environments: tuple[Environment, ...], plan: Plan) -> Iterator[str]:
    width, height = plan.size
    names = " and ".join(each.stack for each in environments)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:g}" '
        f'width="{width}" height="{height:g}" role="img" aria-labelledby="title description">'
    )
    yield f'  <title id="title">{escape(names)}</title>'
    yield f'  <desc id="description">{escape(" ".join(map(_told, environments)))}</desc>'
    yield f"  <style>{STYLE}</style>"
    yield '  <defs><marker id="arrow" markerWidth="10" markerHeight="10" refX="8" refY="5"'
    yield '    orient="auto" markerUnits="userSpaceOnUse"><path class="head"'
    yield '    d="M0 0 L10 5 L0 10 Z"/></marker></defs>'
    yield _rect("card", (1, 1), (width - 2, height - 2), 12)


def _told(environment: Environment) -> str:
    blocks = (f"{block.name}: {', '.join(words(block))}" for block in environment.blocks)
    return f"{environment.stack}, {', '.join(environment.about)}: {'; '.join(blocks)}."


def words(block: Block) -> list[str]:
    """Return what a block says, in words alone."""
    found: list[str] = []
    for item in block.items:
        if isinstance(item, Text):
            found.append(item.words)
        elif isinstance(item, Cells):
            found += item.labels
    return found


def _body(environments: tuple[Environment, ...], plan: Plan) -> Iterator[str]:
    top, bottom = plan.network
    width = layout.COLUMN
    for environment, x in zip(environments, plan.columns, strict=True):
        yield _rect("panel", (x, layout.EDGE), (width, plan.bottom - layout.EDGE), 10)
        yield _text("title", x + PAD, layout.EDGE + 28, environment.stack)
        for n, line in enumerate(environment.about):
            yield _text("quiet", x + PAD, layout.EDGE + 52 + n * LINE, line)
        yield _rect("network", (x + PAD, top), (width - 2 * PAD, bottom - top), 8)
        yield _text("name", x + 2 * PAD, top + 24, environment.network)
    for n, row in enumerate(plan.rows):
        for column, block in enumerate(row.blocks):
            x = plan.columns[column]
            yield from _block(block, row, x + row.inset, width - 2 * row.inset)
            if block.led_to:
                yield _down(plan, n, x + width / 2)
            if block.gives and column + 1 < len(plan.columns):
                yield _across(row, x + width - row.inset, plan.columns[column + 1] + row.inset)
    yield from _archive(environments, plan)


def _archive(environments: tuple[Environment, ...], plan: Plan) -> Iterator[str]:
    """Draw the account that holds the last copies, with an arrow from each environment."""
    accounts = dict.fromkeys(each.archive for each in environments if each.archive)
    x, width = layout.EDGE, plan.size[0] - 2 * layout.EDGE
    name = f"archive account {', '.join(accounts)}" if accounts else "no archive account"
    about = "a vault and a key for each" if accounts else "copies stay where they are"
    yield _rect("place", (x, plan.archive), (width, layout.ARCHIVE), 8)
    yield _text("name", x + PAD, plan.archive + 26, name)
    yield _text("quiet", x + PAD, plan.archive + 48, about)
    last = plan.rows[-1]
    for environment, left in zip(environments, plan.columns, strict=True):
        if environment.archive:
            middle = left + layout.COLUMN / 2
            yield _arrow(middle, last.y + last.height, plan.archive)


def _down(plan: Plan, n: int, x: float) -> str:
    """Draw the arrow that leads to a row, from the end of what is above it."""
    row, above = plan.rows[n], plan.rows[n - 1]
    begins = above.y + above.height
    ends = row.y
    if above.inset < row.inset:
        ends = plan.network[0]
    elif above.inset > row.inset:
        begins = plan.network[1]
    return _arrow(x, begins, ends)


def _arrow(x: float, begins: float, ends: float) -> str:
    way = f"M{_n(x)} {_n(begins)} V{_n(ends - 2)}"
    return f'  <path class="line" d="{way}" marker-end="url(#arrow)"/>'


def _across(row: Row, begins: float, ends: float) -> str:
    y = row.y + row.height / 2
    way = f"M{_n(begins)} {_n(y)} H{_n(ends - 2)}"
    return f'  <path class="line" d="{way}" marker-end="url(#arrow)"/>'


def _block(block: Block, row: Row, x: float, width: float) -> Iterator[str]:
    yield _rect(block.kind, (x, row.y), (width, row.height), 8)
    room = width - 2 * PAD
    for n, line in enumerate(layout.lines(block.name, room, layout.BOLD)):
        yield _text("name", x + PAD, row.y + 23 + n * LINE, line)
    y = row.y + layout.name_height(block, room)
    for item in block.items:
        if isinstance(item, Text):
            for n, line in enumerate(layout.lines(item.words, room)):
                yield _text("quiet", x + PAD, y + n * LINE + 16, line)
        elif isinstance(item, Cells):
            yield from _cells(item, x + PAD, y + 4, room)
        else:
            yield from _dots(item, x + PAD, y + 2, room)
        y += layout.item_height(item, room)


def _cells(cells: Cells, x: float, y: float, width: float) -> Iterator[str]:
    across = min(layout.cells_across(cells, width), len(cells.labels))
    each = (width - (across - 1) * layout.CELL_GAP) / across
    for n, (label, filled) in enumerate(zip(cells.labels, cells.filled, strict=True)):
        left = x + n % across * (each + layout.CELL_GAP)
        top = y + n // across * (layout.CELL + layout.CELL_GAP)
        yield _rect("there" if filled else "absent", (left, top), (each, layout.CELL), 5)
        yield _text("label", left + each / 2, top + 19, label)


def _dots(item: Dots, x: float, y: float, width: float) -> Iterator[str]:
    for left, top, filled in layout.dots(item, width):
        kind = "full" if filled else "spare"
        yield _rect(kind, (x + left, y + top), (layout.DOT, layout.DOT), 2)


def _rect(kind: str, at: Point, size: Point, radius: int) -> str:
    (x, y), (width, height) = (tuple(map(_n, each)) for each in (at, size))
    return (
        f'  <rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}"/>'
    )


def _text(kind: str, x: float, y: float, words_: str) -> str:
    return f'  <text class="{kind}" x="{_n(x)}" y="{_n(y)}">{escape(words_)}</text>'


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
