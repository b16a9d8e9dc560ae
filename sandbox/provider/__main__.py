"""Start a stand-in provider: ``python -m sandbox.provider aws|random <engine address>``."""

import gc
import sys

from sandbox.provider.servicer import serve


def main() -> None:
    """Serve the named provider until its engine ends."""
    # A short life, most of whose objects are botocore's models: little of it is garbage.
    gc.set_threshold(100_000, 50, 50)
    if sys.argv[1] == "aws":
        from sandbox.provider.aws_provider import AwsProvider

        serve(AwsProvider())
    else:
        from sandbox.provider.random_provider import RandomProvider

        serve(RandomProvider())


if __name__ == "__main__":
    main()
