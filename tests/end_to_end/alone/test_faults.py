"""What goes wrong on AWS on the way up and down, and that nothing of it stays."""

from tests.support.inventory import held
from tests.support.project import Project


def test_after_throttling_and_a_failed_create_the_next_up_completes_and_destroy_leaves_nothing(
    project: Project,
) -> None:
    throttle = {"kind": "throttle", "operation": "ec2.create_*", "times": 5}
    fail = {"kind": "fail", "operation": "rds.create_db_instance", "times": 1}
    with project.session() as session:
        session.tell("faults", [throttle, fail])
        failed = project.run("up", "staging")
        assert failed.returncode == 1
        # The throttled requests were tried again; only what cannot be tried again is told.
        assert "failed on demand" in failed.stderr
        assert "Throttling" not in failed.stderr
        assert "Traceback" not in failed.stderr
        assert session.tell("status")["faults"] == []
        project.ran("up", "staging")
        assert project.changes("staging") == {}

        done = project.run("destroy", "staging")
        assert done.returncode == 0, done.stderr
        assert project.resources("staging") == []
        living = held(lambda service: project.boto3(session, "staging", service))
    assert {token: ids for token, ids in living.items() if ids} == {}
