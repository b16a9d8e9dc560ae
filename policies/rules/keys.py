"""Rules for keys."""
