"""A schema that nobody here wrote: a shop from PyPI, in an environment of its own, with rows."""
