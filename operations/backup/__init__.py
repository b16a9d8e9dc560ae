"""Prove backups, and use them: list, verify, restore, swap, drill."""
