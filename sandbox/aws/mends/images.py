"""AWS's own machine images, which moto 5.2.5 has 1,300 of in each region of each account.

With as many snapshots: who asks for none of them would wait for all at each start, and save them.
"""

from typing import Any

from moto.ec2.models.amis import AmiBackend


class Images(dict[str, Any]):
    """The machine images of a region, in an account."""

    is_whole = False
    """Whether AWS's own are among them."""


def without_images(self: Any) -> None:
    """Begin with no image."""
    self.amis = Images()


_load_amis = AmiBackend._load_amis  # noqa: SLF001
_describe_images = AmiBackend.describe_images


def describe_images(self: Any, *given: Any, **named: Any) -> list[Any]:
    """Describe images; AWS's own are there once anybody asks for more than the account's."""
    owners = named.get("owners", given[3] if len(given) > 3 else None)  # noqa: PLR2004
    if not getattr(self.amis, "is_whole", True) and owners != ["self"]:
        self.amis.is_whole = True
        _load_amis(self)
    return list(_describe_images(self, *given, **named))


def apply() -> None:
    """Put the mend in place; call before the server starts."""
    AmiBackend._load_amis = without_images  # noqa: SLF001
    AmiBackend.describe_images = describe_images
