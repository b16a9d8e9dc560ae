"""Trials of the rules for compute."""

from tests.policies.rules.trials import Trial

TRIALS: list[Trial] = []
