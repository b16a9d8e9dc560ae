"""WAFv2: IP set, web ACL, its association with a load balancer, its log."""

from collections.abc import Mapping
from typing import Any, ClassVar

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.carry import Autoname, by, kept, member, same
from sandbox.provider.resource import ResourceType
from sandbox.provider.values import Props
from sandbox.services.forms import spelled
from sandbox.services.tagging import TaggedType, Tagging

LIST_OPERATIONS = {"IPSet": ("list_ip_sets", "IPSets"), "WebACL": ("list_web_acls", "WebACLs")}
SCOPES = ("REGIONAL", "CLOUDFRONT")
TAGS = Tagging(
    tags="tag_resource",
    untags="untag_resource",
    named="ResourceARN",
    lists="list_tags_for_resource",
    listed="TagInfoForResource.TagList",
)


class WafType(TaggedType):
    """An object that is named by id, name and scope together, and changed under a lock token."""

    service = "wafv2"
    tagging = TAGS
    autoname: ClassVar[Autoname | None] = Autoname(longest=128)
    noun: ClassVar[str]
    """What AWS calls the object in its answers: ``IPSet``."""
    gets: ClassVar[str]
    """The request that shows one object."""
    content: ClassVar[str]
    """The list that every request about the definition states, if only as empty."""

    def named(self, aws: Aws, id_: str, props: Props) -> dict[str, str] | None:
        """Return the members by which requests name the object; None where there is no such id.

        An import names all three in its id, ``<id>/<name>/<scope>``. What is saved of an object
        that was not finished may name none: then the lists tell.
        """
        uuid, *rest = id_.split("/")
        if rest:
            return {"Id": uuid, "Name": rest[0], "Scope": rest[1]}
        if "name" in props and "scope" in props:
            return {"Id": id_, "Name": str(props["name"]), "Scope": str(props["scope"])}
        operation, path = LIST_OPERATIONS[self.noun]
        for scope in SCOPES:
            for each in aws.call(f"wafv2.{operation}", Scope=scope)[path]:
                if each["Id"] == id_:
                    return {"Id": id_, "Name": str(each["Name"]), "Scope": scope}
        return None

    def params(
        self, operation: str, props: Mapping[str, Any], only: set[str] | None = None
    ) -> dict[str, Any]:
        """Return a request's parameters, the list of its content among them."""
        params = super().params(operation, props, only)
        if operation in {self.creates, self.updates}:
            params.setdefault(self.content, [])
        return params

    def target(self, aws: Aws, id_: str) -> str:
        return id_

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        named = self.named(aws, id_, saved)
        answer = aws.find(f"wafv2.{self.gets}", "@", **named) if named else None
        if named is None or answer is None:
            return None
        found: dict[str, Any] = dict(answer[self.noun])
        shown = aws.find("wafv2.list_tags_for_resource", TAGS.listed, ResourceARN=found["ARN"])
        found |= {
            "Scope": named["Scope"],
            "LockToken": answer["LockToken"],
            "Tags": shown or [],
        }
        return found

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        found = self.item(aws, id_, old)
        if found is None:
            raise SandboxError(f"{id_} is gone")
        if "tags" in changed:
            self.retag(aws, found["ARN"], old.get("tags") or {}, new.get("tags") or {})
        if changed - {"tags"}:
            # The request sets everything: what it leaves out would be taken away.
            params = {**self.params(self.updates, new), **_names(found)}
            aws.call(f"wafv2.{self.updates}", LockToken=found["LockToken"], **params)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        found = self.item(aws, id_, old)
        if found is not None:
            aws.call(f"wafv2.{self.deletes}", LockToken=found["LockToken"], **_names(found))

    def find(self, aws: Aws, inputs: Props) -> str | None:
        operation, path = LIST_OPERATIONS[self.noun]
        listed = aws.call(f"wafv2.{operation}", Scope=inputs["scope"])[path]
        ids = [str(each["Id"]) for each in listed if each["Name"] == inputs.get("name")]
        id_ = aws.only(ids)
        if id_ is None:
            return None
        named = {"name": inputs["name"], "scope": inputs["scope"]}
        found = self.read(aws, id_, named)
        same_tags = found is not None and (found.get("tags") or {}) == (inputs.get("tags") or {})
        return id_ if same_tags else None


