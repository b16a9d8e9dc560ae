"""Read the settings, lay out the environment, export its outputs."""

from pathlib import Path

import pulumi

from blueprint.environment import Environment
from blueprint.given import settings_of
from blueprint.outputs import export

settings = settings_of(Path(__file__).parent, pulumi.get_stack())
export(Environment(settings).outputs)
