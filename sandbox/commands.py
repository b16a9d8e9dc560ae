"""What a person can ask of the sandbox, and the exit code it answers with.

0: done. 1: the engine refused or failed. 2: the sandbox refused before anything was changed.
"""

import argparse
import contextlib
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sandbox import folder, lost, project, shell
from sandbox.aws.faults import KINDS
from sandbox.errors import SandboxError
from sandbox.session import Session

ROOT = Path(__file__).resolve().parent.parent
LAST_PORT = 65_535

Number = TypeVar("Number", int, float)


def main(arguments: list[str]) -> int:
    """Run one command; a refusal is one line on standard error."""
    options = _parser().parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _leave)
    try:
        return int(options.run(options))
    except SandboxError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt as stop:
        number = signal.Signals(stop.args[0] if stop.args else signal.SIGINT)
        how = "interrupted" if number == signal.SIGINT else f"ended by {number.name}"
        with contextlib.suppress(OSError):  # Whoever hung up took the terminal along.
            sys.stderr.write(f"{how}: run `make recover` if an update was under way\n")
        return 128 + number
    except OSError as error:
        sys.stderr.write(f"{error.filename or 'sandbox'}: {error.strerror or error}\n")
        return 2


def _leave(number: int, _: object) -> None:
    """Leave as after an interrupt, giving back what is held; the same again changes nothing."""
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt(number)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="An AWS on this machine for the real Pulumi engine; nothing leaves it.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, help_: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=help_, description=help_)
        added.set_defaults(run=run)
        return added

    def with_port(added: argparse.ArgumentParser) -> argparse.ArgumentParser:
        added.add_argument(
            "--port",
            type=_between(int, 0, LAST_PORT),
            default=0,
            help="port of the sandbox's AWS (default: a free one)",
        )
        return added

    def with_stacks(added: argparse.ArgumentParser) -> argparse.ArgumentParser:
        added.add_argument("stacks", nargs="*", metavar="STACK", help="default: every stack file's")
        return with_port(added)

    for name, help_ in (
        ("up", "Bring stacks up and show what runs where."),
        ("preview", "Show what an update would change."),
        ("refresh", "Find what was changed behind Pulumi's back."),
        ("recover", "After a crash: adopt, refresh, finish the update."),
    ):
        with_stacks(command(name, _over_stacks(name), help_))
    destroy = with_stacks(command("destroy", _destroy, "Delete the named stacks' resources."))
    destroy.add_argument("--dry-run", action="store_true", help="only say what would be deleted")
    command("status", _status, "Show what runs where.")
    command("down", _down, "Throw the sandbox away: both stacks and its AWS.")
    with_port(command("shell", _shell, "A shell in which pulumi and AWS SDKs reach the sandbox."))
    fault = command(
        "fault",
        _fault,
        "Make the sandbox's AWS fail on demand, beside a `make shell`; no kind: show or clear.",
    )
    fault.add_argument("kind", nargs="?", choices=KINDS)
    fault.add_argument("--operation", default="*", help="for example rds.create_db_instance")
    fault.add_argument("--resource", default="*", help="logical name, for example database-*")
    fault.add_argument("--times", type=_between(int, 1, 10_000), default=1, help="(default: 1)")
    fault.add_argument(
        "--seconds", type=_between(float, 0, 3600), default=5.0, help="of a slow one (default: 5)"
    )
    fault.add_argument("--clear", action="store_true", help="take all faults back")
    covered = command("coverage", _coverage, "Write docs/sandbox-coverage.md.")
    covered.add_argument("--check", action="store_true", help="only say whether it is current")
    through = command("pulumi", _pulumi, "Run the engine's own CLI in the sandbox.")
    through.add_argument("arguments", nargs=argparse.REMAINDER)
    return parser


def _between(kind: Callable[[str], Number], least: Number, most: Number) -> Callable[[str], Number]:
    """Return what reads an option's number; argparse refuses what it raises, in its own line."""

    def read(text: str) -> Number:
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not least <= value <= most:
            raise argparse.ArgumentTypeError(f"must be from {least} to {most}, got {text!r}")
        return value

    return read


def _stacks(options: argparse.Namespace) -> list[str]:
    """Return the stacks asked for, all by default; SandboxError for one without a file."""
    known = project.stacks(ROOT)
    for stack in options.stacks:
        if stack not in known:
            raise SandboxError(f"{stack}: there is no such stack; allowed: {', '.join(known)}")
    return options.stacks or known


def _over_stacks(name: str) -> Callable[[argparse.Namespace], int]:
    """Return what does to stacks what a function of ``lifecycle`` does."""

    def run(options: argparse.Namespace) -> int:
        stacks = _stacks(options)
        with Session(ROOT, options.port, engine_first=True) as session:
            return int(getattr(_lifecycle(), name)(session, stacks))

    return run


def _lifecycle() -> Any:
    # It loads what draws tables: who only passes through to the engine does not wait for that.
    from sandbox import lifecycle

    return lifecycle


def _destroy(options: argparse.Namespace) -> int:
    if not options.stacks:
        raise SandboxError("destroy: name the stack to delete, for example STACK=staging")
    stacks = _stacks(options)
    with Session(ROOT, options.port, engine_first=True) as session:
        return int(_lifecycle().destroy(session, stacks, dry_run=options.dry_run))


def _status(options: argparse.Namespace) -> int:
    place = folder.of(ROOT)
    lost.tell(place)
    return int(_lifecycle().status(place, project.stacks(ROOT)))


def _down(options: argparse.Namespace) -> int:
    return int(_lifecycle().down(ROOT))


def _shell(options: argparse.Namespace) -> int:
    with Session(ROOT, options.port, engine_first=True) as session:
        return shell.interactive(session)


def _pulumi(options: argparse.Namespace) -> int:
    arguments = options.arguments[1:] if options.arguments[:1] == ["--"] else options.arguments
    with Session(ROOT, engine_first=True) as session:
        return shell.pulumi(session, arguments)


def _fault(options: argparse.Namespace) -> int:
    with Session(ROOT) as session:
        # Faults last as long as the AWS does, and it ends with the last command that uses it.
        if len(session.tell("status")["leases"]) == 1:
            raise SandboxError("fault: nobody would meet it; run it beside a `make shell`")
        if options.clear:
            session.tell("faults", [])
        elif options.kind:
            wanted = ("kind", "operation", "resource", "times", "seconds")
            fault = {name: getattr(options, name) for name in wanted}
            session.tell("faults", [*session.tell("status")["faults"], fault])
        for fault in session.tell("status")["faults"]:
            sys.stdout.write(
                f"{fault['kind']}: {fault['operation']} for {fault['resource']}, "
                f"{fault['times']} more time(s)\n"
            )
    return 0


def _coverage(options: argparse.Namespace) -> int:
    # It loads every declaration, and with them the SDK: no other command waits for that.
    from sandbox import coverage

    return coverage.check(ROOT) if options.check else coverage.write(ROOT)
