"""The AWS of the sandbox is gone, and what is left of it."""

import os
import signal

from tests.support.crash import left_behind, processes
from tests.support.project import Project, refused


def test_an_aws_that_is_gone_while_stacks_exist_is_refused(both_up: Project) -> None:
    assert left_behind(both_up.root) == [], "the AWS saves its state when it ends"
    state = both_up.root / ".sandbox" / "aws.state"
    aside = state.with_suffix(".aside")
    state.rename(aside)
    try:
        refused(both_up, "preview", "staging", says="`make down` starts anew")
    finally:
        aside.rename(state)


def test_what_runs_where_is_shown_without_any_aws(both_up: Project) -> None:
    assert left_behind(both_up.root) == []
    told = both_up.ran("status")
    assert "What runs where" in told
    assert "Outputs of staging" in told
    assert processes(both_up.root) == []


def test_an_aws_that_does_not_answer_is_said_in_one_line(both_up: Project) -> None:
    with both_up.session() as session:
        pid = session.tell("status")["pid"]
        os.kill(pid, signal.SIGKILL)
        assert not session.answers()
    assert both_up.changes("staging") == {}, "a new one takes over from the saved state"
