"""The Pulumi engine: the one on PATH, a cached one, or one built from its published Go module.

``python -m sandbox.engine`` prints where it is. It needs no library of ours, and so can run while
those are installed.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from sandbox.errors import SandboxError

VERSION = "v3.259.0"
"""The version that is built where there is none; the sandbox is tested against it."""
OLDEST = (3, 230, 0)
"""The oldest engine that the sandbox accepts: the protocol it speaks is that of 2026."""
MODULE = "github.com/pulumi/pulumi/pkg/v3"
CLIPBOARD = "github.com/tgummerer/clipboard v0.0.0-20241001131231-d02d263e614e"
GO_MOD = f"""module understudy.local/pulumi

go 1.25

require {MODULE} {VERSION}

// The engine's own module file replaces this too; a dependent module has to say it again.
replace github.com/atotto/clipboard => {CLIPBOARD}
"""
LDFLAGS = f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={VERSION}"
BUILD_MINUTES = 5
SANDBOX_BIN = (".sandbox", "bin")

Say = Callable[[str], None]


def tell(words: str) -> None:
    """Say it now: whoever waits for a build may read from a pipe."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def cache_folder() -> Path:
    """Return the only folder outside the project that is written to."""
    named = os.environ.get("UNDERSTUDY_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "understudy"


def find(say: Say) -> Path:
    """Return the engine's CLI, building it if there is none.

    A sandbox's own ``pulumi`` is no engine: in the shell of one checkout, a command of another
    would start the one that starts it. Raises SandboxError if the CLI found is too old
    or none can be built.
    """
    path = os.pathsep.join(
        folder
        for folder in os.environ.get("PATH", "").split(os.pathsep)
        if Path(folder).resolve().parts[-2:] != SANDBOX_BIN
    )
    on_path = shutil.which("pulumi", path=path)
    if on_path is not None:
        _refuse_old(Path(on_path))
        return Path(on_path)
    cached = cache_folder() / f"pulumi-{VERSION}" / "pulumi"
    if not cached.exists():
        _build(cached, say)
    return cached


def _refuse_old(cli: Path) -> None:
    try:
        said = subprocess.run([cli, "version"], capture_output=True, text=True, check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError) as error:
        raise SandboxError(f"{cli}: does not run: {error}") from error
    found = re.search(r"v?(\d+)\.(\d+)\.(\d+)", said.stdout)
    version = tuple(int(part) for part in found.groups()) if found else (0, 0, 0)
    if version < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise SandboxError(
            f"{cli}: Pulumi must be at least v{oldest}, got {said.stdout.strip() or 'no version'}"
        )


def _build(target: Path, say: Say) -> None:
    go = shutil.which("go")
    if go is None:
        raise SandboxError(
            "no pulumi on PATH, and no go to build it with: install Pulumi 3.230 or Go 1.25"
        )
    folder = target.parent / "build"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "go.mod").write_text(GO_MOD)
    except OSError as error:
        raise SandboxError(f"{folder}: cannot be written: {error.strerror}") from error
    say(f"no pulumi on PATH: building {VERSION} from Go, once (about {BUILD_MINUTES} min)")
    beside = target.with_suffix(".part")
    command = [go, "build", "-trimpath", "-tags", "osusergo,grpcnotrace", "-ldflags", LDFLAGS]
    command += ["-o", str(beside), f"{MODULE}/cmd/pulumi"]
    # Compilers live shortly, and looking for garbage takes an eighth of a build. So the
    # largest of them takes 750 MB.
    environment = {"GOGC": "200", **os.environ, "GOFLAGS": "-mod=mod", "CGO_ENABLED": "0"}
    with subprocess.Popen(  # noqa: S603
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        last = _follow(process, say)
    if process.returncode != 0:
        beside.unlink(missing_ok=True)
        raise SandboxError(f"building pulumi {VERSION} failed: {last}")
    beside.replace(target)
    shutil.rmtree(folder, ignore_errors=True)


def _follow(process: "subprocess.Popen[str]", say: Say) -> str:
    """Tell of the modules fetched, and return the last line."""
    last, fetched = "", 0
    for line in process.stderr or ():
        last = line.strip() or last
        if line.startswith("go: downloading"):
            fetched += 1
            if fetched % 25 == 0:
                say(f"  {fetched} modules fetched")
    return last


def main() -> int:
    """Print where the engine is, building it if there is none; return the exit code."""
    try:
        found = find(tell)
    except SandboxError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    tell(str(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
