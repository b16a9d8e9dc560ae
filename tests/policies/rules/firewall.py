"""Trials of the rules for firewall."""

from tests.policies.rules.trials import Trial

TRIALS: list[Trial] = []
