"""Whether anybody can read the account's buckets."""

from collections.abc import Iterator

from operations.audit.account import Account
from operations.audit.outcome import Evidence, check, judged
from operations.audit.trust import strangers
from operations.aws import AwsRefusedError
from policies.rule import Severity

BUCKET = "aws:s3/bucket:Bucket"
ACCOUNT_BLOCK = "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"
BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
GROUPS = (
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
)
"""Everybody, and everybody with any AWS account (Amazon S3 User Guide, "Access control list")."""


@check(
    "account-buckets-not-public",
    severity=Severity.CRITICAL,
    why="Everybody can read or write what lies in it.",
    fix="Set all four of the bucket's public access block, and take the grant away.",
    controls=["FSBP S3.2", "FSBP S3.3", "CIS 2.1.4"],
)
def buckets_not_public(account: Account) -> Iterator[Evidence]:
    """No bucket is public by its policy or its access control list."""
    for name in account.buckets:
        resource = f"{BUCKET}::{name}"
        if _blocked(account, name):
            yield judged(resource, "publicAccessBlock", "all four are set", well=True)
            continue
        open_ = [*_by_policy(account, name), *_by_list(account, name)]
        words = f"public by {' and '.join(open_)}" if open_ else "not public"
        yield judged(resource, "policy", words, well=not open_)


@check(
    "account-buckets-blocked",
    severity=Severity.HIGH,
    why="One wrong policy later the bucket is public.",
    fix="Set all four of the bucket's public access block.",
    controls=["FSBP S3.8", "CIS 2.1.4"],
)
def buckets_blocked(account: Account) -> Iterator[Evidence]:
    """No bucket can be made public."""
    for name in account.buckets:
        well = _blocked(account, name)
        words = "all four are set" if well else "not all four are set"
        yield judged(f"{BUCKET}::{name}", "publicAccessBlock", words, well=well)


@check(
    "account-buckets-shared-with-known-accounts",
    severity=Severity.HIGH,
    why="Somebody outside reads or writes what lies in it.",
    fix="Take the principal out of the bucket's policy, or name its account with --known-account.",
    controls=["FSBP S3.6"],
)
def buckets_shared_with_known(account: Account) -> Iterator[Evidence]:
    """A bucket's policy lets in known accounts only."""
    for name in account.buckets:
        found = strangers(_policy(account, name), account.known)
        words = f"lets in {', '.join(found)}" if found else "lets in nobody unknown"
        yield judged(f"{BUCKET}::{name}", "policy", words, well=not found)


@check(
    "account-blocks-public-buckets",
    severity=Severity.MEDIUM,
    why="What is set for the account holds for every bucket that is yet to come.",
    fix="Set all four of the account's public access block.",
    controls=["FSBP S3.1"],
)
def account_blocks(account: Account) -> Iterator[Evidence]:
    """The account lets no bucket be public."""
    block = _asked(
        account, "s3control", "get_public_access_block", "NoSuchPublicAccessBlock",
        AccountId=account.number,
    )  # fmt: skip
    well = _all_four(block)
    words = "all four are set" if well else "not all four are set"
    yield judged(f"{ACCOUNT_BLOCK}::{account.number}", "blockPublicAcls", words, well=well)


def _blocked(account: Account, name: str) -> bool:
    missing = "NoSuchPublicAccessBlockConfiguration"
    return _all_four(_asked(account, "s3", "get_public_access_block", missing, Bucket=name))


def _all_four(answer: dict[str, dict[str, bool]]) -> bool:
    block = answer.get("PublicAccessBlockConfiguration", {})
    return all(block.get(each) is True for each in BLOCKS)


def _by_policy(account: Account, name: str) -> Iterator[str]:
    answer = _asked(account, "s3", "get_bucket_policy_status", "NoSuchBucketPolicy", Bucket=name)
    if answer.get("PolicyStatus", {}).get("IsPublic"):
        yield "its policy"


def _by_list(account: Account, name: str) -> Iterator[str]:
    grants = account.ask("s3", "get_bucket_acl", Bucket=name)["Grants"]
    if any(each.get("Grantee", {}).get("URI") in GROUPS for each in grants):
        yield "its access control list"


def _policy(account: Account, name: str) -> str:
    answer = _asked(account, "s3", "get_bucket_policy", "NoSuchBucketPolicy", Bucket=name)
    return str(answer.get("Policy", "{}"))


def _asked(
    account: Account, service: str, request: str, missing: str, **params: str
) -> dict[str, dict[str, bool]]:
    """Return the answer; an empty one where AWS says by this code that there is none."""
    try:
        return account.ask(service, request, **params)
    except AwsRefusedError as error:
        if not error.code.startswith(missing):
            raise
        return {}
