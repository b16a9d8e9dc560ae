"""Releases brought out, looked at, and taken back."""
