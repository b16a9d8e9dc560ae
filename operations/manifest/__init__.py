"""Signed manifests: what was scanned, and who answers for it."""
