"""Measurements: each script prints ratios of one run, and exits with 1 past its bound."""
