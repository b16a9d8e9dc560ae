"""IAM: policy, policy inside a role, attachment of a policy to a role."""

from collections.abc import Iterator
from typing import Any

from sandbox.errors import SandboxError
from sandbox.provider.aws import Aws, MissingError
from sandbox.provider.carry import Autoname, Describe, kept, member, same
from sandbox.provider.overlay import covers
from sandbox.provider.resource import Problem, ResourceType
from sandbox.provider.values import Props
from sandbox.services.documents import document_problems
from sandbox.services.iam_roles import as_text, inline_policy
from sandbox.services.naming import NAME_PREFIX, prefixed
from sandbox.services.tagging import TaggedType, Tagging

LONGEST_POLICY, LONGEST_INLINE = 6144, 10240
"""Characters without white space, as IAM counts them."""
MOST_VERSIONS = 5
MOST_ATTACHED = 10
"""IAM's quota of managed policies for each role, before anybody asks for more."""
MOST_ENTITIES = 1000
"""How many an answer has at most (IAM API Reference, ListEntitiesForPolicy)."""

TAGGING = Tagging(tags="tag_policy", untags="untag_policy", named="PolicyArn")


def size_problems(name: str, text: Any, longest: int) -> Iterator[Problem]:
    """Yield a document that is longer than IAM takes."""
    if isinstance(text, str) and (length := len("".join(text.split()))) > longest:
        yield name, f"must be at most {longest} characters without white space, got {length}"


class Policy(TaggedType):
    """A managed policy; each change of its document is a version of it."""

    token = "aws:iam/policy:Policy"
    service = "iam"
    creates = "create_policy"
    created = "Policy.Arn"
    describe = Describe("get_policy", lambda id_: {"PolicyArn": id_}, "Policy")
    deletes = "delete_policy"
    identified = "PolicyArn"
    autoname = Autoname(longest=128)
    tagging = TAGGING
    inputs = {
        "delayAfterPolicyCreationInMs": kept("a wait of the provider's own"),
        "description": same(),
        "name": member("PolicyName"),
        "namePrefix": NAME_PREFIX,
        "path": same(),
        "policy": member("PolicyDocument", decode=as_text),
        "tags": TAGGING.carried(),
    }
    outputs = {"arn": "Arn", "attachmentCount": "AttachmentCount", "policyId": "PolicyId"}

    def check(self, props: Props) -> Iterator[Problem]:
        yield from document_problems("policy", props.get("policy"))
        yield from size_problems("policy", props.get("policy"), LONGEST_POLICY)

    def create(self, aws: Aws, new: Props) -> str:
        return super().create(aws, prefixed(new))

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        """Retag, and make a version, in place of the oldest where there are five."""
        super().update(aws, id_, old, new, changed & {"tags"})
        if "policy" not in changed:
            return
        versions = self._versions(aws, id_)
        if len(versions) >= MOST_VERSIONS:
            spare = [each for each in versions if not each["IsDefaultVersion"]]
            oldest = min(spare, key=lambda each: int(each["VersionId"].removeprefix("v")))
            version = {"VersionId": oldest["VersionId"]}
            aws.call("iam.delete_policy_version", PolicyArn=id_, **version)
        document = {"PolicyDocument": new["policy"], "SetAsDefault": True}
        aws.call("iam.create_policy_version", PolicyArn=id_, **document)

    def _versions(self, aws: Aws, id_: str) -> list[dict[str, Any]]:
        return aws.find("iam.list_policy_versions", "Versions", PolicyArn=id_) or []

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        """Delete the older versions and then the policy."""
        for version in self._versions(aws, id_):
            if not version["IsDefaultVersion"]:
                named = {"VersionId": version["VersionId"]}
                aws.call("iam.delete_policy_version", PolicyArn=id_, **named)
        super().delete(aws, id_, old)

    def in_use(self, aws: Aws, id_: str, old: Props) -> str | None:
        """Return who has the policy; moto deletes it all the same, and jams the role by that."""
        try:
            # moto looks at so many roles alone, and says nothing of further ones.
            most = {"MaxItems": MOST_ENTITIES}
            answer = aws.call("iam.list_entities_for_policy", PolicyArn=id_, **most)
        except MissingError:
            return None
        for kind in ("Role", "User", "Group"):
            for holder in answer.get(f"Policy{kind}s", []):
                name = holder[f"{kind}Name"]
                return f"{kind.lower()} {name} has it attached (AWS: DeleteConflict)"
        return None

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        """Return the policy with the document in force."""
        found = super().item(aws, id_, saved)
        if found is None:
            return None
        version = {"VersionId": found["DefaultVersionId"]}
        path = "PolicyVersion.Document"
        found["PolicyDocument"] = aws.find("iam.get_policy_version", path, PolicyArn=id_, **version)
        return found

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the policy of this name, if it carries the tags of the inputs."""
        if "name" not in inputs:
            return None
        path = inputs.get("path", "/")
        id_ = aws.arn("iam", f"policy{path}{inputs['name']}", region=False)
        found = self.read(aws, id_, {})
        same_tags = found is not None and (found.get("tags") or {}) == (inputs.get("tags") or {})
        return id_ if same_tags else None


class RolePolicy(ResourceType):
    """A policy inside a role; its id is ``role:name``."""

    token = "aws:iam/rolePolicy:RolePolicy"
    service = "iam"
    creates = "put_role_policy"
    autoname = Autoname(longest=128)
    inputs = {
        "name": member("PolicyName"),
        "namePrefix": NAME_PREFIX,
        "policy": member("PolicyDocument", decode=as_text),
        "role": member("RoleName"),
    }

    def check(self, props: Props) -> Iterator[Problem]:
        yield from document_problems("policy", props.get("policy"))
        yield from size_problems("policy", props.get("policy"), LONGEST_INLINE)

    def create(self, aws: Aws, new: Props) -> str:
        """Put the policy into the role."""
        named = prefixed(new)
        aws.call("iam.put_role_policy", **self.params("put_role_policy", named))
        return f"{named['role']}:{named['name']}"

    def update(self, aws: Aws, id_: str, old: Props, new: Props, changed: set[str]) -> None:
        role, _, name = id_.partition(":")
        params = {"PolicyName": name, "PolicyDocument": new["policy"]}
        aws.call("iam.put_role_policy", RoleName=role, **params)

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        role, _, name = id_.partition(":")
        aws.call("iam.delete_role_policy", RoleName=role, PolicyName=name)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        role, _, name = id_.partition(":")
        text = inline_policy(aws, role, name)
        if text is None:
            return None
        return {"RoleName": role, "PolicyName": name, "PolicyDocument": text}

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the role's policy of this name, if it says what the inputs say."""
        if "name" not in inputs:
            return None
        found = inline_policy(aws, inputs["role"], inputs["name"])
        same_text = found is not None and covers(found, inputs["policy"])
        return f"{inputs['role']}:{inputs['name']}" if same_text else None


