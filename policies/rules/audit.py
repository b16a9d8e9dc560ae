"""Rules for audit."""
