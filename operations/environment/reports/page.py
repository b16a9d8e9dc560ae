"""The results as one page that needs nothing but itself: no network, no other file, no script."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

from operations.environment.check import Result
from operations.environment.reports.terminal import label, summary
from operations.moments import shown

STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-top: 1px solid #8886; }
td:first-child { white-space: nowrap; font-weight: 600; }
.fail td:first-child { color: #c62828; } .unknown td:first-child { color: #b26a00; }
.pass td:first-child { color: #2e7d32; } .advice td:first-child { color: #b26a00; }
small { display: block; opacity: .8; } code { font-size: .95em; }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(stack: str, results: Sequence[Result], began: datetime, seconds: float) -> str:
    """Return the page; what stops the run comes first."""
    ordered = sorted(results, key=lambda each: not each.stops)
    title = f"Tests of {escape(stack)}"
    verdict = "failed" if any(each.stops for each in results) else "passed"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{title}: {verdict}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{title}: {verdict}</h1>
<p>{shown(began)}, {seconds:.1f} s. {escape(summary(results))}.</p>
<table>
<thead><tr><th>verdict<th>check<th>what was found<th>seconds</tr></thead>
<tbody>
{chr(10).join(map(_row, ordered))}
</tbody>
</table>
</body>
</html>
"""


def _row(result: Result) -> str:
    check, verdict = result.check, label(result)
    mend = ""
    if verdict in ("fail", "unknown", "advice"):
        mend = f"<small>It matters: {escape(check.why)}.</small>"
        mend += f"<small>To mend: {escape(check.mend)}.</small>"
    return (
        f'<tr class="{escape(verdict)}"><td>{escape(verdict)}'
        f"<td><code>{escape(check.id)}</code><small>{escape(check.what)}</small>"
        f"<td>{escape(result.answer.words)}{mend}<td>{result.seconds:.1f}</tr>"
    )
