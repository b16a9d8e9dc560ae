"""The site: redirects, headers, what search engines are told, and who is kept out."""

import re
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from operations.environment.check import (
    Answer,
    Check,
    failed,
    holds,
    none_wrong,
    not_applicable,
    passed,
    unknown,
)
from operations.environment.facts.site import PROBE, Site, look
from operations.environment.facts.wire import Answered, Got, Silent
from operations.environment.wanted import Wanted

PERMANENT = (301, 308)
"""RFC 9110, 15.4: only these may be remembered."""
LEAST_HSTS_SECONDS = 180 * 24 * 3600
"""Half a year: shorter, and who comes seldom is not kept on TLS."""
EVERYONE = "0.0.0.0/0"
HTTPS = (None, 443)
REFUSED = (403,)
"""AWS WAF Developer Guide, "Block": the status of a request that a rule blocks."""
VERSION = re.compile(r"\d+\.\d+")
FAILS_FROM = 500


def _redirects(found: Site, wanted: Wanted) -> Answer:
    return _redirect(wanted.hosts[0], found.plain[wanted.hosts[0]])


def _subdomains_redirect(found: Site, wanted: Wanted) -> Answer:
    subdomains = wanted.hosts[1:]
    if not subdomains:
        return not_applicable("the site has no further names")
    answers = [_redirect(name, found.plain[name]) for name in subdomains]
    wrong = [each.words for each in answers if each != passed("redirected for good")]
    return none_wrong(wrong, f"{', '.join(subdomains)} redirected for good")


def _redirect(name: str, got: Got) -> Answer:
    if isinstance(got, Silent):
        return failed(got.words)
    if got.status not in PERMANENT:
        return failed(f"http://{name} answers {got.status}, must be 301 or 308")
    to = urlsplit(got.headers.get("location", ""))
    same = to.hostname == name and f"{to.path}?{to.query}" == PROBE
    if to.scheme == "https" and to.port in HTTPS and same:
        return passed("redirected for good")
    return failed(f"http://{name}{PROBE} leads to {got.headers.get('location') or 'nowhere'}")


def _subdomains_answer(found: Site, wanted: Wanted) -> Answer:
    subdomains = wanted.hosts[1:]
    if not subdomains:
        return not_applicable("the site has no further names")
    answers = {name: found.health[name] for name in subdomains}
    wrong = [
        got.words if isinstance(got, Silent) else f"{name} answers {got.status}"
        for name, got in answers.items()
        if isinstance(got, Silent) or got.status != 200  # noqa: PLR2004  (the health check's own)
    ]
    return none_wrong(wrong, f"{', '.join(subdomains)} answer as the domain does")


def _page(found: Site) -> Answered | Answer:
    """Return the first page, or why its headers can't be judged."""
    if isinstance(found.page, Silent):
        return unknown(found.page.words)
    if found.page.status >= FAILS_FROM:
        return unknown(f"/ answers {found.page.status}")
    return found.page


def _hsts(found: Site, _: Wanted) -> Answer:
    page = _page(found)
    if isinstance(page, Answer):
        return page
    header = page.headers.get("strict-transport-security", "")
    age = re.search(r"(?:^|;)\s*max-age=\"?(\d+)", header, re.IGNORECASE)
    return holds(
        age is not None and int(age[1]) >= LEAST_HSTS_SECONDS,
        f"Strict-Transport-Security: {header}",
        f"Strict-Transport-Security must last {LEAST_HSTS_SECONDS} s, got {header or 'none'}",
    )


def _headers(found: Site, _: Wanted) -> Answer:
    page = _page(found)
    if isinstance(page, Answer):
        return page
    told = {name: value.lower() for name, value in page.headers.items()}
    policy = told.get("content-security-policy", "")
    framed = told.get("x-frame-options", "") in ("deny", "sameorigin")
    wrong = {
        "X-Content-Type-Options: nosniff": told.get("x-content-type-options") == "nosniff",
        "Content-Security-Policy": bool(policy),
        "X-Frame-Options, or frame-ancestors": framed or "frame-ancestors" in policy,
        "Referrer-Policy": bool(told.get("referrer-policy")),
    }
    lacking = [f"lacks {name}" for name, there in wrong.items() if not there]
    return none_wrong(lacking, f"{len(wrong)} headers are as they should be")


