"""Read the settings, lay out the environment, export its outputs."""

import atexit
import gc
from pathlib import Path

import pulumi

# What is described lives to the end: looking for garbage took two thirds of the program's time.
# Python does it once more as it ends, in up to a second.
gc.set_threshold(100_000, 50, 50)
atexit.register(gc.freeze)

from blueprint.environment import Environment  # noqa: E402
from blueprint.given import settings_of  # noqa: E402
from blueprint.outputs import export  # noqa: E402

try:
    settings = settings_of(Path(__file__).parent, pulumi.get_stack())
    export(Environment(settings).outputs)
except ValueError as error:
    # What a component refuses is a person's mistake too: one line, no traceback.
    raise pulumi.RunError(str(error)) from error
