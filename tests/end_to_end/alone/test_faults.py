"""What goes wrong on AWS on the way up and down, and that nothing of it stays."""

from tests.support.inventory import held
from tests.support.project import Project


def test_a_throttled_request_is_tried_again_and_staging_is_deleted_whole(project: Project) -> None:
    with project.session() as session:
        session.tell("faults", [{"kind": "throttle", "operation": "ec2.create_*", "times": 5}])
        project.ran("up", "staging")
        assert session.tell("status")["faults"] == []
    done = project.run("destroy", "staging")
    assert done.returncode == 0, done.stderr
    assert project.resources("staging") == []
    with project.session() as session:
        living = held(lambda service: project.boto3(session, "staging", service))
    assert {token: ids for token, ids in living.items() if ids} == {}


def test_a_create_that_fails_is_told_and_the_next_up_completes(project: Project) -> None:
    fault = {"kind": "fail", "operation": "rds.create_db_instance", "times": 1}
    with project.session() as session:
        session.tell("faults", [fault])
        failed = project.run("up", "staging")
        assert failed.returncode == 1
        assert "failed on demand" in failed.stderr
        assert "Traceback" not in failed.stderr
        project.ran("up", "staging")
    assert project.changes("staging") == {}
