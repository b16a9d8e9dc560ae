"""What a person may ask of the sandbox: bad words are refused before anything is started."""

import subprocess
import sys
from types import TracebackType
from typing import Any

import pytest

from sandbox import commands
from tests.support.project import ROOT


class Held:
    """A session whose AWS has these holders."""

    leases: tuple[int, ...] = (1,)

    def __init__(self, *_: Any) -> None:
        self.faults: list[dict[str, Any]] = []

    def __enter__(self) -> "Held":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    def tell(self, path: str, given: Any = None) -> dict[str, Any]:
        if path == "faults":
            self.faults = given
        return {"leases": list(self.leases), "faults": self.faults}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["up", "--port", "99999"], "--port: must be from 0 to 65535, got '99999'"),
        (["up", "--port", "-5"], "--port: must be from 0 to 65535, got '-5'"),
        (["fault", "slow", "--times", "0"], "--times: must be from 1 to 10000, got '0'"),
        (["fault", "slow", "--seconds", "x"], "--seconds: must be from 0 to 3600, got 'x'"),
        (["shell", "staging"], "unrecognized arguments: staging"),
    ],
)
def test_numbers_and_words_that_mean_nothing_are_refused(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        commands.main(arguments)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_a_fault_that_nobody_would_meet_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "Session", Held)
    assert commands.main(["fault", "slow"]) == 2
    assert "beside a `make shell`" in capsys.readouterr().err
    monkeypatch.setattr(Held, "leases", (1, 2))
    assert commands.main(["fault", "slow", "--seconds", "2"]) == 0
    assert "slow: * for *, 1 more time(s)" in capsys.readouterr().out


def test_no_command_waits_for_a_library_that_it_needs_nothing_of() -> None:
    code = "import sys, sandbox.commands; print(*{'pulumi', 'botocore', 'rich'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout == b"\n"
