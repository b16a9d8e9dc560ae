"""A recorder says the same whether it is forked, starts by itself, or waits to be told."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from policies import kept
from policies.errors import PolicyError
from policies.recorder_process import Recorder, loading
from tests.settings.workspace import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("recorded_anew")]

WELL = """
import os
import pulumi

config = pulumi.Config()
pulumi.log.info("what is printed is no part of the answer")
print("nor is this")
pulumi.CustomResource("t:m:T", "one", {"size": config.require_int("size"),
                                       "told": sorted(k for k in os.environ if "PULUMI_" in k)})
"""
REFUSED = "import pulumi\nraise pulumi.RunError('Pulumi.test.yaml: size: is refused')\n"
BROKEN = "raise KeyError('gone')\n"
BROKEN_LATER = "import pulumi\npulumi.Output.from_input({}).apply(lambda given: given['gone'])\n"
HALF = "import os\nos.write(1, b'{\"stack\": ')\nos.kill(os.getpid(), 9)\n"
RUNS = "from pathlib import Path\n(Path(__file__).parent / 'ran').touch()\n"
FORKED = """
import sys
from pathlib import Path
from policies.errors import PolicyError
from policies.recorder_process import Recorder

recorder = Recorder.begun(Path(sys.argv[1]), sys.argv[2:])
try:
    print("\\n".join(recorder.lines()))
except PolicyError as error:
    sys.exit(str(error))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: test\nruntime: python\n")
    (tmp_path / "Pulumi.test.yaml").write_text("config: {test:size: 3}\n")
    return tmp_path


