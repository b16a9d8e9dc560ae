"""Restores a PostgreSQL on this machine, from a base backup and archived WAL, to a moment.

What RDS does behind ``RestoreDBInstanceToPointInTime``, for a drill without an AWS account: a copy
of the base backup is started beside the live server and replays the archive up to the moment
(PostgreSQL documentation, "Continuous Archiving and Point-in-Time Recovery").
"""

import contextlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from operations.backup.connecting import reading_if_it_answers
from operations.backup.drill import Restored
from operations.errors import OperationError

SERVER_ACCOUNT = "postgres"
PREFIX = "understudy-drill-"
MARK = ".understudy-drill"
"""In each folder that a restore makes, with the process that made it: only those are removed."""
START_SECONDS = 60
RECOVER_SECONDS = 6 * 3600
PORTS = range(20_000, 32_000)
"""Below those that a client's connection is given meanwhile (Linux: 32768 to 60999, ip(7)).

The copy takes its port only once all of the base backup is copied, which may be hours later.
"""
PID_LINES = 8
"""Of postmaster.pid; the last is the state (PostgreSQL, src/include/utils/pidfile.h)."""


@dataclass(frozen=True)
class Local:
    """A live server's base backup and archive, and where a copy may be started."""

    base: Path
    """What ``pg_basebackup`` wrote, as plain files."""
    archive: Path
    """Where ``archive_command`` puts the WAL."""
    conninfo: str
    """What connects to the live server; the restored one takes the same user and database."""
    copies: Path = field(default_factory=lambda: Path(tempfile.gettempdir()))
    """Where the copy is put, for as long as the drill takes; it needs room for the whole of it."""
    kind: str = "local"

    @property
    def source(self) -> str:
        """The folder of the base backup."""
        return self.base.name

    def restore(self, moment: datetime | None) -> Restored:
        """Start a copy that has recovered up to the moment; the end of the archive by default."""
        began = datetime.now(UTC)
        for what, folder in (("base backup", self.base), ("archive", self.archive)):
            if not folder.is_dir():
                raise OperationError(f"{folder}: there is no such {what}")
        self._remove_abandoned()
        account, port = server_account(), free_port()
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=self.copies))
        restored = Restored(
            str(folder),
            make_conninfo(self.conninfo, host="127.0.0.1", port=port),
            moment or began,
            began,
        )
        try:
            (folder / MARK).write_text(str(os.getpid()))
            data = folder / "data"
            shutil.copytree(self.base, data, symlinks=True)
            _configure(data, self.archive, port, moment)
            data.chmod(0o700)
            if account is not None:
                _give(folder, account)
            self._start(folder)
        except BaseException:
            self.remove(restored)
            raise
        return restored

    def live(self) -> AbstractContextManager[psycopg.Connection | None]:
        """Connect to the live server; None where it does not answer."""
        return reading_if_it_answers(self.conninfo)

    def remove(self, restored: Restored) -> None:
        """Stop the copy and delete its folder; one that no restore made is left alone."""
        folder = Path(restored.name)
        if not (folder / MARK).is_file():
            return
        if (folder / "data" / "postmaster.pid").exists():
            _control(folder, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder)

    def _remove_abandoned(self) -> None:
        """Take away what drills left that were killed."""
        for mark in self.copies.glob(f"{PREFIX}*/{MARK}"):
            if not _lives(mark.read_text()):
                folder = mark.parent
                self.remove(Restored(str(folder), "", datetime.now(UTC), datetime.now(UTC)))

    def _start(self, folder: Path) -> None:
        log, pid = folder / "log", folder / "data" / "postmaster.pid"
        code = _control(folder, "-l", str(log), "-W", "start")
        began = time.monotonic()
        while code == 0 and _state(pid) != "ready":
            waited = time.monotonic() - began
            if waited > RECOVER_SECONDS or _ended(pid, log, waited):
                break
            time.sleep(0.05)
        if _state(pid) != "ready":
            raise OperationError(f"{self.base}: the copy did not recover: {_last(log)}")


def _lives(process: str) -> bool:
    """Tell whether a process is there; one whose number can't be read counts as there."""
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (ValueError, PermissionError):
        return True
    return True


def _state(pid: Path) -> str:
    """Return what a server says of itself in its file: pg_ctl takes one that recovers for ready."""
    lines = _text(pid).splitlines()
    return lines[-1].strip() if len(lines) >= PID_LINES else ""


def _ended(pid: Path, log: Path, waited: float) -> bool:
    """Tell whether a server that was started is no more."""
    return not pid.exists() and ("FATAL:" in _text(log) or waited > START_SECONDS)


def _text(file: Path) -> str:
    try:
        return file.read_text(errors="replace")
    except FileNotFoundError:
        return ""


def _configure(data: Path, archive: Path, port: int, moment: datetime | None) -> None:
    """Tell the copy what to replay and for whom to listen; it must not archive anything itself."""
    settings = {
        "port": str(port),
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "archive_mode": "off",
        # Nobody gets in before it has recovered, so who gets in finds it so.
        "hot_standby": "off",
        "restore_command": f'cp "{archive}/%f" "%p"',
        "recovery_target_action": "promote",
        "recovery_target_timeline": "latest",
    }
    if moment is not None:
        settings["recovery_target_time"] = moment.astimezone(UTC).isoformat(sep=" ")
    lines = [
        f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in settings.items()
    ]
    # Read last, so it goes before what the live server had.
    with (data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        file.write("\n" + "\n".join(lines) + "\n")
    (data / "recovery.signal").touch()


def _control(folder: Path, *words: str) -> int:
    """Run pg_ctl on the copy and return its exit code."""
    account, data = server_account(), folder / "data"
    major = (data / "PG_VERSION").read_text().strip()
    return subprocess.run(  # noqa: S603  (PostgreSQL's own)
        [program("pg_ctl", major), "-D", str(data), *words],
        cwd="/",
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        # The server keeps what it inherits open, so a pipe would never end.
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    ).returncode


def program(name: str, major: str) -> str:
    """Return the path of one of PostgreSQL's programs; Debian keeps the server's off the PATH."""
    installed = Path(f"/usr/lib/postgresql/{major}/bin/{name}")
    found = str(installed) if installed.exists() else shutil.which(name)
    if found is None:
        raise OperationError(f"{name}: PostgreSQL {major} is not installed")
    return found


def server_account() -> pwd.struct_passwd | None:
    """Return whom the copy runs as: another than root, which PostgreSQL refuses."""
    return pwd.getpwnam(SERVER_ACCOUNT) if os.geteuid() == 0 else None


def _give(folder: Path, account: pwd.struct_passwd) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)


def free_port() -> int:
    """Return a port of the loopback that nobody listens on; OperationError where all are taken."""
    first = secrets.randbelow(len(PORTS))
    for port in chain(PORTS[first:], PORTS[:first]):
        with socket.socket() as taken, contextlib.suppress(OSError):
            taken.bind(("127.0.0.1", port))
            return port
    raise OperationError(f"no port of 127.0.0.1 from {PORTS.start} to {PORTS[-1]} is free")


def _last(log: Path) -> str:
    """Return the server's last words, without what it was given."""
    found = [line.partition("FATAL:")[2] for line in _text(log).splitlines() if "FATAL:" in line]
    return found[-1].strip() if found else "it said nothing"