def _names(found: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(found[name]) for name in ("Id", "Name", "Scope")}


class IpSet(WafType):
    """Networks that rules refer to."""

    token = "aws:wafv2/ipSet:IpSet"
    noun = "IPSet"
    gets = "get_ip_set"
    content = "Addresses"
    creates = "create_ip_set"
    created = "Summary.Id"
    updates = "update_ip_set"
    deletes = "delete_ip_set"
    inputs = {
        "addresses": same(),
        "description": same(),
        "ipAddressVersion": member("IPAddressVersion"),
        "name": same(),
        "scope": same(),
        "tags": TAGS.carried(),
    }
    outputs = {"arn": "ARN", "lockToken": "LockToken"}

    def in_use(self, aws: Aws, id_: str, old: Props) -> str | None:
        arn = str(old.get("arn", ""))
        for acl in aws.call("wafv2.list_web_acls", Scope=old["scope"])["WebACLs"]:
            named = {"Id": acl["Id"], "Name": acl["Name"], "Scope": old["scope"]}
            if arn and arn in repr(aws.find("wafv2.get_web_acl", "WebACL", **named)):
                return f"web ACL {acl['Name']} refers to it (WAFAssociatedItemException)"
        return None


SPELLED = spelled(
    "arn",
    "cloudwatchMetricsEnabled",
    "forwardedIpConfig",
    "ipSetForwardedIpConfig",
    "ipSetReferenceStatement",
    "ja3Fingerprint",
    "ja4Fingerprint",
)


def _rules_shown(rules: Any) -> Any:
    """Return rules as a program writes them."""
    return SPELLED(_texts(rules))


def _texts(value: Any) -> Any:
    """Return a value with text for bytes: so boto3 gives what a rule searches for."""
    if isinstance(value, Mapping):
        return {key: _texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_texts(item) for item in value]
    return value.decode() if isinstance(value, bytes) else value


class WebAcl(WafType):
    """Rules that a request passes before it reaches what the ACL guards."""

    token = "aws:wafv2/webAcl:WebAcl"
    noun = "WebACL"
    gets = "get_web_acl"
    content = "Rules"
    creates = "create_web_acl"
    created = "Summary.Id"
    updates = "update_web_acl"
    deletes = "delete_web_acl"
    inputs = {
        "associationConfig": same(),
        "captchaConfig": same(),
        "challengeConfig": same(),
        "customResponseBodies": kept("a map in AWS's form; the program has none"),
        "defaultAction": same(),
        "description": same(),
        "name": same(),
        "rules": same(decode=_rules_shown),
        "scope": same(),
        "tags": TAGS.carried(),
        "tokenDomains": same(),
        "visibilityConfig": same(),
    }
    outputs = {"arn": "ARN", "capacity": "Capacity", "lockToken": "LockToken"}

    def create(self, aws: Aws, new: Props) -> str:
        self._refuse_missing_sets(aws, new)
        return super().create(aws, new)

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        self._refuse_missing_sets(aws, new)
        super().update(aws, id_, old, new, changed)

    def in_use(self, aws: Aws, id_: str, old: Props) -> str | None:
        balancers = aws.every("elbv2.describe_load_balancers", "LoadBalancers[]")
        for balancer in balancers:
            arn = balancer["LoadBalancerArn"]
            acl = aws.find("wafv2.get_web_acl_for_resource", "WebACL.Id", ResourceArn=arn)
            if acl == id_.partition("/")[0]:
                name = balancer["LoadBalancerName"]
                return f"it guards load balancer {name} (WAFAssociatedItemException)"
        return None

    def _refuse_missing_sets(self, aws: Aws, new: Props) -> None:
        known = {
            each["ARN"] for each in aws.call("wafv2.list_ip_sets", Scope=new["scope"])["IPSets"]
        }
        for arn in _set_arns(new.get("rules", [])):
            if arn not in known:
                raise SandboxError(f"WAFNonexistentItemException: there is no IP set {arn}")


