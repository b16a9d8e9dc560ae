"""The program itself: what a component refuses is told in one line."""

import gc
import runpy

import pulumi
import pytest

from tests.settings.workspace import ROOT


def test_what_a_component_refuses_is_an_error_of_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("name must have at most 44 characters, got 45")

    monkeypatch.setattr("blueprint.given.settings_of", refuse)
    monkeypatch.setattr(gc, "set_threshold", lambda *_: None)

    with pytest.raises(pulumi.RunError, match="^name must have at most 44 characters, got 45$"):
        runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")
