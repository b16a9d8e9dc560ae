"""Trials of the rules for network."""

from tests.policies.rules.trials import Trial

TRIALS: list[Trial] = []
