"""Who is connected to a database counts, and who is leaving it does not."""

import threading
from collections.abc import Iterator

import psycopg
import pytest

from operations.sessions import LEAVING_SECONDS, others
from tests.support.postgres import cluster, database

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    with cluster() as server, database(server, "shop") as found:
        yield found


@pytest.mark.parametrize("autocommit", [True, False])
def test_who_is_leaving_does_not_count(shop: str, *, autocommit: bool) -> None:
    with psycopg.connect(shop, autocommit=autocommit) as connection:
        assert others(connection) == 0
        staying, leaving = psycopg.connect(shop), psycopg.connect(shop)
        threading.Timer(LEAVING_SECONDS / 4, leaving.close).start()
        assert others(connection) == 1
        threading.Timer(LEAVING_SECONDS / 4, staying.close).start()
        assert others(connection) == 0


def test_who_is_in_another_database_does_not_count(shop: str) -> None:
    elsewhere = shop.replace("dbname=shop", "dbname=postgres")
    with psycopg.connect(shop) as connection, psycopg.connect(elsewhere):
        assert others(connection) == 0
