"""``python -m operations``."""

import atexit
import gc
import sys

from operations.command import main

# A short life: looking for garbage among AWS's models, which stay to its end, takes a sixth of it.
gc.set_threshold(100_000, 50, 50)
# As it ends Python would look once more, through all of it.
atexit.register(gc.freeze)
sys.exit(main())
