"""The process environment that the stand-in provider reads, for the length of a test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock


@contextmanager
def sandbox_environment(endpoint: str) -> Iterator[None]:
    """Point the provider at a sandbox's AWS."""
    values = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    with mock.patch.dict(os.environ, values):
        yield
