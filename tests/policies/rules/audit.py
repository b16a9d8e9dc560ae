"""Trials of the rules for audit."""

from tests.policies.rules.trials import Trial

TRIALS: list[Trial] = []
