"""botocore's API models, read once in a process: those of EC2 alone take half a second."""

from functools import cache

import botocore.session
from botocore.model import ServiceModel


@cache
def session() -> botocore.session.Session:
    """Return the one session, which keeps what it has read; it holds no credentials."""
    return botocore.session.get_session()


@cache
def service_model(service: str) -> ServiceModel:
    """Return the model of a service, by boto3's name of it."""
    return session().get_service_model(service)
