"""Rules for identity."""
