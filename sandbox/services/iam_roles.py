"""IAM: role, and the provider of identities that a role may trust."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws
from sandbox.provider.carry import Autoname, Describe, by, kept, member, same
from sandbox.provider.resource import Problem
from sandbox.provider.values import Props
from sandbox.services.documents import TRUST, document_problems, refuse_unknown_principals
from sandbox.services.forms import known_keys
from sandbox.services.naming import NAME_PREFIX, prefixed
from sandbox.services.references import require_policy
from sandbox.services.tagging import TaggedType, Tagging

SHORTEST_SESSION, LONGEST_SESSION = 3600, 43200

ROLE_TAGS = Tagging(tags="tag_role", untags="untag_role", named="RoleName")
PROVIDER_TAGS = Tagging(
    tags="tag_open_id_connect_provider",
    untags="untag_open_id_connect_provider",
    named="OpenIDConnectProviderArn",
)


def as_text(document: Any) -> str:
    """Return a policy document as text; boto3 has taken apart what IAM sends."""
    return document if isinstance(document, str) else json.dumps(document)


class Role(TaggedType):
    """A role, with the policies that the program writes inside it."""

    token = "aws:iam/role:Role"
    service = "iam"
    creates = "create_role"
    created = "Role.RoleName"
    describe = Describe("get_role", lambda id_: {"RoleName": id_}, "Role")
    deletes = "delete_role"
    identified = "RoleName"
    autoname = Autoname(longest=64)
    tagging = ROLE_TAGS
    inputs = {
        "assumeRolePolicy": member("AssumeRolePolicyDocument", decode=as_text),
        "description": same(),
        "forceDetachPolicies": kept("a setting of the provider's own; deleting heeds it"),
        "inlinePolicies": by("put_role_policy", read="InlinePolicies"),
        "managedPolicyArns": by("attach_role_policy", read="ManagedPolicyArns"),
        "maxSessionDuration": same(),
        "name": member("RoleName"),
        "namePrefix": NAME_PREFIX,
        "path": same(),
        "permissionsBoundary": same(read="PermissionsBoundary.PermissionsBoundaryArn"),
        "tags": ROLE_TAGS.carried(),
    }
    outputs = {"arn": "Arn", "createDate": "CreateDate", "uniqueId": "RoleId"}

    def check(self, props: Props) -> Iterator[Problem]:
        yield from document_problems("assumeRolePolicy", props.get("assumeRolePolicy"), TRUST)
        seconds = props.get("maxSessionDuration")
        if isinstance(seconds, int) and not SHORTEST_SESSION <= seconds <= LONGEST_SESSION:
            yield "maxSessionDuration", f"must be from 3600 to 43200 seconds, got {seconds}"
        blocks = props.get("inlinePolicies")
        yield from known_keys("inlinePolicies", blocks, ("name", "policy"))
        for index, block in enumerate(blocks if isinstance(blocks, list) else []):
            if isinstance(block, Mapping):
                at = f"inlinePolicies[{index}].policy"
                yield from document_problems(at, block.get("policy"))

    def create(self, aws: Aws, new: Props) -> str:
        """Create the role; principals in its trust and its boundary must exist."""
        refuse_unknown_principals(aws, new["assumeRolePolicy"])
        require_policy(aws, "iam.create_role", new.get("permissionsBoundary"))
        return super().create(aws, prefixed(new))

    def finish(self, aws: Aws, id_: str, new: Props) -> None:
        """Put in the policies that the program writes inside the role."""
        self._sync_inline(aws, id_, [], new.get("inlinePolicies") or [])
        self._sync_managed(aws, id_, [], new.get("managedPolicyArns") or [])

    def _sync_inline(self, aws: Aws, id_: str, old: list[Props], new: list[Props]) -> None:
        wanted = {block["name"]: block["policy"] for block in new if block.get("name")}
        for block in old:
            if block["name"] not in wanted:
                aws.call("iam.delete_role_policy", RoleName=id_, PolicyName=block["name"])
        for name, policy in wanted.items():
            params = {"PolicyName": name, "PolicyDocument": policy}
            aws.call("iam.put_role_policy", RoleName=id_, **params)

    def _sync_managed(self, aws: Aws, id_: str, old: list[str], new: list[str]) -> None:
        for arn in sorted(set(old) - set(new)):
            aws.call("iam.detach_role_policy", RoleName=id_, PolicyArn=arn)
        for arn in sorted(set(new) - set(old)):
            aws.call("iam.attach_role_policy", RoleName=id_, PolicyArn=arn)

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Change what differs, each by its own request."""
        super().update(aws, id_, old, new, changed & {"tags"})
        if "assumeRolePolicy" in changed:
            refuse_unknown_principals(aws, new["assumeRolePolicy"])
            document = {"PolicyDocument": new["assumeRolePolicy"]}
            aws.call("iam.update_assume_role_policy", RoleName=id_, **document)
        if changed & {"description", "maxSessionDuration"}:
            # Both always: moto takes what a request leaves out for the default.
            seconds = int(new.get("maxSessionDuration") or SHORTEST_SESSION)
            params = {"Description": new.get("description", ""), "MaxSessionDuration": seconds}
            aws.call("iam.update_role", RoleName=id_, **params)
        if "permissionsBoundary" in changed:
            if boundary := new.get("permissionsBoundary"):
                request = "iam.put_role_permissions_boundary"
                require_policy(aws, request, boundary)
                aws.call(request, RoleName=id_, PermissionsBoundary=boundary)
            else:
                aws.call("iam.delete_role_permissions_boundary", RoleName=id_)
        if "inlinePolicies" in changed:
            both = (old.get("inlinePolicies") or [], new.get("inlinePolicies") or [])
            self._sync_inline(aws, id_, *both)
        if "managedPolicyArns" in changed:
            both = (old.get("managedPolicyArns") or [], new.get("managedPolicyArns") or [])
            self._sync_managed(aws, id_, *both)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Delete the role with its own policies; with all of them where the program says so."""
        live = self.item(aws, id_, {}) or {"InlinePolicies": [], "ManagedPolicyArns": []}
        force = bool(old.get("forceDetachPolicies"))
        own = {block["name"] for block in old.get("inlinePolicies") or []}
        attached = set(old.get("managedPolicyArns") or [])
        for block in live["InlinePolicies"]:
            if force or block["name"] in own:
                aws.call("iam.delete_role_policy", RoleName=id_, PolicyName=block["name"])
        for arn in live["ManagedPolicyArns"]:
            if force or arn in attached:
                aws.call("iam.detach_role_policy", RoleName=id_, PolicyArn=arn)
        super().delete(aws, id_, old)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the role with the policies in it and attached to it, in Pulumi's form."""
        found = super().item(aws, id_, saved)
        if found is None:
            return None
        found.setdefault("Description", "")
        if saved.get("permissionsBoundary"):
            found.setdefault("PermissionsBoundary", {"PermissionsBoundaryArn": ""})
        names = aws.find("iam.list_role_policies", "PolicyNames", RoleName=id_) or []
        found["InlinePolicies"] = [
            {"name": name, "policy": inline_policy(aws, id_, name)} for name in names
        ]
        path = "AttachedPolicies[].PolicyArn"
        found["ManagedPolicyArns"] = (
            aws.find("iam.list_attached_role_policies", path, RoleName=id_) or []
        )
        return found

    def _overlaid(self, item: Mapping[str, Any], saved: Props) -> Props:
        """Leave policies alone that are resources of their own: they are not this role's to say."""
        own = {"inlinePolicies": "InlinePolicies", "managedPolicyArns": "ManagedPolicyArns"}
        hidden = {shown for name, shown in own.items() if name not in saved}
        item = {key: value for key, value in item.items() if key not in hidden}
        return super()._overlaid(item, saved)


