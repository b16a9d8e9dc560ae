"""The permissions boundary: the most that any role of an environment can do, whatever it is given.

It is made beforehand (``bootstrap/deployer.yaml``), so that no update can change it.
"""

POLICY_NAME = "understudy-boundary"


def boundary_arn(account: str) -> str:
    """Return the ARN of the boundary in an account; every role of a component carries it."""
    return f"arn:aws:iam::{account}:policy/{POLICY_NAME}"
