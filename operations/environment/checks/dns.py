"""DNS: the names lead to the load balancer, and only the zone's own issuers may certify them."""

from operations.environment.check import Answer, Check, holds, none_wrong, not_applicable
from operations.environment.facts.dns import Dns, look
from operations.environment.wanted import Wanted

NOT_ASKED = "no resolver was asked for (--resolver)"


def _records(found: Dns, wanted: Wanted) -> Answer:
    target = str(wanted.outputs["loadBalancerDnsName"]).lower()
    wrong = [
        f"{name} leads to {found.aliases.get(name) or 'nothing'}"
        for name in wanted.hosts
        if found.aliases.get(name) != target
    ]
    return none_wrong(wrong, f"{len(wanted.hosts)} names lead to {target}")


def _caa(found: Dns, wanted: Wanted) -> Answer:
    issuers = wanted.settings.shape.dns.caa_issuers
    right = {*(f'0 issue "{issuer}"' for issuer in issuers), '0 issuewild ";"'}
    wrong = [f"lacks {each}" for each in sorted(right - found.caa)]
    wrong += [f"has {each}" for each in sorted(found.caa - right)]
    return none_wrong(wrong, f"only {', '.join(issuers)} may issue")


def _name_servers(found: Dns, wanted: Wanted) -> Answer:
    right = _outputs(wanted)
    return holds(
        found.name_servers == right,
        f"{len(right)} name servers, those of the outputs",
        f"the zone has {', '.join(sorted(found.name_servers)) or 'none'}",
    )


def _signed(found: Dns, _: Wanted) -> Answer:
    return holds(
        found.signing == "SIGNING", "Route 53 signs the zone", f"its state is {found.signing}"
    )


def _resolves(found: Dns, wanted: Wanted) -> Answer:
    if found.resolved is None:
        return not_applicable("--address leads around DNS, and " + NOT_ASKED)
    # A balancer has more addresses than one answer holds: that they meet is all that can be asked.
    balancer = found.resolved[str(wanted.outputs["loadBalancerDnsName"])]
    wrong = [
        f"{name} is {', '.join(sorted(found.resolved[name])) or 'not known'}"
        for name in wanted.hosts
        if not found.resolved[name] & balancer
    ]
    return none_wrong(wrong, f"every name is {', '.join(sorted(balancer))}")


def _delegated(found: Dns, wanted: Wanted) -> Answer:
    if found.public is None:
        return not_applicable(NOT_ASKED)
    told = ", ".join(sorted(found.public.name_servers)) or "none"
    return holds(
        found.public.name_servers == _outputs(wanted),
        "the world is led to the zone's name servers",
        f"the world is led to {told}",
    )


def _verified(found: Dns, _: Wanted) -> Answer:
    if found.public is None:
        return not_applicable(NOT_ASKED)
    return holds(
        found.public.verified,
        "the resolver verified the answer",
        "the resolver could not verify the answer",
    )


def _outputs(wanted: Wanted) -> frozenset[str]:
    return frozenset(str(each).lower().removesuffix(".") for each in wanted.outputs["nameServers"])


CHECKS = (
    Check(
        id="dns-records-lead-to-load-balancer",
        what="each name of the site is an alias of the load balancer",
        why="a name that leads elsewhere serves something else, or nobody",
        mend="`pulumi refresh`, then an update: a person changed the record",
        look=look,
        judge=_records,
    ),
    Check(
        id="dns-caa-as-settings",
        what="the CAA records name the issuers of the settings alone, and no wildcard",
        why="any other authority could issue a certificate for the site",
        mend="`pulumi refresh`, then an update",
        look=look,
        judge=_caa,
    ),
    Check(
        id="dns-name-servers-as-outputs",
        what="the zone has the name servers of the outputs",
        why="the parent zone delegates to those of the outputs; another zone is not asked",
        mend="update, so that outputs and delegation are those of the zone",
        look=look,
        judge=_name_servers,
    ),
    Check(
        id="dns-zone-signed",
        what="Route 53 signs the zone",
        why="an answer that is not signed can be forged on its way",
        mend="see the zone's DNSSEC alarms; the signing key may be disabled",
        look=look,
        judge=_signed,
    ),
    Check(
        id="dns-name-resolves-to-load-balancer",
        what="each name of the site has an address of the load balancer",
        why="this is what a browser does first",
        mend="see dns-delegated; a change takes as long as the TTL",
        look=look,
        judge=_resolves,
    ),
    Check(
        id="dns-delegated",
        what="the parent zone leads to the zone's name servers",
        why="without the delegation nobody finds the zone, and no certificate is renewed",
        mend="update; the delegation role may have lost its rights",
        look=look,
        judge=_delegated,
    ),
    Check(
        id="dns-answers-verified",
        what="a resolver that verifies DNSSEC verifies the zone",
        why="with a wrong DS record at the parent half of the world sees no site at all",
        mend="compare the DS record at the parent with the zone's",
        look=look,
        judge=_verified,
    ),
)
