"""Proves that the environments are safe and alike: rules, parity, waivers, reports."""
