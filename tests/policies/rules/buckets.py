"""Trials of the rules for buckets."""

from tests.policies.rules.trials import Trial

TRIALS: list[Trial] = []
