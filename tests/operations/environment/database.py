"""A real PostgreSQL that takes TLS alone, as RDS does, with the application's role and schema."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from settings import Settings
from tests.operations.environment.control_plane import PASSWORD
from tests.support.postgres import cluster, give

TLS_ONLY = (
    "hostssl all postgres 127.0.0.1/32 trust",
    "hostssl all storefront_owner 127.0.0.1/32 scram-sha-256",
)
ALSO_PLAIN = (*TLS_ONLY, "hostnossl all storefront_owner 127.0.0.1/32 scram-sha-256")
STEP = "0002_orders"


@dataclass
class Server:
    """The server, and what leads it astray for a while."""

    conninfo: str
    folder: Path

    @property
    def address(self) -> str:
        """``IP:PORT``."""
        return f"127.0.0.1:{conninfo_to_dict(self.conninfo)['port']}"

    @property
    def version(self) -> str:
        """What it says that it is."""
        with psycopg.connect(f"{self.conninfo} dbname=postgres") as link:
            row = link.execute("show server_version").fetchone()
        assert row is not None
        return str(row[0]).split()[0]

    def run(self, *statements: str, dbname: str = "storefront") -> None:
        """Run statements as the superuser."""
        with psycopg.connect(f"{self.conninfo} dbname={dbname}", autocommit=True) as link:
            for statement in statements:
                link.execute(statement.encode())

    def lets_in(self, *lines: str) -> None:
        """Change who is let in how."""
        (self.folder / "hba.conf").write_text("\n".join(lines) + "\n")
        self._reload()

    def setting(self, name: str, value: str) -> None:
        """Change a parameter of the whole server."""
        self.run(f"alter system set {name} = '{value}'")
        self._reload()

    def shows(self, certificate: Path) -> None:
        """Have it show another certificate."""
        _put(certificate, self.folder / "server.pem")
        self._reload()

    def _reload(self) -> None:
        """Have the server read its files; it tells when, by a time of its own."""
        asked = "select pg_conf_load_time()"
        with psycopg.connect(f"{self.conninfo} dbname=postgres", autocommit=True) as link:
            before = link.execute(asked).fetchone()
            link.execute("select pg_reload_conf()")
        until = time.monotonic() + 10
        while time.monotonic() < until:
            # A connection that stands may read the new time before the server takes new ones.
            with psycopg.connect(f"{self.conninfo} dbname=postgres", autocommit=True) as link:
                if link.execute(asked).fetchone() != before:
                    return
            time.sleep(0.01)
        raise TimeoutError("the server does not read its files")


@contextmanager
def secured(certificate: Path, settings: Settings) -> Iterator[Server]:
    """Run a server with the certificate, and a database that is as the settings say."""
    folder = Path(tempfile.mkdtemp(prefix="understudy-secured-"))
    folder.chmod(0o755)
    try:
        _put(certificate, folder / "server.pem")
        (folder / "hba.conf").write_text("\n".join(TLS_ONLY) + "\n")
        files = (f"ssl_cert_file={folder}/server.pem", f"ssl_key_file={folder}/server.pem")
        with cluster("ssl=on", *files, f"hba_file={folder}/hba.conf") as conninfo:
            # No authority: the test itself comes in whatever certificate is shown.
            server = Server(f"{conninfo} sslmode=require sslrootcert={folder}/none", folder)
            server.run(
                f"create role storefront_owner login password '{PASSWORD}'",
                "create database storefront owner storefront_owner",
                dbname="postgres",
            )
            server.run(
                "create role rds_iam",
                f"create role {settings.shape.database.user} login in role rds_iam",
                "create table steps (step text, number int)",
                f"insert into steps values ('0001_first', 1), ('{STEP}', 2)",
                "grant select on steps to storefront_owner",
            )
            for name, value in settings.shape.database.parameters.items():
                server.setting(name, value)
            yield server
    finally:
        shutil.rmtree(folder)


def _put(certificate: Path, to: Path) -> None:
    """Copy a certificate with its key; the server reads a key that is its own alone."""
    shutil.copy(certificate, to)
    give(to)
    to.chmod(0o600)