def _forked(project: Path, program: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Fork it from a process without threads, as the policy pack is at its start."""
    (project / "__main__.py").write_text(program)
    return subprocess.run(
        [sys.executable, "-c", FORKED, str(project), "test"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PULUMI_SECRET_OF_THE_ENGINE": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def _started(project: Path, program: str) -> list[str]:
    (project / "__main__.py").write_text(program)
    return list(Recorder.started(project, ["test"]).lines())


def test_a_forked_recorder_records_the_same(project: Path) -> None:
    done = _forked(project, WELL)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == _started(project, WELL)
    assert '"size": 3' in done.stdout
    assert '"told": []' in done.stdout


def test_what_was_kept_is_not_recorded_again_until_something_changes(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("kept")
    named = {kept.VARIABLE: str(folder)}
    first = _forked(project, WELL, **named)
    assert first.stdout == _forked(project, WELL).stdout
    (file,) = folder.iterdir()
    assert file.read_text() == first.stdout
    file.write_text("kept\n")

    assert _forked(project, WELL, **named).stdout == "kept\n"
    assert _forked(project, f"{WELL}\n# another", **named).stdout == first.stdout
    (project / "Pulumi.test.yaml").write_text("config: {test:size: 4}\n")
    assert '"size": 4' in _forked(project, WELL, **named).stdout
    (project / "more").mkdir()
    (project / "more" / "code.py").write_text("")
    assert '"size": 4' in _forked(project, WELL, **named).stdout
    assert len(list(folder.iterdir())) == 4


def test_one_that_starts_by_itself_keeps_and_finds_the_same(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("kept")
    without = _started(project, WELL)
    monkeypatch.setenv(kept.VARIABLE, str(folder))
    assert _started(project, WELL) == without
    (file,) = folder.iterdir()
    assert _forked(project, WELL, **{kept.VARIABLE: str(folder)}).stdout == file.read_text()
    file.write_text("kept\n")

    assert _started(project, WELL) == ["kept"]
    with loading(project) as tell:
        assert list(tell(["test"]).lines()) == ["kept"]
    with pytest.raises(PolicyError, match="gone"):
        _started(project, BROKEN)
    assert list(folder.iterdir()) == [file]


def test_of_several_only_those_that_are_missing_are_recorded(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("kept")
    monkeypatch.setenv(kept.VARIABLE, str(folder))
    (project / "Pulumi.other.yaml").write_text("config: {test:size: 5}\n")
    _started(project, WELL)
    (file,) = folder.iterdir()
    file.write_text("kept\n")

    before, known, after = Recorder.started(project, ["test@other", "test", "other"]).lines()
    assert ('"size": 3' in before, known, '"size": 5' in after) == (True, "kept", True)
    assert len(list(folder.iterdir())) == 3
    assert _forked(project, WELL, **{kept.VARIABLE: str(folder)}).stdout == "kept\n"
    # One that is refused leaves the others as they are.
    lines = Recorder.started(project, ["other", "test", "absent"]).lines()
    assert [next(lines), next(lines)] == [after, "kept"]
    with pytest.raises(PolicyError, match="Pulumi.absent.yaml"):
        next(lines)
    assert len(list(folder.iterdir())) == 3


def test_the_same_program_elsewhere_is_the_same(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(kept.VARIABLE, str(tmp_path_factory.mktemp("kept")))
    elsewhere = tmp_path_factory.mktemp("other") / "place"
    shutil.copytree(project, elsewhere)
    here = _place(project)
    assert here == _place(elsewhere) != _place(project, "other")
    # The program's modules count wherever its settings are.
    monkeypatch.setattr(kept, "OWN", elsewhere)
    assert here != _place(project)


def _place(project: Path, stack: str = "test") -> Path:
    return kept.Shelf.of(project, [stack]).files[stack]


def test_without_a_folder_or_without_success_nothing_is_kept(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("kept")
    named = {kept.VARIABLE: str(folder)}
    assert _forked(project, BROKEN, **named).returncode == 1
    assert list(folder.iterdir()) == []
    folder.rmdir()
    done = _forked(project, WELL, **named)
    assert done.returncode == 0, done.stderr
    assert not folder.exists()


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (REFUSED, "Pulumi.test.yaml: size: is refused"),
        (BROKEN, "KeyError: 'gone'"),
        (BROKEN_LATER, "KeyError: 'gone'"),
    ],
)
def test_both_tell_why_a_program_gives_no_graph(project: Path, program: str, words: str) -> None:
    done = _forked(project, program)
    assert (done.returncode, done.stderr.splitlines()) == (1, [words])
    with pytest.raises(PolicyError) as error:
        _started(project, program)
    assert str(error.value) == words


def test_a_recorder_that_is_killed_is_told_of(project: Path) -> None:
    with pytest.raises(PolicyError, match="the recorder ended with -9"):
        _started(project, "import os\nos.kill(os.getpid(), 9)\n")


def test_graphs_come_as_they_are_recorded_and_a_recorder_that_is_left_ends(project: Path) -> None:
    (project / "__main__.py").write_text(WELL)
    recorder = Recorder.started(project, ["test", "absent"])
    lines = recorder.lines()
    assert '"stack": "test"' in next(lines)
    lines.close()
    assert recorder.wait() != 0


def test_a_graph_that_a_killed_recorder_had_begun_to_write_is_none(project: Path) -> None:
    (project / "__main__.py").write_text(HALF)
    with pytest.raises(PolicyError, match="the recorder ended with -9"):
        next(Recorder.started(project, ["test"]).lines())


def test_what_is_there_before_one_is_refused_is_given(project: Path) -> None:
    (project / "__main__.py").write_text(WELL)
    lines = Recorder.started(project, ["test", "absent"]).lines()
    next(lines)
    with pytest.raises(PolicyError, match="Pulumi.absent.yaml"):
        next(lines)


def test_one_that_waits_records_what_it_is_told_to(project: Path) -> None:
    (project / "__main__.py").write_text(WELL)
    with loading(project) as tell:
        lines = list(tell(["test"]).lines())
    assert lines == _started(project, WELL)


def test_one_that_is_told_nothing_runs_nothing(project: Path) -> None:
    (project / "__main__.py").write_text(RUNS)
    with loading(project):
        pass
    assert not (project / "ran").exists()
    with loading(project) as tell:
        list(tell(["test"]).lines())
    assert (project / "ran").exists()


def test_one_that_waits_tells_why_a_program_gives_no_graph(project: Path) -> None:
    (project / "__main__.py").write_text(BROKEN)
    with loading(project) as tell, pytest.raises(PolicyError, match="KeyError: 'gone'"):
        list(tell(["test"]).lines())


def test_one_that_cannot_load_tells_why_once_it_is_asked(project: Path) -> None:
    with loading(project) as tell, pytest.raises(PolicyError, match="__main__.py"):
        list(tell(["test"]).lines())


def test_a_folder_is_found_from_wherever_it_is_named(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "__main__.py").write_text(WELL)
    monkeypatch.chdir(project.parent)
    lines = list(Recorder.started(Path(project.name), ["test"]).lines())
    assert '"size": 3' in lines[0]
