"""Plugins forked by the warm process: they are what they would be when started anew."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from sandbox.aws.__main__ import _warm
from sandbox.plugin import SOCKET, connected
from tests.support.plugins import ENVIRONMENT, LONGEST_SECONDS, await_that, warm_process

PROVIDER = "sandbox.provider"
PACK = """
from pulumi_policy import PolicyPack, StackValidationPolicy
PolicyPack("pack", [StackValidationPolicy("rule", "A rule.", lambda stack, report: None)])
"""

pytestmark = pytest.mark.slow


def _starting(folder: Path, arguments: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-S", "-m", "sandbox.plugin", str(folder), *arguments]


def _plugin(
    folder: Path, *arguments: str, **environment: str
) -> AbstractContextManager["subprocess.Popen[str]"]:
    return _process(_starting(folder, arguments), **environment)


def _engine(folder: Path, *arguments: str) -> AbstractContextManager["subprocess.Popen[str]"]:
    """Return a process that starts a plugin, as the engine does."""
    starts = f"import subprocess; subprocess.run({_starting(folder, arguments)!r})"
    return _process([sys.executable, "-c", starts])


@contextmanager
def _process(command: list[str], **environment: str) -> Iterator["subprocess.Popen[str]"]:
    given = {**ENVIRONMENT, **environment}
    with subprocess.Popen(command, env=given, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    # Deeper than a socket's address may be long.
    folder = tmp_path_factory.mktemp("warm") / ("deep" * 20) / ("er" * 20)
    folder.mkdir(parents=True)
    with warm_process(folder):
        yield folder


def _port(process: "subprocess.Popen[str]") -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


def _listens(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def _is_forked(process: "subprocess.Popen[str]") -> bool:
    """Tell whether one stands in for the plugin, and is not the plugin itself."""
    return "sandbox.plugin" in Path(f"/proc/{process.pid}/cmdline").read_text()


def _children(pid: int) -> set[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return {int(child) for child in listed.split()}


def test_a_plugin_is_forked_and_writes_where_its_own_would(warm: Path) -> None:
    with _plugin(warm, PROVIDER, "random") as process:
        port = _port(process)
        assert _listens(port)
        assert not _children(process.pid)
        assert _is_forked(process)


def test_without_a_warm_process_the_plugin_starts_anew(tmp_path: Path) -> None:
    with _plugin(tmp_path, PROVIDER, "random") as process:
        assert _listens(_port(process))
        assert PROVIDER in Path(f"/proc/{process.pid}/cmdline").read_text()


def test_a_plugin_has_the_modules_of_its_own_project(warm: Path, tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text("OF = 'another project'\n")
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (pack / "__main__.py").write_text(f"from settings import OF\n{PACK}")
    path = f"{tmp_path}{os.pathsep}{ENVIRONMENT['PYTHONPATH']}"
    with _plugin(warm, "pulumi.policy", "127.0.0.1:1", str(pack), PYTHONPATH=path) as process:
        assert _listens(_port(process))


def test_sandboxes_may_share_a_warm_process(
    warm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNDERSTUDY_WARM", str(warm))
    assert _warm(tmp_path) is None
    with _plugin(tmp_path, PROVIDER, "random") as process:
        assert _listens(_port(process))
        assert _is_forked(process)


def test_a_sandbox_that_is_to_do_without_leaves_the_one_it_shared(
    warm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNDERSTUDY_WARM", str(warm))
    _warm(tmp_path)
    monkeypatch.setenv("UNDERSTUDY_WARM", "0")
    assert _warm(tmp_path) is None
    assert connected(tmp_path) is None


def test_a_module_that_is_no_plugin_is_not_run(warm: Path) -> None:
    with _plugin(warm, "this") as process:
        assert process.wait(LONGEST_SECONDS) == 0
        assert process.stdout is not None
        # By a Python of its own, as if there were no warm process.
        assert "Zen of Python" in process.stdout.read()


def test_an_interrupt_ends_a_provider_well(warm: Path) -> None:
    with _plugin(warm, PROVIDER, "random") as process:
        port = _port(process)
        process.send_signal(signal.SIGINT)
        assert process.wait(LONGEST_SECONDS) == 0
        assert not _listens(port)


def test_a_plugin_that_fails_hands_its_exit_code_on(warm: Path) -> None:
    with _plugin(warm, PROVIDER) as process:
        assert process.wait(LONGEST_SECONDS) == 1


def test_a_plugin_ends_with_what_stands_in_for_it(warm: Path) -> None:
    with _plugin(warm, PROVIDER, "random") as process:
        port = _port(process)
        process.kill()
        await_that(lambda: not _listens(port))


def test_a_plugin_ends_with_its_engine(warm: Path) -> None:
    with _engine(warm, PROVIDER, "random") as process:
        port = _port(process)
        process.kill()
        await_that(lambda: not _listens(port))


@pytest.mark.parametrize("with_warm", [True, False], ids=["warm", "anew"])
def test_a_policy_pack_ends_with_its_engine(warm: Path, tmp_path: Path, *, with_warm: bool) -> None:
    (tmp_path / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (tmp_path / "__main__.py").write_text(PACK)
    folder = warm if with_warm else tmp_path
    with _engine(folder, "pulumi.policy", "127.0.0.1:1", str(tmp_path)) as process:
        port = _port(process)
        assert _listens(port)
        process.kill()
        await_that(lambda: not _listens(port))


def test_a_plugin_outlives_the_warm_process(tmp_path: Path) -> None:
    with warm_process(tmp_path) as warm, _plugin(tmp_path, PROVIDER, "random") as process:
        port = _port(process)
        assert warm.stdin is not None
        warm.stdin.close()
        assert warm.wait(LONGEST_SECONDS) == 0
        assert not (tmp_path / SOCKET).exists()
        assert _listens(port)
        process.send_signal(signal.SIGINT)
        await_that(lambda: not _listens(port))


def test_a_request_that_breaks_off_harms_nobody(warm: Path) -> None:
    line = connected(warm)
    assert line is not None
    socket.send_fds(line, [(100).to_bytes(4, "big")], [0, 1, 2])
    line.sendall(b"{'module'")
    line.close()
    with _plugin(warm, PROVIDER, "random") as process:
        assert _listens(_port(process))
        assert _is_forked(process)


def test_a_plugin_ends_with_who_asked_for_it_and_did_not_hear_the_answer(warm: Path) -> None:
    wanted = {"module": PROVIDER, "arguments": ["random"], "folder": str(warm)}
    body = repr({**wanted, "environment": ENVIRONMENT}).encode()
    said, says = os.pipe()
    line = connected(warm)
    assert line is not None
    with line:
        socket.send_fds(line, [len(body).to_bytes(4, "big")], [0, says, 2])
        os.close(says)
        line.sendall(body)
        port = int(os.read(said, 16))
        assert _listens(port)
    # The number of the process was there to be read: the plugin's end of the line breaks.
    await_that(lambda: not _listens(port))
    os.close(said)
