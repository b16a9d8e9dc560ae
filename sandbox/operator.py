"""Whoever works in the sandbox: an access key that opens nothing but the sandbox."""

KEY = "AKIASANDBOXOPERATOR0"
SECRET = "sandbox"
STATE_KEY = "alias/understudy-state"
"""Of the KMS key in the operator's own account, whose data keys encrypt secrets in the state."""
REGION = "us-east-1"
SECRETS_PROVIDER = f"awskms://{STATE_KEY}?region={REGION}&profile=default"
"""What a stack is made with. The profile is named, as a shell may have chosen another."""
