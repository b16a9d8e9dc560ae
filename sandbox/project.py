"""The project as the sandbox's engine sees it: the same files, with stack files of its own.

The engine writes a stack's secrets settings into its stack file. In the sandbox these name another
KMS key than on AWS; so the sandbox keeps copies of the stack files and links to everything else.
What is copied is only what the program reads; the rest belongs to the engine.
"""

import contextlib
import os
import re
from pathlib import Path
from typing import Any

import yaml

from sandbox.errors import SandboxError
from sandbox.files import put

ENGINE_KEYS = ("encryptionsalt", "encryptedkey", "secretsprovider")
PREVIEW_ROLE = "understudy-preview"
"""Only reads; ``bootstrap/preview.yaml`` makes it in every account."""
REPORT_WRITER = (
    "/aws-service-role/reports.backup.amazonaws.com/",
    "AWSServiceRoleForBackupReports",
)
"""The service-linked role that policies name; on AWS ``bootstrap/deployer.yaml`` makes it."""
CONFIG_ROLE = ("/aws-service-role/config.amazonaws.com/", "AWSServiceRoleForConfig")
"""The service-linked role of AWS Config's recorder; made there too."""
BOUNDARY = "understudy-boundary"
"""The policy that every role of the program carries; made there too."""
NOT_LINKED = {".sandbox", ".git", "__pycache__"}
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""In C where it is there: each command reads the stack files ten times, a tenth of its own time."""
STACK_FILE = re.compile(r"Pulumi\.([A-Za-z0-9_.-]+)\.yaml")


def stacks(root: Path) -> list[str]:
    """Return the stacks that the project has files for, production first: staging follows it."""
    found = [match[1] for path in root.iterdir() if (match := STACK_FILE.fullmatch(path.name))]
    return sorted(found, key=lambda name: (name != "production", name))


def mirror(root: Path, folder: Path) -> None:
    """Bring the sandbox's project folder up to date with the project."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {path.name for path in root.iterdir() if path.name not in NOT_LINKED}
    own = {f"Pulumi.{stack}.yaml" for stack in stacks(root)}
    for name in wanted - own:
        link = folder / name
        if not link.is_symlink():
            link.unlink(missing_ok=True)
            with contextlib.suppress(FileExistsError):  # Another session made it meanwhile.
                link.symlink_to(os.path.relpath(root / name, folder))
    for path in list(folder.iterdir()):
        if path.is_symlink() and path.name not in wanted:
            path.unlink()
    for stack in stacks(root):
        _copy_stack_file(root / f"Pulumi.{stack}.yaml", folder / f"Pulumi.{stack}.yaml")


def _copy_stack_file(source: Path, target: Path) -> None:
    """Write the project's configuration with the sandbox's own secrets settings."""
    wanted: dict[str, Any] = {"config": read(source).get("config", {})}
    saved = read(target) if target.exists() else {}
    wanted.update({key: saved[key] for key in ENGINE_KEYS if key in saved})
    if wanted != saved:
        put(target, yaml.safe_dump(wanted, sort_keys=False))


def read(path: Path) -> dict[str, Any]:
    """Return a YAML file's mapping; SandboxError where it is not one."""
    try:
        loaded = yaml.load(path.read_text(), LOADER)  # noqa: S506  (safe)
    except (OSError, yaml.YAMLError) as error:
        raise SandboxError(
            f"{path.name}: cannot be read: {' '.join(str(error).split())}"
        ) from error
    if not isinstance(loaded, dict):
        raise SandboxError(f"{path.name}: must be a mapping")
    return loaded


def seeds(root: Path) -> dict[str, Any]:
    """Return what must exist before the program runs, as the stack files' identities name it."""
    roles: dict[tuple[str, str], dict[str, str]] = {}
    policies: dict[str, dict[str, str]] = {}
    zones: dict[str, dict[str, str]] = {}
    for stack in stacks(root):
        identity = identity_of(root, stack)
        dns = identity["dns"]
        for account, path, name in (
            (identity["account"], "/", identity["deployerRole"]),
            (identity["account"], *REPORT_WRITER),
            (identity["account"], *CONFIG_ROLE),
            (identity["archiveAccount"], "/", identity["archiveRole"]),
            (dns["parentAccount"], "/", dns["delegationRole"]),
            *((identity[key], "/", PREVIEW_ROLE) for key in ("account", "archiveAccount")),
            (dns["parentAccount"], "/", PREVIEW_ROLE),
        ):
            roles[account, name] = {"account": account, "path": path, "name": name}
        policies[identity["account"]] = {"account": identity["account"], "name": BOUNDARY}
        zones[dns["parentZoneId"]] = {
            "account": dns["parentAccount"],
            "id": dns["parentZoneId"],
            "domain": dns["parentDomain"],
        }
    return {
        "roles": list(roles.values()),
        "policies": list(policies.values()),
        "zones": list(zones.values()),
    }


def identity_of(root: Path, stack: str) -> dict[str, Any]:
    """Return a stack's identity as its file says it."""
    identity: dict[str, Any] = read(root / f"Pulumi.{stack}.yaml")["config"]["understudy:identity"]
    return identity
