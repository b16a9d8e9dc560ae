"""Rules for network."""
