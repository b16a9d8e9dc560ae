"""Proves that the environments are safe and alike: rules, parity, waivers, reports."""

MANIFEST_FOLDER = "policies/manifests"
"""Where the manifests of sanitised snapshots lie in the project."""
SIGNERS = f"{MANIFEST_FOLDER}/signers.pem"
"""The public keys of who may sign them."""
