"""What is said of an engine that cannot be started."""

from pathlib import Path

import pytest

from operations import engine
from operations.errors import OperationError


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        (None, "pulumi: there is no such command"),
        # As in a search path with a folder that may not be looked into.
        (0o644, "pulumi: there is no such command that may be run"),
    ],
)
def test_a_command_that_is_not_there_or_may_not_be_run_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int | None, says: str
) -> None:
    if mode is not None:
        (tmp_path / "pulumi").touch(mode)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OperationError) as refused:
        engine.run(tmp_path, ["pulumi", "version"])
    assert str(refused.value) == says