def _no_version(found: Site, _: Wanted) -> Answer:
    page = _page(found)
    if isinstance(page, Answer):
        return page
    told = {name: page.headers.get(name, "") for name in ("server", "x-powered-by")}
    wrong = [f"{name} tells {value}" for name, value in told.items() if VERSION.search(value)]
    return none_wrong(wrong, "no header tells the version of what answers")


def _robots(found: Site, wanted: Wanted) -> Answer:
    if isinstance(found.robots, Silent):
        return unknown(found.robots.words)
    if found.robots.status != 200:  # noqa: PLR2004  (RFC 9309, 2.3.1: any other means no rules)
        return failed(f"/robots.txt answers {found.robots.status}")
    rules = RobotFileParser()
    rules.parse(found.robots.body.splitlines())
    invited, indexed = rules.can_fetch("*", "/"), wanted.settings.identity.access.indexed
    words = "invites search engines" if invited else "keeps search engines away"
    return holds(invited is indexed, words, f"{words}, identity.access.indexed is {indexed}")


def _kept_out(found: Site, wanted: Wanted) -> Answer:
    networks = wanted.settings.identity.access.networks
    if EVERYONE in networks:
        return not_applicable("the site is open to everyone")
    if found.outside is None:
        return not_applicable("no address outside was named (--outside)")
    if isinstance(found.outside, Silent):
        return unknown(found.outside.words)
    return holds(
        found.outside.status in REFUSED,
        f"who comes from elsewhere is answered {found.outside.status}",
        f"who comes from elsewhere is answered {found.outside.status}, must be 403",
    )


CHECKS = (
    Check(
        id="http-redirects-to-https",
        what="HTTP leads to HTTPS for good, with the same name, path and query",
        why="a link without https would stay readable by everyone on its way",
        mend="compare the listener on port 80 with the program, then update",
        look=look,
        judge=_redirects,
        quick=True,
    ),
    Check(
        id="http-subdomains-redirect",
        what="each further name leads from HTTP to HTTPS as the domain does",
        why="a name that is forgotten is where somebody listens",
        mend="compare the listener on port 80 with the program, then update",
        look=look,
        judge=_subdomains_redirect,
    ),
    Check(
        id="https-subdomains-answer",
        what="each further name answers the health path",
        why="links to it are out in the world",
        mend="compare shape.tls.subdomains with the records and the listener",
        look=look,
        judge=_subdomains_answer,
    ),
    Check(
        id="http-hsts",
        what="the site tells browsers to come by TLS alone for half a year",
        why="without it the first request of each visit can be led astray",
        mend="the application must send Strict-Transport-Security",
        look=look,
        judge=_hsts,
    ),
    Check(
        id="http-security-headers",
        what="the first page has the headers that a browser protects its user by",
        why="without them a browser guesses types, lets others frame the page, and tells addresses",
        mend="the application must send what is named",
        look=look,
        judge=_headers,
    ),
    Check(
        id="http-no-version-told",
        what="no header tells the version of what answers",
        why="it says which holes to try",
        mend="switch it off in the application's server",
        look=look,
        judge=_no_version,
    ),
    Check(
        id="robots-as-settings",
        what="robots.txt says what identity.access.indexed says",
        why="staging in a search engine competes with the site, and shows what is not out yet",
        mend="compare the listener's rule for /robots.txt with the program, then update",
        look=look,
        judge=_robots,
    ),
    Check(
        id="closed-to-others",
        what="who comes from outside identity.access.networks is refused",
        why="staging is for the team alone",
        mend="see closed-firewall-networks; was the address really outside?",
        look=look,
        judge=_kept_out,
    ),
)
