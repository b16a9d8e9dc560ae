"""An environment in which everything is well: servers, a database, a control plane, settings."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import yaml

from operations.environment.catalogue import CHECKS
from operations.environment.check import Result
from operations.environment.reach import Address, Reach, SharedSession
from operations.environment.run import run
from operations.environment.wanted import Wanted, hosts
from operations.place import Place
from settings import Settings, load
from tests.operations.backup.stack import engine
from tests.operations.environment.authority import Authority
from tests.operations.environment.control_plane import Made, control_plane, session
from tests.operations.environment.database import STEP, Server, secured
from tests.operations.environment.servers import CLOSED, OUTSIDE, WORLD, Servers, servers
from tests.settings.workspace import DIGEST, Workspace
from tests.support.cloud import Cloud

NAME = "checked"


@dataclass
class Healthy:
    """The environment, and what a test changes of it."""

    cloud: Cloud
    made: Made
    servers: Servers
    server: Server
    authority: Authority
    reach: Reach
    wanted: Wanted

    @property
    def ways(self) -> list[str]:
        """What a command must be told to reach it."""
        servers = self.servers
        return [
            *("--root", str(self.reach.place.root), "--address", "127.0.0.1"),
            *("--https-port", str(servers.https), "--http-port", str(servers.http)),
            *("--ca-file", str(self.authority.file)),
        ]

    def results(self) -> list[Result]:
        """Run every check."""
        return run(CHECKS, self.reach, self.wanted, lambda _: None)

    def verdicts(self) -> dict[str, str]:
        """Run every check; return the verdict of each."""
        return {each.check.id: each.answer.kind.value for each in self.results()}

    @property
    def settings(self) -> Settings:
        """What the environment is told."""
        return self.wanted.settings

    def told(self, key: str, value: object) -> None:
        """Tell the environment otherwise: a path like ``shape.tls.policy``, unchecked."""
        self.take(changed(self.settings, key.split("."), value))

    def take(self, settings: Settings) -> None:
        """Have other settings."""
        self.wanted = replace(self.wanted, settings=settings)
        self.reach = replace(self.reach, place=replace(self.reach.place, settings=settings))

    def output(self, name: str, value: object) -> None:
        """Have another output."""
        outputs = {**self.wanted.outputs, name: value}
        self.wanted = replace(self.wanted, outputs=outputs)
        self.reach = replace(self.reach, place=replace(self.reach.place, outputs=outputs))


def changed(settings: Settings, path: list[str], value: object) -> Settings:
    """Return settings with another value in one place."""
    made = _with(getattr(settings, path[0]), path[1:], value)
    return Settings(**{**vars(settings), path[0]: made})


def _with(section: Any, path: list[str], value: object) -> Any:
    name = path[0]
    inner = value if len(path) == 1 else _with(getattr(section, name), path[1:], value)
    return section.model_copy(update={name: inner})


@contextmanager
def healthy(cloud: Cloud, folder: Path) -> Iterator[Healthy]:
    """Give an environment in which every check passes."""
    authority = Authority(folder, "authority")
    workspace = _workspace(folder)
    settings = load(folder, "staging")
    names = hosts(settings)
    certificate = authority.certificate("site.pem", names)
    worldly = authority.certificate("world.pem", (WORLD,))
    own = authority.certificate("database.pem", ("database.internal.example",))
    with ExitStack() as stack:
        serving = stack.enter_context(servers(certificate, worldly))
        server = stack.enter_context(secured(own, settings))
        workspace.put("staging.identity.variables.PAYMENTS_URL", serving.elsewhere)
        settings = load(folder, "staging")
        # Of this machine's PostgreSQL; RDS may not offer that one.
        settings = changed(settings, ["shape", "database", "engine_version"], server.version)
        made = control_plane(cloud, settings, certificate, NAME)
        balancer = str(made.outputs["loadBalancerDnsName"])
        serving.world.records = {(name, "A"): ["192.0.2.10"] for name in (*names, balancer)}
        dots = [f"{each}." for each in made.outputs["nameServers"]]
        serving.world.records[(names[0], "NS")] = dots
        variables = {
            "AWS_ENDPOINT_URL": cloud.endpoint,
            "AWS_CONFIG_FILE": os.devnull,
            "PGSSLROOTCERT": str(authority.file),
        }
        stack.enter_context(mock.patch.dict(os.environ, variables))
        pulumi = [str(engine(folder, made.outputs, made.state))]
        shared = SharedSession(session(cloud, made))
        place = Place("staging", folder, pulumi, made.outputs, settings, shared)
        reach = Reach(
            place,
            Address("127.0.0.1", serving.https, serving.http),
            authority.file,
            f"{serving.elsewhere}/resolve",
            OUTSIDE,
            server.address,
        )
        wanted = Wanted(settings, made.outputs, datetime.now(UTC), head=STEP)
        yield Healthy(cloud, made, serving, server, authority, reach, wanted)


def _workspace(folder: Path) -> Workspace:
    """Write a project in which there is something to ask for everywhere."""
    workspace = Workspace(folder)
    workspace.put("shape.web.healthCheck.contract", {"apiVersion": "1"})
    workspace.put("shape.web.healthCheck.intervalSeconds", 5)
    workspace.put("shape.web.healthCheck.timeoutSeconds", 2)
    payments = {"urlVariable": "PAYMENTS_URL", "path": "/status", "required": True}
    taxes = {"urlVariable": "PAYMENTS_URL", "path": "/taxes", "required": False}
    partner = {**payments, "path": CLOSED, "watched": False, "about": "In our VPN."}
    workspace.put(
        "shape.dependencies",
        [
            {"name": "payments", **payments},
            {"name": "taxes", **taxes},
            {"name": "partner", **partner},
        ],
    )
    kept = {"migrations": {"table": "public.steps", "column": "step", "newestBy": "number"}}
    (folder / "backup-checks.yaml").write_text(yaml.safe_dump(kept))
    (folder / "policies").mkdir()
    release = {
        "digest": f"sha256:{DIGEST}",
        "version": "1.0.0",
        "commit": "0" * 40,
        "stack": "staging",
        "verdict": "passed",
        "time": "2026-11-25T00:00:00Z",
        "migrations": [{"id": step, "reversible": True} for step in ("0001_first", STEP)],
    }
    (folder / "policies" / "releases.yaml").write_text(json.dumps({"releases": [release]}))
    return workspace
