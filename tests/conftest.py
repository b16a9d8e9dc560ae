"""What holds for every test."""

import gc

# Graphs and the SDK's modules live to the end; looking for garbage took a third of the unit tests.
gc.set_threshold(100_000, 50, 50)
