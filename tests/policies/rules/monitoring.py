"""Trials of the rules for monitoring."""

from tests.policies.rules.trials import Trial

TRIALS: list[Trial] = []