def inline_policy(aws: Aws, role: str, name: str) -> str | None:
    """Return the text of a policy inside a role."""
    named = {"RoleName": role, "PolicyName": name}
    document = aws.find("iam.get_role_policy", "PolicyDocument", **named)
    return None if document is None else as_text(document)


class OpenIdConnectProvider(TaggedType):
    """A provider of identities outside AWS, such as the one of a CI service."""

    token = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
    service = "iam"
    creates = "create_open_id_connect_provider"
    created = "OpenIDConnectProviderArn"
    describe = Describe(
        "get_open_id_connect_provider", lambda id_: {"OpenIDConnectProviderArn": id_}, "@"
    )
    deletes = "delete_open_id_connect_provider"
    identified = "OpenIDConnectProviderArn"
    tagging = PROVIDER_TAGS
    inputs = {
        "clientIdLists": member("ClientIDList"),
        "tags": PROVIDER_TAGS.carried(),
        "thumbprintLists": member("ThumbprintList"),
        "url": same(),
    }

    def check(self, props: Props) -> Iterator[Problem]:
        url = props.get("url")
        if isinstance(url, str) and not url.startswith("https://"):
            yield "url", f"must begin with https://, got {url!r}"

    def create(self, aws: Aws, new: Props) -> str:
        """Create the provider; AWS has one of a URL in an account."""
        if self.item(aws, self._arn(aws, new), {}) is not None:
            raise SandboxError(f"{new['url']} has a provider already (AWS: EntityAlreadyExists)")
        return super().create(aws, new)

    def _arn(self, aws: Aws, new: Props) -> str:
        host = str(new["url"]).removeprefix("https://")
        return aws.arn("iam", f"oidc-provider/{host}", region=False)

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Change clients one by one and thumbprints as a whole."""
        super().update(aws, id_, old, new, changed & {"tags"})
        named = {"OpenIDConnectProviderArn": id_}
        had, wanted = set(old.get("clientIdLists", [])), set(new.get("clientIdLists", []))
        for client in sorted(wanted - had):
            aws.call("iam.add_client_id_to_open_id_connect_provider", ClientID=client, **named)
        for client in sorted(had - wanted):
            aws.call("iam.remove_client_id_from_open_id_connect_provider", ClientID=client, **named)
        if "thumbprintLists" in changed and new.get("thumbprintLists"):
            thumbprints = {"ThumbprintList": new["thumbprintLists"]}
            aws.call("iam.update_open_id_connect_provider_thumbprint", **named, **thumbprints)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the provider; IAM leaves the scheme out of its URL."""
        found = super().item(aws, id_, saved)
        if found is not None:
            found["Url"] = f"https://{found['Url'].removeprefix('https://')}"
        return found

    def computed(self, aws: Aws, id_: str, props: Props) -> Props:
        return {"arn": id_}

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the provider of this URL, if it carries the tags of the inputs."""
        id_ = self._arn(aws, inputs)
        found = self.read(aws, id_, {})
        same_tags = found is not None and (found.get("tags") or {}) == (inputs.get("tags") or {})
        return id_ if same_tags else None
