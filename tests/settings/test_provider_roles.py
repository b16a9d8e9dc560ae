"""The providers take their own roles, or in every account the one that only reads."""

import pytest

from settings import SettingsError, load
from settings.provider_roles import VARIABLE, provider_roles
from tests.settings.workspace import ROOT

IDENTITY = load(ROOT, "staging").identity


def test_each_provider_takes_its_own_role_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert [each.arn for each in provider_roles(IDENTITY).values()] == [
        f"arn:aws:iam::{IDENTITY.account}:role/{IDENTITY.deployer_role}",
        f"arn:aws:iam::{IDENTITY.archive_account}:role/{IDENTITY.archive_role}",
        f"arn:aws:iam::{IDENTITY.dns.parent_account}:role/{IDENTITY.dns.delegation_role}",
    ]


def test_one_that_only_reads_is_taken_in_every_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "understudy-preview")
    found = provider_roles(IDENTITY).values()
    assert {each.name for each in found} == {"understudy-preview"}
    assert {each.account for each in found} == {
        IDENTITY.account, IDENTITY.archive_account, IDENTITY.dns.parent_account,
    }  # fmt: skip


def test_what_is_no_role_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "arn:aws:iam::1:role/x")
    with pytest.raises(SettingsError, match=f"{VARIABLE}: must be the name of an IAM role, got"):
        provider_roles(IDENTITY)
