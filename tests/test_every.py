"""A check of many things fails by the name of each that does not pass, and where there are none."""

import pytest

from tests.support.every import every


def below_three(number: int) -> None:
    assert number < 3


def test_each_thing_that_fails_is_named() -> None:
    every("number", [1, 2])(below_three)()
    with pytest.raises(ExceptionGroup, match=r"2 of 4: number: #4, number: #5") as caught:
        every("number", [1, 4, 2, 5], lambda number: f"#{number}")(below_three)()
    assert [type(each) for each in caught.value.exceptions] == [AssertionError] * 2


def test_nothing_to_look_at_is_no_pass() -> None:
    with pytest.raises(AssertionError, match="there is no number to look at"):
        every("number", [])(below_three)()
