"""The sandbox's commands: ``python -m sandbox <command>``; the Makefile only calls these."""

import atexit
import gc
import sys

from sandbox.commands import main

# As it ends Python looks for garbage: a tenth of what a command takes that does little.
atexit.register(gc.freeze)
sys.exit(main(sys.argv[1:]))