class RolePolicyAttachment(ResourceType):
    """A managed policy attached to a role; its id is ``role/arn``."""

    token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    service = "iam"
    creates = "attach_role_policy"
    inputs = {"policyArn": same(), "role": member("RoleName")}

    def create(self, aws: Aws, new: Props) -> str:
        """Attach the policy; IAM looks for it, and at how many the role has."""
        attached = self._attached(aws, new["role"])
        if new["policyArn"] not in attached and len(attached) >= MOST_ATTACHED:
            raise SandboxError(
                f"role {new['role']} has {MOST_ATTACHED} policies attached already "
                "(AWS: LimitExceeded)"
            )
        aws.call("iam.attach_role_policy", **self.params(self.creates, new))
        return f"{new['role']}/{new['policyArn']}"

    def _attached(self, aws: Aws, role: str) -> list[str]:
        path = "AttachedPolicies[].PolicyArn"
        return aws.find("iam.list_attached_role_policies", path, RoleName=role) or []

    def delete(self, aws: Aws, id_: str, old: Props) -> None:
        role, _, arn = id_.partition("/")
        aws.call("iam.detach_role_policy", RoleName=role, PolicyArn=arn)

    def item(self, aws: Aws, id_: str, saved: Props) -> dict[str, Any] | None:
        role, _, arn = id_.partition("/")
        attached = arn in self._attached(aws, role)
        return {"RoleName": role, "PolicyArn": arn} if attached else None

    def find(self, aws: Aws, inputs: Props) -> str | None:
        """Return the attachment, if there is one."""
        attached = inputs["policyArn"] in self._attached(aws, inputs["role"])
        return f"{inputs['role']}/{inputs['policyArn']}" if attached else None
