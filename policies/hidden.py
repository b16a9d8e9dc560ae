"""How the engine marks a secret, and what stands in a graph in place of one."""

HIDDEN = "[secret]"
SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key under which a value says that it is special (``pulumi.runtime.rpc``)."""
IS_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  (a mark)
"""What stands under that key where the value is a secret."""
