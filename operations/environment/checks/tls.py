"""TLS: the certificate is good for long enough, and nothing old or weak is spoken."""

from operations.environment.check import Answer, Check, holds, none_wrong
from operations.environment.facts.tls import OLD, Tls, look
from operations.environment.wanted import Wanted

ONLY_1_3 = "-1-3-"
"""What Elastic Load Balancing calls a policy that speaks TLS 1.3 alone."""


def _trusted(found: Tls, _: Wanted) -> Answer:
    return holds(
        not found.untrusted,
        "the chain leads to a known authority",
        f"the chain is not trusted: {found.untrusted}",
    )


def _names(found: Tls, wanted: Wanted) -> Answer:
    wrong = [f"lacks {name}" for name in wanted.hosts if name not in found.names]
    return none_wrong(wrong, f"made out to {', '.join(wanted.hosts)}")


def _lasts(found: Tls, wanted: Wanted) -> Answer:
    left, least = (found.ends - wanted.now).days, wanted.settings.shape.alarms.certificate.days_left
    return holds(left >= least, f"{left} days left", f"{left} days left, must be {least} or more")


def _old_refused(found: Tls, _: Wanted) -> Answer:
    spoken = [f"{version} is spoken" for version in OLD if found.spoken[version]]
    return none_wrong(spoken, f"{' and '.join(OLD)} are refused")


def _new_spoken(found: Tls, wanted: Wanted) -> Answer:
    only = ONLY_1_3 in wanted.settings.shape.tls.policy
    right = {"TLS 1.2": not only, "TLS 1.3": True}
    wrong = [
        f"{version} is {'spoken' if found.spoken[version] else 'refused'}"
        for version, wants in right.items()
        if found.spoken[version] is not wants
    ]
    return none_wrong(wrong, "TLS 1.3 alone is spoken" if only else "TLS 1.2 and 1.3 are spoken")


def _forward_secret(found: Tls, _: Wanted) -> Answer:
    return holds(
        not found.without_forward_secrecy,
        "an exchange of keys without forward secrecy is refused",
        "the site agrees to an exchange of keys without forward secrecy",
    )


CHECKS = (
    Check(
        id="tls-certificate-trusted",
        what="the certificate's chain leads to a known authority, and is in force",
        why="every client refuses the site otherwise",
        mend="see the certificate in ACM: it must be issued, and be the listener's",
        look=look,
        judge=_trusted,
        quick=True,
    ),
    Check(
        id="tls-certificate-names",
        what="the certificate is made out to every name of the site",
        why="a client refuses a name that the certificate lacks",
        mend="compare shape.tls.subdomains with the certificate in ACM, then update",
        look=look,
        judge=_names,
        quick=True,
    ),
    Check(
        id="tls-certificate-lasts",
        what="the certificate has as many days left as the alarm asks for",
        why="ACM renews 60 days before the end; fewer are left only where renewal fails",
        mend="see the validation records in the zone: ACM looks them up from the root",
        look=look,
        judge=_lasts,
        quick=True,
    ),
    Check(
        id="tls-old-versions-refused",
        what="TLS 1.0 and 1.1 are refused",
        why="both are broken, and deprecated by RFC 8996",
        mend="compare the listener's policy with shape.tls.policy, then update",
        look=look,
        judge=_old_refused,
    ),
    Check(
        id="tls-new-versions-spoken",
        what="the versions that the policy of the settings has are spoken",
        why="a client of today must get in, and staging must do what production does",
        mend="compare the listener's policy with shape.tls.policy, then update",
        look=look,
        judge=_new_spoken,
    ),
    Check(
        id="tls-forward-secret",
        what="only exchanges of keys with forward secrecy are agreed to",
        why="without it a key stolen tomorrow opens what was recorded today",
        mend="compare the listener's policy with shape.tls.policy, then update",
        look=look,
        judge=_forward_secret,
    ),
)
