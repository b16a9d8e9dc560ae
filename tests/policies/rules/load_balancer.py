"""Trials of the rules for load_balancer."""

from tests.policies.rules.trials import Trial

TRIALS: list[Trial] = []
