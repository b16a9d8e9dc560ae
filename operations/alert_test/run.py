"""The alert test from its beginning to its end; whatever was rung is set back."""

import secrets
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from operations.alert_test.alarms import RINGING, Alarm
from operations.alert_test.probe import Probe, probes
from operations.alert_test.proof import FAILED, Rung, Step, Watch, delivered, set_state
from operations.errors import OperationError
from operations.place import Place
from operations.talk import progress

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def proved(place: Place, alarms: Sequence[Alarm], watch: Watch, *, probe: bool) -> list[Step]:
    """Ring the alarms one after the other; return what AWS records of each."""
    topics = {topic for alarm in alarms for topic in alarm.topics}
    steps: list[Step] = []
    marks: dict[str, list[str]] = {topic: [] for topic in topics}
    with _ending_well(), ExitStack() as stack:
        account = str(place.outputs["account"])
        heard: list[Probe] = []
        if probe:
            heard = stack.enter_context(probes(place, topics, account))
        rung = []
        for n, alarm in enumerate(alarms, 1):
            mark = f"understudy alert test {secrets.token_hex(6)}"
            progress(f"{n} of {len(alarms)}: {alarm.name}")
            with _set_back(place, alarm, mark):
                ringing = Rung.of(place, alarm, f"{mark}: a trial, nothing is wrong")
                rung.append(ringing)
                steps += ringing.told(watch)
            for topic in alarm.topics:
                marks[topic].append(mark)
        progress("waiting for what SNS counts")
        steps += delivered(place, rung, watch)
        for each in heard:
            steps += each.heard(marks[each.topic], watch)
    return steps


@contextmanager
def _set_back(place: Place, alarm: Alarm, mark: str) -> Iterator[None]:
    """Give the alarm the state back that it had, however this ends.

    Not left to CloudWatch: it evaluates an alarm without data, or one of alarms, when it likes.
    """
    try:
        yield
    finally:
        state = alarm.state if alarm.state != RINGING else "OK"
        try:
            set_state(place, alarm, state, f"{mark}: the trial is over")
        except OperationError as error:
            progress(f"set it to {state} by hand: {alarm.name}: {error}")


@contextmanager
def _ending_well() -> Iterator[None]:
    """Have a signal to stop end the test as an interrupt does, once: what follows sets back."""

    def leave(number: int, _: Any) -> None:
        for each in ENDING:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt(number)

    before = {each: signal.signal(each, leave) for each in ENDING}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def passed(steps: Sequence[Step]) -> bool:
    """Tell whether all of it is proved; what is not known is not."""
    return bool(steps) and all(step.verdict == "passed" for step in steps)


def unrung(steps: Sequence[Step], alarms: Sequence[Alarm]) -> list[Step]:
    """Return a failure where no alarm is left that could be rung: then nothing is proved."""
    if alarms or any(step.verdict == FAILED for step in steps):
        return []
    return [Step("", "alarms", FAILED, "none may be rung: name one with --alarm")]
