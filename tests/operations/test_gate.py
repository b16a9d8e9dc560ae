"""The gate goes on only from a preview that every policy has passed, and leaves no plan behind."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from operations.command import main
from operations.delivery.release_lines import release_of
from operations.errors import OperationError
from operations.gate import gate
from tests.settings.workspace import FILES, ROOT
from tests.support.scripts import python_script

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("recorded_anew")]

PULUMI = """\
import json, os, sys

arguments = sys.argv[1:]
with open("asked", "a") as asked:
    asked.write(json.dumps(arguments) + "\\n")
if "--save-plan" in arguments:
    plan = arguments[arguments.index("--save-plan") + 1]
    open(plan, "w").write("the plan")
    print(oct(os.stat(os.path.dirname(plan)).st_mode)[-3:], file=open("mode", "w"))
if "--plan" in arguments:
    print(open(arguments[arguments.index("--plan") + 1]).read(), file=open("planned", "w"))
if arguments[0] in ("preview", "up"):
    folder = os.environ["UNDERSTUDY_RECORDINGS"]
    with open(folder + "/recorded", "a+") as kept, open("kept", "a") as seen:
        kept.seek(0)
        seen.write(folder + kept.read() + "\\n")
        kept.write(" by " + arguments[0])
if arguments[:2] == ["stack", "output"]:
    print(os.environ.get("OUTPUTS", "{}"))
    sys.exit()
print(os.environ.get("SAY", ""))
sys.exit(int(os.environ.get("FAIL_" + arguments[0].upper(), "0")))
"""
IMAGE = "222222222222.dkr.ecr.eu-west-1.amazonaws.com/storefront@sha256:"


class Engine:
    """A command that stands for the engine and writes down what it is asked."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.command = root / "pulumi"
        python_script(self.command, PULUMI)
        for file in FILES:
            shutil.copy(ROOT / file, root)
        self.file = root / "Pulumi.staging.yaml"
        release = release_of(self.file.read_text())
        self.runs = {"releaseImage": release["image"], "releaseVersion": release["version"]}

    def run(self, *, confirmed: bool = True, dry_run: bool = False) -> int:
        return gate(
            self.root,
            "staging",
            [str(self.command)],
            confirm=lambda: confirmed,
            dry_run=dry_run,
        )

    def asked(self) -> list[str]:
        """Return the first word of each command that previews or changes something."""
        path = self.root / "asked"
        lines = path.read_text().splitlines() if path.exists() else []
        return [word for line in lines if (word := line.split('"')[1]) != "stack"]


@pytest.fixture(name="engine")
def _engine(tmp_path: Path) -> Engine:
    return Engine(tmp_path)


def test_it_updates_to_the_plan_of_the_preview(engine: Engine) -> None:
    assert engine.run() == 0
    assert engine.asked() == ["preview", "up"]
    assert (engine.root / "planned").read_text() == "the plan\n"
    update = (engine.root / "asked").read_text().splitlines()[-1]
    for word in ("--policy-pack", "policies", "--skip-preview", "--yes", "staging"):
        assert f'"{word}"' in update


def test_nobody_else_reads_the_plan_and_it_does_not_stay(engine: Engine) -> None:
    engine.run()

    assert (engine.root / "mode").read_text() == "700\n"
    assert not (engine.root / ".plans").exists()


def test_what_the_preview_records_lies_with_the_plan_for_the_update(engine: Engine) -> None:
    engine.run()

    plans = engine.root / ".plans"
    assert (engine.root / "kept").read_text() == f"{plans}\n{plans} by preview\n"


