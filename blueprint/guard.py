"""What stands in the way of deleting an environment as a whole.

The engine deletes in the opposite order of what depends on what, and stops at the first resource
that is protected. Were that a database in the middle, everything that depends on it would be gone
by then. So what is deleted first is this.
"""

import pulumi
import pulumi_random as random
from pulumi import ResourceOptions

NAME = "deletion-guard"


def deletion_guard(environment: pulumi.ComponentResource, *, protect: bool) -> random.RandomId:
    """Return a resource that depends on every resource of the environment, and is nothing else.

    It has no properties that depend on another resource, so nothing that is replaced makes the
    engine replace it too.
    """
    return random.RandomId(
        NAME, byte_length=4, opts=ResourceOptions(depends_on=[environment], protect=protect)
    )
