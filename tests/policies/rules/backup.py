"""Trials of the rules for backup."""

from tests.policies.rules.trials import Trial

TRIALS: list[Trial] = []
