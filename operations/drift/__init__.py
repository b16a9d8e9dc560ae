"""Drift: what was changed behind Pulumi's back, and whether the stacks still mirror each other."""
