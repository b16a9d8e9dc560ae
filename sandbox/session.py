"""One use of the sandbox: its folder, its AWS while somebody holds it, its engine's environment."""

import contextlib
import hashlib
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from sandbox import control, engine, folder, lost, processes, project
from sandbox.errors import SandboxError
from sandbox.files import put

STOP_SECONDS = 30
VALIDATED = "validated"
"""In the sandbox's folder: the mark of the settings that were found good last.

Looking at them anew takes half a second, and a deployment asks for the engine a dozen times.
"""


@dataclass
class Session:
    """A lease on the sandbox's AWS; use as a context manager."""

    root: Path
    port: int = 0
    say: engine.Say = engine.tell
    engine_first: bool = False
    """Whether to look for the engine, and refuse one that is too old, before an AWS starts."""
    endpoint: str = field(default="", init=False)
    _found: Path | None = field(default=None, init=False)
    _cli: Path | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        # Its AWS is known by the folder in its command line, however the folder was called.
        self.root = self.root.resolve()

    @property
    def folder(self) -> Path:
        """The sandbox's own folder inside the project."""
        return folder.of(self.root)

    @property
    def project(self) -> Path:
        """The project as the sandbox's engine sees it."""
        return self.folder / folder.PROJECT

    def __enter__(self) -> "Session":
        mark = settings_mark(self.root)
        validated = self.folder / VALIDATED
        known = validated.is_file() and validated.read_text() == mark
        if not known:
            self._refuse_bad_settings()
        if self.engine_first:
            self._found = engine.find(self.say)
        with folder.locked(self.root):
            folder.prepare(self.root)
            if not known:
                put(validated, mark)
            self._join()
        self._refuse_other_accounts()
        lost.tell(self.folder)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.tell("release", {"pid": os.getpid()})
        except SandboxError:
            return  # Its AWS is gone already; there is nothing to give back.

    # Folder

    def _refuse_bad_settings(self) -> None:
        """Check the settings before anything is written; their own command says what is wrong."""
        if not (self.root / "settings").is_dir():
            return
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "settings", "validate", "--root", str(self.root)],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise SandboxError(done.stderr.strip())

    def _refuse_other_accounts(self) -> None:
        """Refuse an account that this sandbox was not started with, before anything is changed."""
        known = {role["account"] for role in self.tell("status")["seeds"]["roles"]}
        for stack in project.stacks(self.root):
            account = project.identity_of(self.root, stack)["account"]
            if account not in known:
                raise SandboxError(
                    f"Pulumi.{stack}.yaml: identity.account {account} is no account of this "
                    f"sandbox; it has {', '.join(sorted(known))} (`make down` allows others)"
                )

    # AWS

    def _join(self) -> None:
        """Take a lease on the running AWS, or start one."""
        deadline = time.monotonic() + STOP_SECONDS
        while (running := processes.aws_of(self.folder)) is not None:
            self.endpoint = running["endpoint"]
            if self.port and running["port"] != self.port:
                raise SandboxError(
                    f"the sandbox's AWS runs on port {running['port']}, not on {self.port}"
                )
            try:
                self.tell("lease", {"pid": os.getpid()})
            except SandboxError as error:
                if time.monotonic() > deadline:
                    raise SandboxError(f"the sandbox's AWS does not stop: {error}") from error
                time.sleep(0.1)
            else:
                return
        self._start()

    def _start(self) -> None:
        if not (self.folder / "aws.state").exists() and folder.recorded(self.folder):
            raise SandboxError(
                f"{self.folder / 'aws.state'}: the state of the sandbox's AWS is gone, but "
                "its stacks hold resources: `make down` starts anew"
            )
        log = self.folder / "logs" / "aws.log"
        with log.open("ab") as stream:
            process = self._started(stream)
        # It outlives this command on purpose; Python would warn of a process nobody waited for.
        process.returncode = 0
        with process.stdout or contextlib.nullcontext() as said:
            line = said.readline().strip() if said else ""
        if not line.isdigit():
            reason = line.removeprefix("error: ") or f"see {log}"
            raise SandboxError(f"the sandbox's AWS does not start: {reason}")
        self.endpoint = f"http://127.0.0.1:{line}"
        self.tell("lease", {"pid": os.getpid()})

    def _started(self, log: IO[bytes]) -> "subprocess.Popen[str]":
        """Start the AWS; it prints its port, or what keeps it from starting."""
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "sandbox.aws", str(self.folder), str(self.port)],
            cwd=self.root,
            env={
                **os.environ,
                "PYTHONPATH": str(self.root),
                "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
                "MOTO_ACM_VALIDATION_WAIT": "1",
            },
            # Out of the terminal's reach: an interrupt is for the command, which then lets go.
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )

    def answers(self) -> bool:
        """Return whether the sandbox's AWS still answers."""
        try:
            self.tell("status")
        except SandboxError:
            return False
        return True

    def tell(self, path: str, given: Any = None) -> dict[str, Any]:
        """Send a control request to the sandbox's AWS and return the answer."""
        return control.tell(self.folder, self.endpoint, path, given)

    # Engine

    def environment(self) -> dict[str, str]:
        """Return the environment in which plain ``pulumi`` and AWS SDKs reach the sandbox."""
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("AWS_", "PULUMI_"))
        }
        return {
            **kept,
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
            "AWS_CONFIG_FILE": str(self.folder / "aws-profiles"),
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self.endpoint,
            # The engine's life is short: to look for garbage less often takes a tenth off its time.
            "GOGC": os.environ.get("GOGC", "400"),
            # Each is read by some: the engine's processes and the AWS all meet on this machine.
            "NO_PROXY": _with_this_machine("NO_PROXY"),
            "no_proxy": _with_this_machine("no_proxy"),
            # Without a file of attributes beside each: they cost a fifth of an update, and of one
            # that a kill has cut off the engine reads no stack.
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}?metadata=skip",
            # `--event-log` is behind this switch; the Automation API sets it too.
            "PULUMI_DEBUG_COMMANDS": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "UNDERSTUDY_SANDBOX": str(self.folder),
            **_checkpoints(),
        }

    def cli(self) -> Path:
        """Return the engine's CLI; one without a Python language host gets ours beside it."""
        if self._cli is None:
            found = self._found or engine.find(self.say)
            if (found.resolve().parent / "pulumi-language-python").exists():
                self._cli = found
            else:
                with folder.locked(self.root):
                    self._cli = folder.bring_engine(self.folder, found.resolve())
        return self._cli


def settings_mark(root: Path) -> str:
    """Return what the verdict on the settings depends on, in short: their files, code and day."""
    mark = hashlib.sha256(f"{sys.version} {datetime.now(UTC).date()}".encode())
    for path in sorted((*root.glob("Pulumi*.yaml"), *root.glob("settings/**/*.py"))):
        text = path.read_bytes()
        mark.update(f"\n{path.relative_to(root)} {len(text)}\n".encode() + text)
    return mark.hexdigest()


def _checkpoints() -> dict[str, str]:
    """Return how often the engine saves a stack's state: after every step, or once at the end.

    The whole state is written each time, which is most of the engine's work. Once is enough where
    nobody kills it (``UNDERSTUDY_CHECKPOINTS=0``); a killed update then can't be recovered.
    """
    off = os.environ.get("UNDERSTUDY_CHECKPOINTS") == "0"
    return {"PULUMI_SKIP_CHECKPOINTS": "true"} if off else {}


def _with_this_machine(name: str) -> str:
    """Return the hosts that are reached without a proxy, this machine among them."""
    return ",".join(filter(None, (os.environ.get(name), "127.0.0.1", "localhost")))
