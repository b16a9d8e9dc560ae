"""The right to start one task in one cluster: for whatever starts it at a time or by an event."""

from pulumi import Input, Output

from components.policy_documents import Statement
from components.task import Task


def start_statements(
    task: Task, *, place: str, cluster_arn: Input[str], cluster_name: Input[str]
) -> list[Statement]:
    """Return what it takes to start this task, with its roles and tags, and no other.

    ``place`` is ``<region>:<account>``.
    """
    return [
        {
            "Sid": "StartTask",
            "Effect": "Allow",
            "Action": "ecs:RunTask",
            # Any revision: policy and starter are not changed in the same instant.
            "Resource": f"arn:aws:ecs:{place}:task-definition/{task.family}:*",
            "Condition": {"ArnEquals": {"ecs:cluster": cluster_arn}},
        },
        {
            "Sid": "TagStartedTask",
            "Effect": "Allow",
            "Action": "ecs:TagResource",
            "Resource": Output.format("arn:aws:ecs:{0}:task/{1}/*", place, cluster_name),
            "Condition": {"StringEquals": {"ecs:CreateAction": "RunTask"}},
        },
        {
            "Sid": "GiveTaskItsRoles",
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": [task.execution_role_arn, task.task_role_arn],
            "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        },
    ]
