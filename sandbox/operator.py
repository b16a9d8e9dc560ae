"""Whoever works in the sandbox: an access key that opens nothing but the sandbox."""

KEY = "AKIASANDBOXOPERATOR0"
SECRET = "sandbox"
