"""The audit as one page that needs nothing but itself, in the look of the policies' report."""

import base64
import hashlib
from pathlib import Path

import jinja2

import policies.reports
from operations.audit.outcome import Status
from operations.audit.report import Audit
from operations.audit.show import numbers, until, verdict
from operations.moments import shown

STYLE = "page.css"
OWN_STYLE = "audit.css"
BADGES = {
    Status.FAIL: "undeclared",
    Status.UNKNOWN: "advice",
    Status.WAIVED: "waived",
    Status.PASS: "equal",
    Status.NOT_APPLICABLE: "waived",
}
"""By status, the class of that look."""


def page(audit: Audit) -> str:
    """Return the audit as HTML. Whatever is in it, none of it becomes mark-up."""
    text = _TEMPLATES.get_template("audit.html").render(
        audit=audit,
        verdict=verdict(audit),
        numbers=numbers(audit),
        time=shown(audit.time),
        badges=BADGES,
        Status=Status,
        until=until,
        hashes=[_hash(name) for name in (STYLE, OWN_STYLE)],
    )
    # A name in AWS may hold half of a surrogate pair, which no file can.
    return text.encode("utf-8", "replace").decode("utf-8")


def _hash(name: str) -> str:
    """Return how a content security policy allows this text of the page and no other."""
    text = _TEMPLATES.get_template(name).render()
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader([Path(__file__).parent, Path(policies.reports.__path__[0])]),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
