"""Rules for backup."""
