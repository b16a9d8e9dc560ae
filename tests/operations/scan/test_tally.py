"""What is an accident in a column and what is not."""

from operations.scan.tally import Tally


def kinds(tally: Tally) -> dict[str, int]:
    return dict(tally.kinds())


def tally(*, masked: int = 1, different: int = 0, **counts: int) -> Tally:
    found = Tally(masked=bool(masked), values=1000)
    for name, count in counts.items():
        setattr(found, name, count)
    found.distinct = set(range(different))
    found.settle()
    return found


def formed(*, number: bool, of: int, real: int, kind: str = "nl-bsn") -> dict[str, int]:
    found = Tally(number)
    found.count([(kind, True)] * real + [(kind, False)] * (of - real))
    return kinds(found)


def test_one_original_among_many_different_values_is_a_finding() -> None:
    assert kinds(tally(by_value=1000, originals=1, different=900)) == {"original": 1}
    assert kinds(tally(by_value=1000, originals=0, different=900)) == {}


def test_fakes_out_of_a_short_list_may_be_somebodys_name() -> None:
    few = {"by_value": 1000, "originals": 1000, "different": 256}

    assert kinds(tally(**few, by_line=1000, unchanged=4)) == {}
    assert kinds(tally(**few, by_line=1000, unchanged=900)) == {"unchanged": 900}


def test_without_a_key_most_of_a_short_list_must_be_somebodys() -> None:
    assert kinds(tally(by_value=1000, originals=501, different=256)) == {"original": 501}
    assert kinds(tally(by_value=1000, originals=500, different=256)) == {}


def test_a_column_that_stays_shares_some_words() -> None:
    kept = {"by_value": 1000, "different": 900}

    assert kinds(tally(masked=False, originals=50, **kept)) == {}
    assert kinds(tally(masked=False, originals=51, **kept)) == {"original": 51}
    assert kinds(tally(masked=False, originals=900, by_value=1000, different=30)) == {}


def test_a_row_in_twenty_may_have_its_own_by_accident() -> None:
    assert kinds(tally(by_line=1000, unchanged=50)) == {}
    assert kinds(tally(by_line=1000, unchanged=51)) == {"unchanged": 51}
    assert kinds(tally(by_line=1, unchanged=1)) == {"unchanged": 1}


def test_every_eleventh_number_passes_a_check_by_accident() -> None:
    assert formed(number=True, of=1, real=1) == {"nl-bsn": 1}
    assert formed(number=True, of=11, real=1) == {}
    assert formed(number=True, of=10, real=5) == {"nl-bsn": 5}
    assert formed(number=False, of=11, real=1) == {"nl-bsn": 1}
    assert formed(number=False, of=1100, real=100) == {}
    assert formed(number=False, of=1100, real=400) == {"nl-bsn": 400}
    assert formed(number=False, of=1100, real=1, kind="email") == {"email": 1}


def test_a_masked_column_that_could_not_be_compared_is_told_of() -> None:
    assert tally().is_not_compared
    assert not tally(masked=False).is_not_compared
    assert not tally(by_line=1).is_not_compared
    assert not tally(by_value=1).is_not_compared
    assert not Tally(masked=True).is_not_compared


def test_parts_of_a_column_come_to_the_whole() -> None:
    one, other = Tally(values=2, distinct={1, 2}), Tally(values=3, distinct={2, 3})
    one.count([("email", True)])
    other.count([("email", True), ("url", False)])
    one.add(other)
    one.settle()

    assert (one.values, one.different, dict(one.real)) == (5, 3, {"email": 2})
