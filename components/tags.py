"""The tags that a component adds to those it was given."""

from collections.abc import Mapping


def child_tags(tags: Mapping[str, str], component: str, child: str) -> dict[str, str]:
    """Return ``tags`` with the component's name and the child's own logical name.

    ``Name`` is the logical name, the same in every environment: with the environment's own tag it
    names one object in an account, by which one created just before a crash is found again.
    """
    return {**tags, "Component": component, "Name": child}
