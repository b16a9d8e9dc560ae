"""Before an update: whether it can begin at all. What is cheap to ask is asked first."""

import re
from collections.abc import Mapping

from operations.environment.check import Answer, Check, failed, holds, none_wrong
from operations.environment.facts import before
from operations.environment.facts.before import Account, Quotas, Refusals, Roles, State, Tools
from settings import Settings

OLDEST_PYTHON = (3, 11)
KMS = "awskms://"
SERVICE = "https://"
"""Pulumi Cloud, which keeps a key for each stack."""
CPU_UNITS = 1024
WHOLE = 100
MOST = 2
"""During a release there may be twice as many tasks."""


def _accepted(found: Refusals, _: object) -> Answer:
    return none_wrong(found.lines, "every stack's settings are accepted")


def _python(found: Tools, _: object) -> Answer:
    has, least = (".".join(map(str, each)) for each in (found.python, OLDEST_PYTHON))
    return holds(
        found.python >= OLDEST_PYTHON, f"Python {has}", f"Python {has}, must be {least} or newer"
    )


def _engine(found: Tools, _: object) -> Answer:
    has, least = _numbers(found.engine), _numbers(found.wanted_engine)
    if not has or not least:
        return failed(f"the engine says {found.engine!r}, the project {found.wanted_engine!r}")
    return holds(
        has >= least,
        f"Pulumi {found.engine}",
        f"Pulumi {found.engine}, must be {found.wanted_engine}",
    )


def _numbers(text: str) -> tuple[int, ...]:
    found = re.search(r"(\d+)\.(\d+)\.(\d+)", text)
    return tuple(map(int, found.groups())) if found else ()


def _packages(found: Tools, _: object) -> Answer:
    if not found.packages:
        return failed("requirements.txt pins nothing")
    wrong = [
        f"{name} is {has or 'not installed'}, pinned is {pinned}"
        for name, (pinned, has) in found.packages.items()
        if has != pinned
    ]
    return none_wrong(wrong, f"{len(found.packages)} packages as pinned")


def _account(found: Account, wanted: Settings) -> Answer:
    right = wanted.identity.account
    return holds(
        found.id == right,
        f"the credentials are of account {right}",
        f"the credentials are of account {found.id}, the stack is in {right}",
    )


def _roles(found: Roles, _: object) -> Answer:
    wrong = [f"{key}: {why}" for key, why in found.refused.items() if why]
    return none_wrong(wrong, f"{', '.join(found.refused)} can be assumed")


def _stack(found: State, wanted: Settings) -> Answer:
    name = wanted.identity.name
    return holds(
        name in found.stacks,
        f"the backend {found.backend} has {name}",
        f"the backend {found.backend} has no {name}: pulumi stack init {name}",
    )


def _secrets(found: State, _: object) -> Answer:
    if found.provider.startswith(KMS):
        return holds(
            found.key_state == "Enabled",
            "a key of KMS encrypts the state's secrets",
            f"the key of the state's secrets is {found.key_state}",
        )
    if not found.provider and found.backend.startswith(SERVICE):
        return holds(right=True, well="Pulumi Cloud encrypts the state's secrets", wrong="")
    return failed(
        f"{found.provider or 'a passphrase'} encrypts the state's secrets, must be awskms://…"
    )


def _quotas(found: Quotas, wanted: Settings) -> Answer:
    wrong = [
        f"{what}: {found.limits[what]:g}, needed {needed:g}"
        for what, needed in _needed(wanted).items()
        if found.limits[what] < needed
    ]
    return none_wrong(wrong, f"room for {', '.join(found.limits)}, if nothing else runs there")


def _needed(wanted: Settings) -> Mapping[str, float]:
    """Return what the environment needs at most of what is limited."""
    scale = wanted.scale
    spot = sum(
        each.max * each.cpu * each.spot_percent / WHOLE for each in (scale.web, scale.worker)
    )
    every = sum(each.max * each.cpu for each in (scale.web, scale.worker))
    return {
        "Elastic IP addresses": scale.network.nat_gateways,
        "Fargate vCPU": (MOST * (every - spot) + scale.jobs.cpu) / CPU_UNITS,
        "Fargate Spot vCPU": MOST * spot / CPU_UNITS,
    }


OF_ALL: tuple[Check, ...] = (
    Check(
        id="settings-accepted",
        what="the settings of every stack are accepted",
        why="nothing begins with settings that are refused",
        mend="`make validate` shows every line",
        look=before.look_at_settings,
        judge=_accepted,
    ),
    Check(
        id="python-new-enough",
        what="Python is as new as the program needs",
        why="an older one can't read it",
        mend="make .venv anew with a newer Python",
        look=before.look_at_tools,
        judge=_python,
    ),
    Check(
        id="engine-new-enough",
        what="the engine is as new as the project asks for",
        why="an older one refuses the project",
        mend="install a newer Pulumi",
        look=before.look_at_tools,
        judge=_engine,
    ),
    Check(
        id="packages-as-pinned",
        what="the packages of requirements.txt are installed as pinned",
        why="another provider plans another update",
        mend="`make setup`",
        look=before.look_at_tools,
        judge=_packages,
    ),
)
"""What is asked without a stack too."""
OF_STACK: tuple[Check, ...] = (
    Check(
        id="credentials-of-the-account",
        what="the credentials are of the stack's account",
        why="another account may hold a namesake",
        mend="set AWS_PROFILE, or assume the deployer's role",
        look=before.look_at_account,
        judge=_account,
    ),
    Check(
        id="roles-assumed",
        what="every role that the program assumes can be assumed",
        why="an update that finds out half-way leaves half an update",
        mend="see TrustedPrincipals in bootstrap/, and sts:AssumeRole of whoever this is",
        look=before.look_at_roles,
        judge=_roles,
    ),
    Check(
        id="state-has-the-stack",
        what="the state's backend answers, and has the stack",
        why="a backend that is not meant makes everything a second time",
        mend="`pulumi login`, then `pulumi stack init` for the first time",
        look=before.look_at_state,
        judge=_stack,
    ),
    Check(
        id="state-secrets-encrypted",
        what="a key of KMS or Pulumi Cloud encrypts the secrets in the state",
        why="a passphrase is known to whoever ran an update, and is lost with them",
        mend="`pulumi stack change-secrets-provider`",
        look=before.look_at_state,
        judge=_secrets,
    ),
    Check(
        id="quotas-have-room",
        what="the account's quotas have room for the environment",
        why="an update stops where AWS gives no more",
        mend="ask for more in Service Quotas; that takes hours, sometimes days",
        look=before.look_at_quotas,
        judge=_quotas,
        advises=True,
    ),
)
