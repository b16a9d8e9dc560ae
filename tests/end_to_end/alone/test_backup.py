"""A database is restored beside the live one, swapped in and back, and the engine follows."""

import json
from collections.abc import Iterator

import pytest

from tests.support.postgres import cluster, database
from tests.support.project import Project

TABLE = "create table orders (id int primary key); insert into orders values (1)"
INSTANCE = "aws:rds/instance:Instance"


@pytest.fixture
def restored() -> Iterator[str]:
    """Give what a restored database answers, in place of the one that only AWS can start."""
    with cluster() as server, database(server, "storefront", TABLE) as conninfo:
        yield conninfo


def identifier(project: Project) -> str:
    done = project.pulumi("stack", "output", "--stack", "staging", "--json")
    return str(json.loads(done.stdout)["databaseIdentifier"])


def instance_id(project: Project) -> str:
    (own,) = [each for each in project.resources("staging") if each["type"] == INSTANCE]
    return str(own["id"])


def test_a_swap_and_its_undo_leave_nothing_to_replace(up: Project, restored: str) -> None:
    project = up

    def backup(*words: str) -> str:
        done = project.run("backup", *words, "--sandbox", module="operations")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    (project.root / "backup-checks.yaml").write_text("counts: {against: nothing}\n")
    with project.session() as session:
        rds = project.boto3(session, "staging", "rds")
        live, before = identifier(project), instance_id(project)

        def names() -> dict[str, str]:
            found = rds.describe_db_instances()["DBInstances"]
            return {each["DBInstanceIdentifier"]: each["DbiResourceId"] for each in found}

        assert live in names()
        backup("restore", "staging", "--yes", "--connect", restored)
        (beside,) = [name for name in names() if name.startswith(f"{live}-restored-")]
        assert project.changes("staging") == {}

        said = backup("swap", "staging", "--yes")
        assert f"{live}-before-" in said
        assert names()[live] == instance_id(project) != before
        assert beside not in names()
        project.ran("gate", "staging", "--sandbox", "--yes", module="operations")
        assert project.changes("staging") == {}

        backup("undo", "staging", "--yes")
        assert instance_id(project) == before
        assert beside in names()
        project.ran("gate", "staging", "--sandbox", "--yes", module="operations")
        assert project.changes("staging") == {}
        rds.delete_db_instance(DBInstanceIdentifier=beside, SkipFinalSnapshot=True)
