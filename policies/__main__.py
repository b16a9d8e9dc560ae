"""The policy pack: ``pulumi preview --policy-pack policies`` runs this file."""

import gc
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The engine starts this in the pack's own folder.
sys.path.insert(0, str(ROOT))

from pulumi_policy import PolicyPack  # noqa: E402

from policies.check import Rulebook  # noqa: E402
from policies.errors import PolicyError  # noqa: E402
from policies.pack import policies_of  # noqa: E402

# A short life, and rules, graphs and recordings stay to its end.
gc.set_threshold(100_000, 50, 50)
try:
    policies = policies_of(Rulebook.of(ROOT))
except PolicyError as error:
    sys.exit(str(error))
# Never returns: it serves the engine until that ends it.
PolicyPack("understudy", policies)
