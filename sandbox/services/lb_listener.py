"""Elastic Load Balancing: listeners."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.carry import Describe, kept, member, same
from sandbox.provider.resource import Problem
from sandbox.provider.values import Props
from sandbox.services.lb_actions import action_problems, encoded, refuse_target_groups, shown
from sandbox.services.lb_base import FLAG, LB_TAGS, Allowed, LbType, attribute, value_problems
from sandbox.services.lb_listeners import listeners_of

SETS = "modify_listener_attributes"
CREATE = "create_listener"
TLS = {"HTTPS", "TLS"}
HEADERS = {
    "routingHttpRequestXAmznMtlsClientcertHeaderName": (
        "routing.http.request.x_amzn_mtls_clientcert.header_name"
    ),
    "routingHttpRequestXAmznMtlsClientcertIssuerHeaderName": (
        "routing.http.request.x_amzn_mtls_clientcert_issuer.header_name"
    ),
    "routingHttpRequestXAmznMtlsClientcertLeafHeaderName": (
        "routing.http.request.x_amzn_mtls_clientcert_leaf.header_name"
    ),
    "routingHttpRequestXAmznMtlsClientcertSerialNumberHeaderName": (
        "routing.http.request.x_amzn_mtls_clientcert_serial_number.header_name"
    ),
    "routingHttpRequestXAmznMtlsClientcertSubjectHeaderName": (
        "routing.http.request.x_amzn_mtls_clientcert_subject.header_name"
    ),
    "routingHttpRequestXAmznMtlsClientcertValidityHeaderName": (
        "routing.http.request.x_amzn_mtls_clientcert_validity.header_name"
    ),
    "routingHttpRequestXAmznTlsCipherSuiteHeaderName": (
        "routing.http.request.x_amzn_tls_cipher_suite.header_name"
    ),
    "routingHttpRequestXAmznTlsVersionHeaderName": (
        "routing.http.request.x_amzn_tls_version.header_name"
    ),
    "routingHttpResponseAccessControlAllowCredentialsHeaderValue": (
        "routing.http.response.access_control_allow_credentials.header_value"
    ),
    "routingHttpResponseAccessControlAllowHeadersHeaderValue": (
        "routing.http.response.access_control_allow_headers.header_value"
    ),
    "routingHttpResponseAccessControlAllowMethodsHeaderValue": (
        "routing.http.response.access_control_allow_methods.header_value"
    ),
    "routingHttpResponseAccessControlAllowOriginHeaderValue": (
        "routing.http.response.access_control_allow_origin.header_value"
    ),
    "routingHttpResponseAccessControlExposeHeadersHeaderValue": (
        "routing.http.response.access_control_expose_headers.header_value"
    ),
    "routingHttpResponseAccessControlMaxAgeHeaderValue": (
        "routing.http.response.access_control_max_age.header_value"
    ),
    "routingHttpResponseContentSecurityPolicyHeaderValue": (
        "routing.http.response.content_security_policy.header_value"
    ),
    "routingHttpResponseServerEnabled": "routing.http.response.server.enabled",
    "routingHttpResponseStrictTransportSecurityHeaderValue": (
        "routing.http.response.strict_transport_security.header_value"
    ),
    "routingHttpResponseXContentTypeOptionsHeaderValue": (
        "routing.http.response.x_content_type_options.header_value"
    ),
    "routingHttpResponseXFrameOptionsHeaderValue": (
        "routing.http.response.x_frame_options.header_value"
    ),
}
"""Input to attribute of what a listener does to headers."""
ALLOWED: Mapping[str, Allowed] = {
    "routingHttpResponseAccessControlAllowCredentialsHeaderValue": ("true", ""),
    "routingHttpResponseServerEnabled": FLAG,
    "routingHttpResponseXContentTypeOptionsHeaderValue": ("nosniff", ""),
    "tcpIdleTimeoutSeconds": range(60, 6001),
}
"""ModifyListenerAttributes (Elastic Load Balancing API reference, ListenerAttribute)."""


class Listener(LbType):
    """A port of a load balancer, and what is done with a request that no rule fits."""

    token = "aws:lb/listener:Listener"
    creates = CREATE
    created = "Listeners[0].ListenerArn"
    describe = Describe("describe_listeners", lambda id_: {"ListenerArns": [id_]}, "Listeners[0]")
    updates = "modify_listener"
    deletes = "delete_listener"
    identified = "ListenerArn"
    sets = SETS
    inputs = {
        "alpnPolicy": kept(
            "moto never changes it", operation=CREATE, name="AlpnPolicy", encode=lambda name: [name]
        ),
        "certificateArn": member(
            "Certificates",
            encode=lambda arn: [{"CertificateArn": arn}],
            read="Certificates[0].CertificateArn",
        ),
        "defaultActions": member("DefaultActions", encode=encoded, decode=shown),
        "loadBalancerArn": same(),
        "mutualAuthentication": kept(
            "moto drops it", operation=CREATE, name="MutualAuthentication"
        ),
        "port": same(),
        "protocol": same(),
        **{name: attribute(SETS, key) for name, key in HEADERS.items()},
        "sslPolicy": same(),
        "tags": LB_TAGS.carried(),
        "tcpIdleTimeoutSeconds": attribute(SETS, "tcp.idle_timeout.seconds"),
    }

    def check(self, props: Props) -> Iterator[Problem]:
        """Say what would be refused by the inputs alone."""
        yield from action_problems("defaultActions", props.get("defaultActions"))
        yield from value_problems(props, ALLOWED)
        protocol = props.get("protocol", "HTTP")
        if protocol in TLS and "certificateArn" not in props:
            yield "certificateArn", f"is required, as the protocol is {protocol}"
        if isinstance(protocol, str) and protocol not in TLS:
            for name in ("certificateArn", "sslPolicy"):
                if name in props:
                    yield name, f"must be left out, as the protocol is {protocol}"

    # Changing

    def create(self, aws: Aws, new: Props) -> str:
        """Create the listener; one without a protocol speaks HTTP."""
        new = {"protocol": "HTTP", **new}
        request = f"elbv2.{CREATE}"
        refuse_target_groups(aws, request, new["loadBalancerArn"], new["defaultActions"])
        self._refuse_port(aws, request, new)
        _refuse_certificate(aws, request, new.get("certificateArn"))
        return super().create(aws, new)

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Change the listener, whose policy and certificate AWS wants together."""
        request = "elbv2.modify_listener"
        if "defaultActions" in changed:
            refuse_target_groups(aws, request, new["loadBalancerArn"], new["defaultActions"])
        if "port" in changed:
            self._refuse_port(aws, request, new)
        if changed & {"certificateArn", "protocol", "sslPolicy"}:
            _refuse_certificate(aws, request, new.get("certificateArn"))
            changed = changed | {"certificateArn", "sslPolicy"}
        super().update(aws, id_, old, new, changed)

    def _refuse_port(self, aws: Aws, request: str, new: Props) -> None:
        """Refuse a port that another listener has; moto takes it twice."""
        balancer = new["loadBalancerArn"]
        if any(each["Port"] == int(new["port"]) for each in listeners_of(aws, balancer)):
            reason = f"a listener already exists on port {int(new['port'])} of {balancer}"
            raise AwsError(request, "DuplicateListener", reason)

    # Reading

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the listener; moto shows a TLS policy even where no TLS is spoken."""
        found = super().item(aws, id_, saved)
        if found is not None and found.get("Protocol") not in TLS:
            found.pop("SslPolicy", None)
        return found

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the listener on the port, if it has our tags."""
        shown = listeners_of(aws, inputs["loadBalancerArn"])
        port = int(inputs.get("port", 0))
        arn = aws.only(each["ListenerArn"] for each in shown if each["Port"] == port)
        return self.mine(aws, arn, inputs)


def _refuse_certificate(aws: Aws, request: str, arn: str | None) -> None:
    """Refuse a certificate that is not there or not issued; moto asks for neither."""
    if arn is None or ":acm:" not in arn:
        return
    status = aws.find("acm.describe_certificate", "Certificate.Status", CertificateArn=arn)
    if status is None:
        raise AwsError(request, "CertificateNotFound", f"certificate '{arn}' not found")
    if status != "ISSUED":
        reason = f"the certificate '{arn}' must be issued, it is {status}"
        raise AwsError(request, "UnsupportedCertificate", reason)
