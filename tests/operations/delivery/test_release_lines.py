"""A deploy changes two values of the stack file, and nothing else of it."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.delivery.release_lines import ReleaseLines, edited, release_of
from operations.errors import OperationError
from tests.settings.workspace import FILES, ROOT

FILE = "Pulumi.staging.yaml"
IMAGE = "222222222222.dkr.ecr.eu-west-1.amazonaws.com/storefront@sha256:" + "ab" * 32


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    for file in FILES:
        shutil.copy(ROOT / file, tmp_path)
    return tmp_path


def test_the_rest_of_the_file_stays_byte_for_byte(root: Path) -> None:
    before = (root / FILE).read_text()
    lines = ReleaseLines.of(root, "staging")
    lines.say(IMAGE, "1.1.0")

    after = (root / FILE).read_text()
    changed = [
        (old, new)
        for old, new in zip(before.splitlines(), after.splitlines(), strict=True)
        if old != new
    ]
    assert [new.strip() for _, new in changed] == [f"image: {IMAGE}", 'version: "1.1.0"']
    lines.put_back()
    assert (root / FILE).read_text() == before
    assert not list(root.glob(".*.new"))


@pytest.mark.parametrize(
    "release",
    [
        "{image: a@b, version: 1}  # the newest",
        "{version: '0.1', image: a@b}",
        "\n      # what runs\n      version: 1.0.0   # as built\n      image:\n        a@b\n",
    ],
)
def test_comments_and_forms_around_it_stay(release: str) -> None:
    text = f"config:\n  understudy:identity:\n    release: {release}\n    name: x # y\n"
    after = edited(text, IMAGE, "2.0")
    assert release_of(after) == {"image": IMAGE, "version": "2.0"}
    assert [line for line in text.splitlines() if "#" in line and "image" not in line][-1] in after
    assert "name: x # y\n" in after


@given(st.from_regex(r"[0-9A-Za-z][0-9A-Za-z.+-]{0,20}", fullmatch=True))
def test_every_version_that_the_settings_take_is_read_as_it_was_given(version: str) -> None:
    text = (ROOT / FILE).read_text()
    assert release_of(edited(text, IMAGE, version)) == {"image": IMAGE, "version": version}


@pytest.mark.parametrize(
    ("image", "version", "said"),
    [
        ("elsewhere/storefront@sha256:" + "ab" * 32, "1.1.0", "must come from the repository"),
        (IMAGE.partition("@")[0], "1.1.0", "identity.release.image"),
        (IMAGE, "no version", "identity.release.version"),
    ],
)
def test_what_the_settings_refuse_leaves_the_file_as_it_was(
    root: Path, image: str, version: str, said: str
) -> None:
    before = (root / FILE).read_text()
    with pytest.raises(OperationError, match=said):
        ReleaseLines.of(root, "staging").say(image, version)
    assert (root / FILE).read_text() == before


def test_it_is_put_back_however_it_ends_unless_it_is_kept(root: Path) -> None:
    before = (root / FILE).read_text()
    lines = ReleaseLines.of(root, "staging")

    def broken_off() -> None:
        with lines.undone_unless():
            lines.say(IMAGE, "1.1.0")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert (root / FILE).read_text() == before
    with lines.undone_unless() as kept:
        lines.say(IMAGE, "1.1.0")
        kept.keep()
    assert ReleaseLines.of(root, "staging").image == IMAGE
    assert ReleaseLines.of(root, "staging").version == "1.1.0"


def test_a_stack_without_a_file_or_a_release_is_refused(root: Path) -> None:
    with pytest.raises(OperationError, match=r"Pulumi\.demo\.yaml"):
        ReleaseLines.of(root, "demo")
    with pytest.raises(
        OperationError, match=r"identity\.release\.version: does not stand on one line"
    ):
        edited("config: {'understudy:identity': {release: {image: x}}}", IMAGE, "1")
    folded = "config:\n  understudy:identity:\n    release:\n      version: '1'\n      image: >-\n"
    with pytest.raises(
        OperationError, match=r"identity\.release\.image: does not stand on one line"
    ):
        edited(f"{folded}        a@b\n", IMAGE, "1")
