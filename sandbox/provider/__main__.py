"""Start a stand-in provider: ``python -m sandbox.provider aws|random <engine address>``."""

import sys

from sandbox.provider.servicer import serve


def main() -> None:
    """Serve the named provider until its engine ends."""
    if sys.argv[1] == "aws":
        from sandbox.provider.aws_provider import AwsProvider

        serve(AwsProvider())
    else:
        from sandbox.provider.random_provider import RandomProvider

        serve(RandomProvider())


main()
