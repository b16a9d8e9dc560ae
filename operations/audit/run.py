"""One audit from its beginning to its end."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from operations import engine
from operations.audit.account import Account
from operations.audit.checks import CHECKS
from operations.audit.deployed import of_deployed
from operations.audit.report import Audit, exempted
from operations.deployed import deployed_graph, exported
from operations.errors import OperationError, refusals
from operations.place import placed
from operations.stack_settings import loaded
from operations.talk import progress
from policies.check import Rulebook
from policies.errors import RuleBrokenError
from policies.waivers import Waiver, load_waivers
from settings import Settings

WAIVERS = "operations/audit/waivers.yaml"


def audited(root: Path, stack: str, *, sandbox: bool, known: Iterable[str]) -> Audit:
    """Audit a stack and its account; OperationError where either can't be read at all."""
    with refusals():
        rulebook = Rulebook.of(root)
        waivers = [*rulebook.waivers, *_own_waivers(root)]
    with placed(root, stack, pulumi=engine.pulumi(sandbox=sandbox), sandbox=sandbox) as place:
        progress(f"{stack}: holding {len(rulebook.rules)} rules against what is deployed")
        resources = exported(root, stack, place.pulumi)
        graph = deployed_graph(resources, stack, reference=rulebook.reference)
        try:
            outcomes = of_deployed(rulebook, graph)
        except RuleBrokenError as error:
            raise OperationError(str(error)) from None
        account = Account(place, frozenset({*known, *_of_settings(root)}))
        progress(f"{stack}: looking at account {account.number} in {', '.join(account.regions)}")
        for n, check in enumerate(CHECKS, 1):
            outcomes.append(check.run(account))
            progress(f"{n} of {len(CHECKS)}: {check.name}: {outcomes[-1].status.value}")
    now = datetime.now(UTC)
    found, notes = exempted(outcomes, waivers, stack, now.date())
    return Audit(stack, account.number, now, found, notes)


def _own_waivers(root: Path) -> Iterable[Waiver]:
    """Return the waivers of the looks at the account; a name that no look has is refused."""
    names = {check.name for check in CHECKS}
    found = load_waivers(root, WAIVERS)
    for n, waiver in enumerate(found):
        if waiver.rule not in names:
            raise OperationError(f"{WAIVERS}: waivers[{n}].rule: is no check of the account")
    return found


def _of_settings(root: Path) -> Iterator[str]:
    """Yield every account that a stack file names."""
    for path in sorted(root.glob("Pulumi.*.yaml")):
        yield from _accounts(loaded(root, path.name.split(".")[1]))


def _accounts(one: Settings) -> Iterator[str]:
    identity = one.identity
    yield identity.account
    yield identity.archive_account
    yield identity.dns.parent_account
    if identity.data_refresh.shared_with:
        yield identity.data_refresh.shared_with
