"""The sandbox's engine sees the project's own files, with stack files of its own."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox import project
from sandbox.errors import SandboxError
from tests.support.sandboxes import IDENTITY


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    root = tmp_path / "main"
    root.mkdir()
    (root / "Pulumi.yaml").write_text("name: understudy\n")
    for stack in ("staging", "production"):
        write(root, stack, {"understudy:identity": IDENTITY})
    (root / "components").mkdir()
    (root / "__main__.py").write_text("")
    for name in (".git", ".sandbox", "__pycache__"):
        (root / name).mkdir()
    return root


def write(root: Path, stack: str, config: Any, **more: Any) -> None:
    document = {"config": config, **more}
    (root / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump(document))


def mirrored(root: Path) -> Path:
    folder = root / ".sandbox" / "project"
    project.mirror(root, folder)
    return folder


def test_production_comes_first_of_the_stacks(root: Path) -> None:
    write(root, "a-trial", {})
    (root / "Pulumi.yaml.bak").write_text("")

    assert project.stacks(root) == ["production", "a-trial", "staging"]


def test_everything_is_linked_but_the_stack_files_which_are_copied(root: Path) -> None:
    folder = mirrored(root)

    assert {path.name for path in folder.iterdir()} == {
        "Pulumi.yaml",
        "Pulumi.production.yaml",
        "Pulumi.staging.yaml",
        "__main__.py",
        "components",
    }
    links = {path.name for path in folder.iterdir() if path.is_symlink()}
    assert links == {"Pulumi.yaml", "__main__.py", "components"}
    assert (folder / "components").resolve() == root / "components"


def test_the_links_still_lead_home_when_the_project_has_moved(root: Path) -> None:
    mirrored(root)
    moved = root.rename(root.with_name("moved"))

    assert (moved / ".sandbox" / "project" / "__main__.py").resolve() == moved / "__main__.py"


def test_the_engines_keys_stay_and_the_projects_own_do_not_come_along(root: Path) -> None:
    write(root, "staging", {"a": 1}, secretsprovider="awskms://alias/staging", encryptedkey="kms")
    folder = mirrored(root)
    copy = folder / "Pulumi.staging.yaml"
    assert project.read(copy) == {"config": {"a": 1}}
    copy.write_text(yaml.safe_dump({"config": {"a": 1}, "encryptionsalt": "v1:salt"}))

    write(root, "staging", {"a": 2}, secretsprovider="awskms://alias/staging")
    mirrored(root)
    assert project.read(copy) == {"config": {"a": 2}, "encryptionsalt": "v1:salt"}


def test_what_was_set_in_the_copy_alone_is_set_back(root: Path) -> None:
    copy = mirrored(root) / "Pulumi.staging.yaml"
    copy.write_text(yaml.safe_dump({"config": {"by": "hand"}, "environment": ["x"]}))

    mirrored(root)
    assert project.read(copy) == {"config": {"understudy:identity": IDENTITY}}


def test_a_stack_file_that_did_not_change_is_not_written(root: Path) -> None:
    copy = mirrored(root) / "Pulumi.staging.yaml"
    before = copy.stat().st_ino, copy.stat().st_mtime_ns

    mirrored(root)
    assert (copy.stat().st_ino, copy.stat().st_mtime_ns) == before
    assert not list(copy.parent.glob("*.part"))


def test_a_stale_link_goes_and_a_new_file_comes(root: Path) -> None:
    folder = mirrored(root)
    (root / "__main__.py").unlink()
    (root / "operations").mkdir()

    mirrored(root)
    assert not (folder / "__main__.py").is_symlink()
    assert (folder / "operations").is_symlink()


def test_a_file_in_the_place_of_a_link_gives_way(root: Path) -> None:
    folder = mirrored(root)
    (folder / "__main__.py").unlink()
    (folder / "__main__.py").write_text("other")

    mirrored(root)
    assert (folder / "__main__.py").is_symlink()
    assert (root / "__main__.py").read_text() == ""


def test_the_project_itself_is_never_written_to(root: Path) -> None:
    before = {path: path.read_bytes() for path in root.glob("Pulumi*.yaml")}

    mirrored(root)
    assert {path: path.read_bytes() for path in root.glob("Pulumi*.yaml")} == before


@pytest.mark.parametrize(
    ("text", "reason"),
    [("config: [", "cannot be read: while parsing"), ("- a\n", "must be a mapping")],
)
def test_a_file_that_is_no_mapping_is_named_in_one_line(root: Path, text: str, reason: str) -> None:
    (root / "Pulumi.staging.yaml").write_text(text)

    with pytest.raises(SandboxError, match=rf"Pulumi\.staging\.yaml: {reason}") as caught:
        mirrored(root)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(root: Path) -> None:
    with pytest.raises(SandboxError, match=r"Pulumi\.none\.yaml: cannot be read"):
        project.identity_of(root, "none")


def test_the_seeds_are_what_the_identities_name_each_once(root: Path) -> None:
    write(root, "staging", {"understudy:identity": {**IDENTITY, "account": "444444444444"}})
    seeds = project.seeds(root)

    assert sorted((role["account"], role["name"]) for role in seeds["roles"]) == [
        ("111111111111", "delegate"),
        ("111111111111", "understudy-preview"),
        ("222222222222", "AWSServiceRoleForBackupReports"),
        ("222222222222", "AWSServiceRoleForConfig"),
        ("222222222222", "deployer"),
        ("222222222222", "understudy-preview"),
        ("333333333333", "archive"),
        ("333333333333", "understudy-preview"),
        ("444444444444", "AWSServiceRoleForBackupReports"),
        ("444444444444", "AWSServiceRoleForConfig"),
        ("444444444444", "deployer"),
        ("444444444444", "understudy-preview"),
    ]
    assert seeds["policies"] == [
        {"account": account, "name": "understudy-boundary"}
        for account in ("222222222222", "444444444444")
    ]
    assert seeds["zones"] == [
        {"account": "111111111111", "id": "Z0PARENT", "domain": "example.com"}
    ]
