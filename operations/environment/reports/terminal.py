"""The results for a terminal: a line for each check, and what to do about those that stop."""

from collections import Counter
from collections.abc import Iterator, Sequence

from operations.environment.check import Result
from operations.table import table
from policies.verdict import Kind

ORDER = (Kind.FAIL, Kind.UNKNOWN, Kind.PASS, Kind.NOT_APPLICABLE)


def lines(results: Sequence[Result]) -> str:
    """Return one line for each check: verdict, name, and what was found."""
    rows = [[label(each), each.check.id, each.answer.words] for each in results]
    return table(("verdict", "check", "what was found"), rows)


def full(results: Sequence[Result]) -> str:
    """Return the lines, then what to do, then the sum."""
    return "\n".join([lines(results), *_mends(results), "", summary(results)])


def label(result: Result) -> str:
    """Return the verdict in a word; a failure that stops no run is an advice."""
    if result.check.advises and result.answer.kind in (Kind.FAIL, Kind.UNKNOWN):
        return "advice"
    return result.answer.kind.value


def summary(results: Sequence[Result]) -> str:
    """Return how many checks there are of each verdict."""
    counts = Counter(map(label, results))
    words = [f"{counts[each.value]} {each.value}" for each in ORDER]
    return ", ".join([*words, f"{counts['advice']} advice"])


def _mends(results: Sequence[Result]) -> Iterator[str]:
    for each in results:
        if each.answer.kind in (Kind.FAIL, Kind.UNKNOWN):
            yield f"\n{each.check.id}: {each.answer.words}"
            yield f"  it matters: {each.check.why}"
            yield f"  to mend:    {each.check.mend}"
