"""What is known before a stack is updated: settings, tools, credentials, roles, state, quotas.

Nothing is changed: to assume a role gives keys for some minutes, and they are used to ask only.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import yaml

from operations import engine
from operations.aws import RETRIES, AwsRefusedError, ask
from operations.errors import OperationError
from settings import Settings, SettingsError, load_all
from settings.provider_roles import ProviderRole, provider_roles
from settings.stackfile import PROJECT_FILE, stack_file

ENGINE_SECONDS = 60
SESSION_SECONDS = 900
"""The shortest that STS gives (STS API Reference, AssumeRole)."""
QUOTAS = {
    "Elastic IP addresses": ("ec2", "L-0263D0A3"),
    "Fargate vCPU": ("fargate", "L-3032A538"),
    "Fargate Spot vCPU": ("fargate", "L-36FBB829"),
}
"""Service Quotas' codes of what an environment needs much of."""


@dataclass(frozen=True)
class Before:
    """From where it is looked."""

    root: Path
    stack: str
    """Empty where no stack is meant but all."""
    pulumi: Sequence[str]
    session: Any
    settings: Settings | None
    """None where no stack is meant, or they are refused."""

    def client(self, service: str) -> Any:
        """Return a client in the stack's region."""
        region = told(self).identity.region
        return self.session.client(service, region_name=region, config=RETRIES)


def told(before: Before) -> Settings:
    """Return the stack's settings; OperationError where they are refused."""
    if before.settings is None:
        raise OperationError("the settings are refused; see settings-accepted")
    return before.settings


@dataclass(frozen=True)
class Refusals:
    """What the settings are refused for; nothing where they are well."""

    lines: tuple[str, ...]


def look_at_settings(before: Before) -> Refusals:
    """Read every stack's settings."""
    try:
        load_all(before.root)
    except SettingsError as error:
        return Refusals(tuple(error.lines))
    return Refusals(())


@dataclass(frozen=True)
class Tools:
    """What runs the program."""

    python: tuple[int, ...]
    engine: str
    """As the engine says it, like ``v3.230.0``."""
    wanted_engine: str
    """As the project says it, like ``>=3.230.0``."""
    packages: Mapping[str, tuple[str, str]]
    """By package, the version that is pinned and the one that is installed."""


def look_at_tools(before: Before) -> Tools:
    """Ask the engine and this interpreter."""
    project = yaml.safe_load((before.root / PROJECT_FILE).read_text(encoding="utf-8"))
    return Tools(
        tuple(sys.version_info[:2]),
        _engine(before, "version").strip(),
        str(project.get("requiredPulumiVersion", "")),
        dict(_pinned(before.root / "requirements.txt")),
    )


def _pinned(file: Path) -> list[tuple[str, tuple[str, str]]]:
    if not file.exists():
        return []
    lines = [line.partition("#")[0].strip() for line in file.read_text("utf-8").splitlines()]
    pins = [line.partition("==") for line in lines if "==" in line]
    return [(name, (wanted, _installed(name))) for name, _, wanted in pins]


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _engine(before: Before, *words: str) -> str:
    command = [*before.pulumi, *words, "--non-interactive"]
    try:
        done = engine.run(before.root, command, timeout=ENGINE_SECONDS)
    except subprocess.TimeoutExpired:
        raise OperationError(f"pulumi {words[0]}: no answer in {ENGINE_SECONDS} s") from None
    if done.returncode != 0:
        raise OperationError(f"pulumi {words[0]}: {engine.last_line(done.stderr, 'failed')}")
    return done.stdout


@dataclass(frozen=True)
class State:
    """What the engine finds in its backend."""

    stacks: frozenset[str]
    backend: str
    provider: str
    """Who encrypts the stack's secrets, as its file says; empty where it says nothing."""
    key_state: str
    """The state of that key in KMS; empty where it is none of KMS."""


def look_at_state(before: Before) -> State:
    """Ask the engine for its stacks, and KMS for the key."""
    listed = _parsed(_engine(before, "stack", "ls", "--json"))
    backend = _parsed(_engine(before, "whoami", "--json"))
    file = before.root / stack_file(before.stack)
    provider = str(yaml.safe_load(file.read_text(encoding="utf-8")).get("secretsprovider", ""))
    return State(
        frozenset(str(each["name"]).rpartition("/")[2] for each in listed),
        str(backend.get("url", "")),
        provider,
        _key_state(before, provider) if provider.startswith("awskms://") else "",
    )


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise OperationError("pulumi: answers no JSON") from None


def _key_state(before: Before, provider: str) -> str:
    """Return the state of a key that is named as ``awskms:///<id or ARN>?region=...``."""
    key = provider.removeprefix("awskms://").lstrip("/").partition("?")[0]
    shown = ask(before.client("kms"), "describe_key", KeyId=key)
    return str(shown["KeyMetadata"]["KeyState"])


@dataclass(frozen=True)
class Account:
    """Whose credentials these are."""

    id: str


def look_at_account(before: Before) -> Account:
    """Ask STS."""
    return Account(str(ask(before.client("sts"), "get_caller_identity")["Account"]))


@dataclass(frozen=True)
class Roles:
    """By the role's setting, why it can't be assumed; empty where it can."""

    refused: Mapping[str, str]


def look_at_roles(before: Before) -> Roles:
    """Assume each role that the program assumes, for a quarter of an hour, and do nothing."""
    roles = provider_roles(told(before).identity)
    sts = before.client("sts")
    return Roles({key: _assume(sts, role) for key, role in roles.items()})


def _assume(sts: Any, role: ProviderRole) -> str:
    try:
        ask(
            sts,
            "assume_role",
            RoleArn=role.arn,
            RoleSessionName="understudy-validate",
            DurationSeconds=SESSION_SECONDS,
        )
    except AwsRefusedError as error:
        return f"{role.name} in {role.account}: {error.code}"
    return ""


@dataclass(frozen=True)
class Quotas:
    """By what is limited, the limit."""

    limits: Mapping[str, float]


def look_at_quotas(before: Before) -> Quotas:
    """Ask Service Quotas."""
    client = before.client("service-quotas")
    return Quotas(
        {
            what: float(
                ask(client, "get_service_quota", ServiceCode=service, QuotaCode=code)["Quota"][
                    "Value"
                ]
            )
            for what, (service, code) in QUOTAS.items()
        }
    )
