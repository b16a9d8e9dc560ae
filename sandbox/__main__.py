"""The sandbox's commands: ``python -m sandbox <command>``; the Makefile only calls these."""

import sys

from sandbox.commands import main

sys.exit(main(sys.argv[1:]))