def test_a_folder_that_is_named_already_is_the_one(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tmp_path_factory.mktemp("named")
    monkeypatch.setenv("UNDERSTUDY_RECORDINGS", str(named))
    engine.run()

    assert (engine.root / "kept").read_text() == f"{named}\n{named} by preview\n"


@pytest.mark.parametrize("code", ["1", "255"])
def test_a_preview_that_fails_stops_it(
    engine: Engine, code: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FAIL_PREVIEW", code)

    assert engine.run() == 1
    assert engine.asked() == ["preview"]
    assert "nothing was changed" in capfd.readouterr().err
    assert not (engine.root / ".plans").exists()


def test_a_policy_that_could_not_be_run_stops_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SAY", "[advisory] can't run policy 'buckets' during preview")

    assert engine.run() == 1
    assert engine.asked() == ["preview"]
    told = capfd.readouterr()
    assert "a policy could not be run" in told.err
    assert "can't run policy 'buckets'" in told.out


def test_without_a_yes_nothing_is_changed(engine: Engine) -> None:
    assert engine.run(confirmed=False) == 0
    assert engine.asked() == ["preview"]


def test_a_dry_run_does_not_ask_and_changes_nothing(engine: Engine) -> None:
    assert engine.run(dry_run=True) == 0
    assert engine.asked() == ["preview"]


def test_an_update_that_fails_is_told(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FAIL_UP", "1")

    assert engine.run() == 1
    assert "the update failed" in capfd.readouterr().err
    assert not (engine.root / ".plans").exists()


def test_by_a_role_that_only_reads_nothing_is_changed(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("UNDERSTUDY_PROVIDER_ROLE", "understudy-preview")
    assert main(["gate", "staging", "--yes", "--root", str(engine.root)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("UNDERSTUDY_PROVIDER_ROLE: must not be set where something is changed")
    assert engine.asked() == []


def test_the_release_that_runs_stays(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTPUTS", json.dumps(engine.runs))
    assert engine.run() == 0
    assert engine.asked() == ["preview", "up"]


@pytest.mark.parametrize(
    "other", [{"releaseVersion": "1.1.0"}, {"releaseImage": f"{IMAGE}{'b' * 64}"}]
)
def test_another_release_is_refused_before_anything_is_done_and_previewed_all_the_same(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, other: dict[str, str]
) -> None:
    runs = {**engine.runs, **other}
    monkeypatch.setenv("OUTPUTS", json.dumps(runs))
    version, said = runs["releaseVersion"], engine.runs["releaseVersion"]
    words = (
        f"Pulumi.staging.yaml: identity.release: {version} runs, this says {said}; "
        f"write what runs ({version}, {runs['releaseImage']}) there"
    )
    with pytest.raises(OperationError, match=re.escape(words)):
        engine.run()
    assert engine.asked() == []
    assert engine.run(dry_run=True) == 0
    assert engine.asked() == ["preview"]


def test_a_file_that_is_refused_stops_it(engine: Engine) -> None:
    engine.file.write_text(engine.file.read_text().replace("release:", "relaese:"))
    with pytest.raises(OperationError, match="did you mean release"):
        engine.run()
    assert engine.asked() == []


def test_outputs_that_nobody_tells_stop_it(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTPUTS", "who knows")
    with pytest.raises(OperationError, match="staging: no outputs: the engine failed"):
        engine.run()
    assert engine.asked() == []


def test_a_stack_without_a_file_is_refused(engine: Engine) -> None:
    with pytest.raises(OperationError, match="there is no Pulumi.demo.yaml"):
        gate(engine.root, "demo", ["pulumi"], confirm=lambda: True, dry_run=False)


def test_a_command_that_there_is_not_is_refused(engine: Engine) -> None:
    with pytest.raises(OperationError, match="there is no such command"):
        gate(engine.root, "staging", ["no-such-command"], confirm=lambda: True, dry_run=False)


def test_where_nobody_can_be_asked_it_needs_a_yes(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", f"{engine.root}{os.pathsep}{os.environ['PATH']}")

    assert main(["gate", "staging", "--root", str(engine.root)]) == 2
    assert capsys.readouterr().err == "gate: nobody can be asked here; give --yes or --dry-run\n"
    assert engine.asked() == []
    assert main(["gate", "staging", "--root", str(engine.root), "--yes"]) == 0
    assert engine.asked() == ["preview", "up"]
