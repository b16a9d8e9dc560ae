"""The picture: nothing lies on anything else or outside, and it is the same each time."""

import itertools
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.diagram import layout
from operations.diagram.layout import BOLD, LETTER, lines, plan
from operations.diagram.parts import Block, Cells, Dots, Environment, Text
from operations.diagram.svg import drawn

SVG = "{http://www.w3.org/2000/svg}"
WORDS = st.text(st.characters(codec="ascii", min_codepoint=32), min_size=1, max_size=60)
ITEMS = st.one_of(
    WORDS.map(Text),
    st.lists(
        st.tuples(st.text("abc: NAT", min_size=1, max_size=12), st.booleans()),
        min_size=1,
        max_size=7,
    ).map(lambda pairs: Cells(*zip(*pairs, strict=True))),
    st.tuples(st.integers(0, 70), st.integers(0, 70)).map(lambda pair: Dots(min(pair), max(pair))),
)
BLOCKS = st.builds(
    Block,
    name=WORDS,
    kind=st.just("box"),
    items=st.lists(ITEMS, max_size=4).map(tuple),
    led_to=st.booleans(),
    gives=st.booleans(),
)


def several(number: int) -> st.SearchStrategy[tuple[Block, ...]]:
    return st.tuples(*[BLOCKS] * number)


ENVIRONMENTS = st.builds(
    Environment,
    stack=st.sampled_from(["production", "staging"]),
    about=st.just(("account 111111111111", "eu-west-1")),
    before=several(1),
    network=st.just("network 10.0.0.0/16"),
    tiers=several(3),
    after=several(2),
    archive=st.sampled_from(["", "333333333333"]),
)


def rectangles(picture: str, *kinds: str) -> list[tuple[float, float, float, float]]:
    """Return left, top, right and bottom of the rectangles, of some kinds or of all."""
    found = []
    for each in ET.fromstring(picture).iter(f"{SVG}rect"):  # noqa: S314  (made here)
        if not kinds or each.get("class") in kinds:
            x, y, width, height = (
                float(each.get(key) or 0) for key in ("x", "y", "width", "height")
            )
            found.append((x, y, x + width, y + height))
    return found


@given(st.lists(ENVIRONMENTS, min_size=1, max_size=2))
def test_blocks_never_overlap_and_lie_within_the_picture(found: list[Environment]) -> None:
    picture = drawn(tuple(found))
    width, height = plan(tuple(found)).size

    for left, top, right, bottom in rectangles(picture):
        assert 0 <= left <= right <= width
        assert 0 <= top <= bottom <= height
    for one, other in itertools.combinations(rectangles(picture, "box", "place"), 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)


@given(st.lists(ENVIRONMENTS, min_size=1, max_size=2))
def test_cells_and_dots_lie_within_their_block(found: list[Environment]) -> None:
    picture = drawn(tuple(found))
    blocks = rectangles(picture, "box")

    for left, top, right, bottom in rectangles(picture, "there", "absent", "full", "spare"):
        assert any(
            each[0] <= left and each[1] <= top and right <= each[2] + 0.1 and bottom <= each[3]
            for each in blocks
        )


@given(WORDS, st.integers(80, 300), st.sampled_from([LETTER, BOLD]))
def test_no_line_is_wider_than_its_room(words: str, width: int, letter: float) -> None:
    found = lines(words, width, letter)

    assert all(len(line) * letter <= width for line in found)
    assert re.sub(r"\s", "", "".join(found)) == re.sub(r"\s", "", words)


def test_a_long_domain_is_broken_after_a_dot() -> None:
    found = lines("a-long-name.of.an.environment.example.com", 160, BOLD)

    assert len(found) > 1
    assert all(line.endswith((".", "-")) for line in found[:-1])


def small(**change: object) -> Environment:
    usual = {
        "stack": "staging",
        "about": ("account 222222222222",),
        "before": (Block("staging.example.com", "box", (Text("DNS"),), led_to=False),),
        "network": "network 10.20.0.0/16",
        "tiers": (Block("private subnets", "code", (Dots(1, 3),)),),
        "after": (Block("data", "place", (Text("its own"),), led_to=False, gives=True),),
        "archive": "333333333333",
    }
    return Environment(**(usual | change))  # type: ignore[arg-type]  # As the keys say.


def test_words_that_look_like_markup_are_words() -> None:
    hostile = "</text><script>alert(1)</script>&"
    picture = drawn((small(stack=hostile),))
    texts = [each.text for each in ET.fromstring(picture).iter(f"{SVG}text")]  # noqa: S314  (made here)

    assert hostile in texts
    assert "<script" not in picture


def test_it_needs_no_other_file_and_no_script() -> None:
    picture = drawn((small(), small(stack="production")))

    assert not re.search(
        r"href|@import|url\((?!#)|<script|<image|http(?!://www.w3.org/2000/svg)", picture
    )


def test_the_same_environments_give_the_same_picture() -> None:
    assert drawn((small(),)) == drawn((small(),))


def test_it_has_colours_for_the_dark() -> None:
    style = drawn((small(),)).partition("<style>")[2].partition("</style>")[0]
    light, _, dark = style.partition("@media (prefers-color-scheme: dark)")
    coloured = set(re.findall(r"\.([a-z]+) \{[^}]*#", light))

    assert coloured == set(re.findall(r"\.([a-z]+) \{[^}]*#", dark))


def test_each_task_is_a_square() -> None:
    picture = drawn((small(),))

    assert len(rectangles(picture, "full")) == 1
    assert len(rectangles(picture, "spare")) == 2


def test_more_tasks_than_a_person_counts_are_words_alone() -> None:
    many = Block("private subnets", "code", (Dots(1, layout.MOST_DOTS + 1),))

    assert rectangles(drawn((small(tiers=(many,)),)), "full", "spare") == []


def test_data_go_to_the_one_beside() -> None:
    across = re.compile(r'd="M[\d.]+ [\d.]+ H')

    assert len(across.findall(drawn((small(), small())))) == 1
    assert across.findall(drawn((small(),))) == []


@pytest.mark.parametrize(
    ("archives", "told", "arrows"),
    [
        (("1", "1"), "archive account 1", 2),
        (("1", "2"), "archive account 1, 2", 2),
        (("1", ""), "archive account 1", 1),
        (("", ""), "no archive account", 0),
    ],
)
def test_the_archive_is_led_to_by_whoever_has_one(
    archives: tuple[str, str], told: str, arrows: int
) -> None:
    picture = drawn(tuple(small(archive=each, tiers=(), after=()) for each in archives))

    assert f">{told}<" in picture
    assert len(re.findall(r'd="M[\d.]+ [\d.]+ V', picture)) == arrows


def test_what_it_shows_is_told_to_those_who_cannot_see_it() -> None:
    described = drawn((small(),)).partition('<desc id="description">')[2].partition("</desc>")[0]

    assert "staging, account 222222222222" in described
    assert "staging.example.com: DNS" in described