def _set_arns(value: Any) -> set[str]:
    """Return the ARNs of the IP sets that rules refer to, however deep."""
    if isinstance(value, list):
        return {arn for item in value for arn in _set_arns(item)}
    if not isinstance(value, dict):
        return set()
    found = {arn for item in value.values() for arn in _set_arns(item)}
    reference = value.get("ipSetReferenceStatement")
    return found | ({str(reference["arn"])} if isinstance(reference, dict) else set())


class WebAclAssociation(ResourceType):
    """Puts a load balancer behind a web ACL; a load balancer has at most one."""

    token = "aws:wafv2/webAclAssociation:WebAclAssociation"
    service = "wafv2"
    creates = "associate_web_acl"
    inputs = {"resourceArn": same(), "webAclArn": same()}

    def create(self, aws: Aws, new: Props) -> str:
        arn = new["resourceArn"]
        if aws.find("elbv2.describe_load_balancers", "@", LoadBalancerArns=[arn]) is None:
            raise SandboxError(f"WAFNonexistentItemException: there is no load balancer {arn}")
        aws.call("wafv2.associate_web_acl", **self.params("associate_web_acl", new))
        return f"{new['webAclArn']},{arn}"

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        acl, _, resource = id_.partition(",")
        found = aws.find("wafv2.get_web_acl_for_resource", "WebACL.ARN", ResourceArn=resource)
        return {"WebACLArn": found, "ResourceArn": resource} if found == acl else None

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        raise AssertionError("both inputs force a replacement")

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        aws.call("wafv2.disassociate_web_acl", ResourceArn=id_.partition(",")[2])

    def find(self, aws: Aws, inputs: Props) -> str | None:
        id_ = f"{inputs['webAclArn']},{inputs['resourceArn']}"
        return id_ if self.item(aws, id_, inputs) else None


class WebAclLoggingConfiguration(ResourceType):
    """Where a web ACL writes what it saw, and what is blacked out first."""

    token = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
    service = "wafv2"
    creates = "put_logging_configuration"
    inputs = {
        "logDestinationConfigs": by(
            "put_logging_configuration", "LoggingConfiguration.LogDestinationConfigs"
        ),
        "loggingFilter": by("put_logging_configuration", "LoggingConfiguration.LoggingFilter"),
        "redactedFields": by("put_logging_configuration", "LoggingConfiguration.RedactedFields"),
        "resourceArn": by("put_logging_configuration", "LoggingConfiguration.ResourceArn"),
    }
    paths = ("LogDestinationConfigs", "LoggingFilter", "RedactedFields", "ResourceArn")

    def create(self, aws: Aws, new: Props) -> str:
        for arn in new["logDestinationConfigs"]:
            if not arn.rpartition(":")[2].rpartition("/")[2].startswith("aws-waf-logs-"):
                raise SandboxError(
                    f"WAFInvalidParameterException: the log destination's name must begin with "
                    f"aws-waf-logs-, got {arn}"
                )
        params = self.params("put_logging_configuration", new)
        aws.call("wafv2.put_logging_configuration", **params)
        return str(new["resourceArn"])

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        try:
            answer = aws.find("wafv2.get_logging_configuration", "@", ResourceArn=id_)
        except AwsError as error:
            if error.code != "WAFNonexistentItemException":
                raise
            return None
        return dict(answer) if answer and answer.get("LoggingConfiguration") else None

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        self.create(aws, new)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        aws.call("wafv2.delete_logging_configuration", ResourceArn=id_)

    def find(self, aws: Aws, inputs: Props) -> str | None:
        return str(inputs["resourceArn"]) if self.item(aws, inputs["resourceArn"], {}) else None
