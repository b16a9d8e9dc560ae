"""An end asked for by a signal is met as an interrupt is: what is under way is finished first."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def stoppable() -> Iterator[None]:
    """Raise KeyboardInterrupt with the signal's number where a signal asks for the end."""
    before = {number: signal.signal(number, _stop) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, _: object) -> None:
    # The same again changes nothing: whoever sends it twice means it once.
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt(number)


def ended(run: Callable[[], int], tell: Callable[[str], None], again: str) -> int:
    """Run to the end and return the exit code; where a signal ends it, say how to go on."""
    try:
        with stoppable():
            return run()
    except KeyboardInterrupt as stop:
        number = signal.Signals(stop.args[0] if stop.args else signal.SIGINT)
        tell(f"ended by {number.name}; `{again}` goes on")
        return 128 + number
