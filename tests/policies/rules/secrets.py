"""Trials of the rules for secrets."""

from tests.policies.rules.trials import Trial

TRIALS: list[Trial] = []
