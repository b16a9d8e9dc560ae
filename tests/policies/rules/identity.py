"""Trials of the rules for identity."""

from tests.policies.rules.trials import Trial

TRIALS: list[Trial] = []
