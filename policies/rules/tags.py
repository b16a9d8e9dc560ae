"""Rules for tags."""
