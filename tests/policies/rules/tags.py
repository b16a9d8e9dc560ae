"""Trials of the rules for tags."""

from tests.policies.rules.trials import Trial

TRIALS: list[Trial] = []
