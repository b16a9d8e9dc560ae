"""Trials of the rules for keys."""

from tests.policies.rules.trials import Trial

TRIALS: list[Trial] = []
