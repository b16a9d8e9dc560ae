"""A check of many things in one test, which tells of each that does not pass."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

Check = Callable[..., None]


def every(
    parameter: str, things: Iterable[Any], called: Callable[[Any], str] = str
) -> Callable[[Check], Callable[[], None]]:
    """Run a check for each of many things, as a parameter of it, and fail by the name of each.

    To set a test up and to tell of it takes pytest longer than such a check takes.
    """
    all_things = list(things)

    def decorated(check: Check) -> Callable[[], None]:
        @wraps(check)
        def test() -> None:
            assert all_things, f"there is no {parameter} to look at"
            failed = []
            for thing in all_things:
                try:
                    check(**{parameter: thing})
                except Exception as error:
                    error.add_note(f"{parameter}: {called(thing)}")
                    failed.append(error)
            if failed:
                names = ", ".join(note for error in failed for note in error.__notes__)
                raise ExceptionGroup(f"{len(failed)} of {len(all_things)}: {names}", failed)

        # pytest would take the check's own parameter for a fixture.
        del test.__wrapped__
        return test

    return decorated
