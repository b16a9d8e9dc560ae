"""What each step of ``adopt`` does and says."""

import argparse
import json
from collections.abc import Mapping

from operations import engine
from operations.adopt import telling
from operations.adopt.account import reached
from operations.adopt.comparison import compare
from operations.adopt.decisions import confirmed, decided, load_decisions, write_draft
from operations.adopt.importing import held_elsewhere, import_file, project_of, write_import_file
from operations.adopt.inventory import inventory
from operations.adopt.match import match
from operations.adopt.obstacles import obstacles
from operations.adopt.preview import preview
from operations.adopt.proposals import propose, write_proposals
from operations.adopt.readings import Found, readings
from operations.adopt.states import exported, others
from operations.adopt.wanted import wanted_of
from operations.errors import OperationError, refusals
from operations.table import table
from operations.talk import as_json, progress, say
from policies.files import write

STOPPED = 1


def _inventory(options: argparse.Namespace) -> int:
    with reached(options) as account:
        found = inventory(account, progress)
    told = {
        "account": found.account,
        "regions": list(found.regions),
        "resources": [item.told for item in found.items],
        "notRead": list(found.unread),
    }
    if options.write:
        _write(options, f"inventory.{found.account}.json", told)
    if options.json:
        return as_json(told)
    say(table(("type", "id", "name", "region"), telling.rows_of(found.items)))
    say(f"{len(found.items)} resources in account {found.account}, {', '.join(found.regions)}")
    for line in found.unread:
        say(f"not read: {line}")
    return 0


def _write(options: argparse.Namespace, name: str, told: Mapping[str, object]) -> None:
    path = options.write / name
    with refusals():
        write(path, f"{json.dumps(told, indent=2)}\n")
    progress(f"wrote {path}")


def _match(options: argparse.Namespace) -> int:
    found = _found(options, options.stack, options.profile)
    lines = obstacles(found.matches)
    if options.json:
        as_json(telling.matches_told(found.matches, lines))
    else:
        say(telling.matches_shown(found.matches, every=options.all))
        for line in lines:
            say(f"in the way: {line}")
    if options.write:
        root = options.root.resolve()
        path, guesses = write_draft(root, options.stack, found.inventory, found.matches)
        progress(f"wrote {path.name}: {guesses} guesses to confirm")
    return STOPPED if lines else 0


def _settings(options: argparse.Namespace) -> int:
    found = _found(options, options.stack, options.profile)
    root = options.root.resolve()
    proposals = propose(root, options.stack, readings(found))
    if options.write:
        write_proposals(root, proposals)
    if options.json:
        return as_json(telling.proposals_told(proposals))
    say(proposals.diff or "nothing: the files say what is deployed")
    for reading, line in proposals.refused:
        say(f"can't be said: {reading.key} is {reading.value!r} ({reading.source}): {line}")
    if options.write:
        progress("wrote the files: look at them with `git diff`")
    return 0


def _compare(options: argparse.Namespace) -> int:
    one = _found(options, options.stack, options.profile)
    other = _found(options, options.other, options.other_profile)
    if one.inventory.account == other.inventory.account:
        raise OperationError(
            f"--other-profile: must be another account than {one.inventory.account}"
        )
    compared = compare(one, other)
    if options.json:
        return as_json(telling.comparison_told(compared))
    heads = ("should be", "what", options.stack, options.other)
    say(table(heads, telling.comparison_rows(compared)))
    return 0


def _import(options: argparse.Namespace) -> int:
    root, pulumi = options.root.resolve(), engine.pulumi(sandbox=options.sandbox)
    decisions = load_decisions(root, options.stack)
    found = _found(options, options.stack, options.profile)
    chosen = confirmed(decisions, found.wanted, found.inventory, found.matches)
    mine = exported(root, pulumi, options.stack)
    lines = [*held_elsewhere(chosen, mine, others(root, pulumi, mine))]
    lines += obstacles(found.matches)
    if lines:
        for line in lines:
            say(f"in the way: {line}", options)
        return STOPPED
    content = import_file(project_of(root), found.wanted.graph, chosen, mine)
    file = options.file or root / f"adopt.{options.stack}.import.json"
    if not options.dry_run:
        write_import_file(file, content)
    number = sum(1 for each in content["resources"] if "id" in each)
    if options.json:
        return as_json({"file": str(file), "import": content})
    say(f"{number} resources to import, {len(chosen) - number} imported already")
    say("nothing was written" if options.dry_run else f"wrote {file}; next:")
    say(
        f"pulumi import --stack {options.stack} --file {file} --generate-code=false --protect=false"
    )
    return 0


def _check(options: argparse.Namespace) -> int:
    root, pulumi = options.root.resolve(), engine.pulumi(sandbox=options.sandbox)
    progress("previewing")
    found = preview(root, pulumi, options.stack)
    if options.json:
        as_json(telling.preview_told(found))
    else:
        say(telling.preview_shown(found))
    return 0 if found.passed else STOPPED


def _found(options: argparse.Namespace, stack: str, profile: str) -> Found:
    """Read the account and pair it with what the program describes for a stack."""
    root = options.root.resolve()
    ids = decided(root, stack)
    progress(f"{stack}: recording what the program describes")
    wanted = wanted_of(root, stack)
    with reached(options, profile or (stack if options.sandbox else "")) as account:
        if account.id != wanted.account:
            progress(
                f"identity.account of {stack} is {wanted.account}, "
                f"the credentials are of {account.id}"
            )
        found = inventory(account, progress)
    return Found(wanted, found, match(wanted, found, ids))


RUNS = {
    "inventory": _inventory,
    "match": _match,
    "settings": _settings,
    "compare": _compare,
    "import": _import,
    "check": _check,
}
