"""Secrets in plain text, known by their form; the message never repeats them.

Left out: whatever a secret scanner finds by guessing, such as long random text.
"""

import re

_FORMS = {
    "a user or password in a URL": r"[a-z][a-z0-9+.-]*://[^/?#\s]*@",
    "an AWS access key": r"(?<![A-Za-z0-9])(AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])",
    "a Stripe key": r"(?<![A-Za-z0-9])[rs]k_live_",
    "a GitHub token": r"(?<![A-Za-z0-9])(gh[oprsu]_|github_pat_)",
    "a Slack token": r"(?<![A-Za-z0-9])xox[a-z]-",
    "a private key or certificate": r"-----BEGIN ",
}
_KNOWN = {what: re.compile(form) for what, form in _FORMS.items()}


SECRET_PATTERN = "|".join(_FORMS.values())


def secret_problem(value: str) -> str | None:
    """Return what kind of secret a text holds."""
    for what, form in _KNOWN.items():
        if form.search(value):
            return (
                f"must not hold {what}: secrets stand in Secrets Manager; "
                "use a variable with secret: provided"
            )
    return None
