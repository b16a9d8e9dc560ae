"""Trials of the rules for dns."""

from tests.policies.rules.trials import Trial

TRIALS: list[Trial] = []
