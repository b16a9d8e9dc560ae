"""Every command of the guide is run as it stands, on both sides, from the first to the last."""

import os
import shutil
from pathlib import Path

import pytest

from operations.command import main
from tests.operations.backup.stack import Stack, deployed
from tests.operations.refresh.conftest import COMMITTED_KEY
from tests.operations.refresh.machine import SNAPSHOT, production_of, states
from tests.operations.refresh.sides import TAKER, giver, replace, side_of
from tests.settings.workspace import ROOT
from tests.support.cloud import ACCOUNT, Cloud
from tests.support.guides import commands

pytestmark = pytest.mark.moto

PAGE = ROOT / "docs" / "data-refresh.md"
APPLICATION = SNAPSHOT.split("-")[1]


def test_every_command_does_what_it_says(
    producing: Stack,
    interpreter: Cloud,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    root, path = tmp_path_factory.mktemp("staging"), os.environ["PATH"]
    staging = side_of(
        deployed(interpreter, root, monkeypatch, capsys), APPLICATION, sharedSnapshotsRoleArn=TAKER
    )
    sharing = giver(interpreter)
    sharing.make(SNAPSHOT, ACCOUNT)
    replace(root / "Pulumi.staging.yaml", COMMITTED_KEY, sharing.key)
    for name in "abc":
        staging.stack.snapshot(f"{staging.prefix}{name}")
    ran = []
    with production_of(producing, states(), APPLICATION) as production:
        production.put()
        roots = {"production": production.side.root, "staging": root}
        for words in commands(PAGE):
            engine: Path = roots[words[2]] / "bin"
            monkeypatch.setenv("PATH", f"{engine}{os.pathsep}{path}")
            code = main([*words, "--root", str(roots[words[2]])])
            assert code == 0, (words, capsys.readouterr())
            ran.append(tuple(words[1:3]))
            if words[1] == "start":
                # What was fetched is reviewed and committed, and so comes to staging.
                shutil.copytree(production.side.manifests, staging.manifests)

    assert ran == [
        ("start", "production"),
        ("take-over", "staging"),
        ("status", "staging"),
        ("prune", "staging"),
        ("prune", "production"),
    ]
    # Staging's were too young to go; production's are the same here, where both have one account.
    assert staging.snapshots() == [SNAPSHOT, f"{staging.prefix}c"]
