"""The results of a run, for people, for CI and for machines."""
