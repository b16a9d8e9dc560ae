"""The versions under which the engine finds the stand-in providers: those of the SDK packages."""

from importlib.metadata import version

PLUGINS = {"aws": version("pulumi-aws"), "random": version("pulumi-random")}
