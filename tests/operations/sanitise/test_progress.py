"""Whoever waits for a long copy is told how much is done, and about how long the rest takes."""

import pytest

from operations.sanitise.progress import Progress, spoken


def lines(*parts: tuple[float, int, int], total: int, pages: int) -> list[str]:
    """Return what is said of parts: the second at which each is done, its pages and rows."""
    said: list[str] = []
    now = 100.0
    progress = Progress(total, pages, said.append, lambda: now)
    for seconds, of_part, rows in parts:
        now = 100.0 + seconds
        progress.done(of_part, rows)
    return said


def test_the_time_left_goes_by_pages() -> None:
    assert lines((10, 25, 1000), (30, 50, 7), total=4, pages=100) == [
        "  1 of 4 parts, 1,000 rows, 25 %; about 30 s left",
        "  2 of 4 parts, 1,007 rows, 75 %; about 10 s left",
    ]


def test_it_is_silent_for_a_while_and_always_says_when_it_is_through() -> None:
    many = [(0.1 * n, 1, 1) for n in range(1, 101)]

    assert lines(*many, total=100, pages=100) == [
        "  50 of 100 parts, 50 rows, 50 %; about 5 s left",
        "  100 of 100 parts, 100 rows",
    ]


def test_empty_tables_divide_nothing_by_nothing() -> None:
    assert lines((9, 0, 0), (10, 0, 0), total=2, pages=0) == [
        "  1 of 2 parts, 0 rows, 0 %; about 0 s left",
        "  2 of 2 parts, 0 rows",
    ]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "120 min"), (7200, "2.0 h")],
)
def test_a_time_is_said_in_the_unit_that_fits(seconds: float, words: str) -> None:
    assert spoken(seconds) == words
