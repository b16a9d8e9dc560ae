"""What moto 5.2.5 reads as it is imported and few ever ask for, read when it is asked for.

Half of what its start takes.
"""

import gzip
import os
import re
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import boto3
import moto
from botocore.loaders import Loader
from botocore.session import Session
from moto.utilities.utils import load_resource

OFFERINGS = Path("ec2/resources/instance_type_offerings")
PREFIX = re.compile(r'"endpointPrefix":\s*"([^"]+)"')
METADATA_CHARACTERS = 3000
"""A service's model begins with its metadata."""
VALIDATOR, ITS_ERRORS = "openapi_spec_validator", "openapi_spec_validator.validation.exceptions"


class Offerings(dict[str, Any]):
    """Which types of instances AWS offers where: a file for each region, three times over."""

    def __missing__(self, location: str) -> dict[str, Any]:
        folder = Path(moto.__file__).parent / OFFERINGS / location
        if not folder.is_dir():
            raise KeyError(location)
        found = {
            file.name.partition(".")[0]: [
                {**each, "LocationType": location}
                for each in load_resource(str(OFFERINGS / location / file.name))
            ]
            for file in folder.iterdir()
        }
        self[location] = found
        return found


def validate(document: Any) -> None:
    """Put the real validator of OpenAPI documents, and its error, in the stand-in's place."""
    for name in (VALIDATOR, ITS_ERRORS):
        del sys.modules[name]
    models: Any = import_module("moto.apigateway.models")
    models.validate = import_module(VALIDATOR).validate
    models.OpenAPIValidationError = import_module(ITS_ERRORS).OpenAPIValidationError
    models.validate(document)


@cache
def _endpoint_prefix(service: str) -> str:
    """Return how endpoints call a service, or nothing where its model does not say it at once."""
    models = sorted(Path(Loader.BUILTIN_DATA_PATH).glob(f"{service}/*/service-2.json.gz"))
    if not models:
        return ""
    with gzip.open(models[-1], "rt", encoding="utf-8") as model:
        found = PREFIX.search(model.read(METADATA_CHARACTERS))
    return found[1] if found else ""


_available_regions = Session.get_available_regions


def available_regions(
    self: Any,
    service_name: str,
    partition_name: str = "aws",
    allow_non_regional: bool = False,  # noqa: FBT001, FBT002  (botocore's)
) -> list[str]:
    """List a service's regions; botocore reads its whole model for one word of it."""
    prefix = _endpoint_prefix(service_name)
    if not prefix:
        return list(_available_regions(self, service_name, partition_name, allow_non_regional))
    resolver = self._get_internal_component("endpoint_resolver")
    return list(resolver.get_available_endpoints(prefix, partition_name, allow_non_regional))


def _stand_in() -> None:
    """Have a stand-in for the validator until it is asked for anything."""
    validator, errors = ModuleType(VALIDATOR), ModuleType(ITS_ERRORS)
    validator.validate = validate  # type: ignore[attr-defined]
    errors.OpenAPIValidationError = ValueError  # type: ignore[attr-defined]
    sys.modules.update({VALIDATOR: validator, ITS_ERRORS: errors})


_listdir = os.listdir


def _without_offerings(folder: Any) -> list[Any]:
    return [] if str(folder).endswith(str(OFFERINGS)) else _listdir(folder)


with (
    patch.object(os, "listdir", _without_offerings),
    patch.object(Session, "get_available_regions", available_regions),
    # It makes three sessions for its list of regions.
    patch.object(boto3, "Session", cache(boto3.Session)),
):
    from moto.ec2.models import instance_types, instances, spot_requests

# At once: whoever imports this has moto without them.
_offerings = Offerings()
for _module in (instance_types, instances, spot_requests):
    _module.INSTANCE_TYPE_OFFERINGS = _offerings


def apply() -> None:
    """Put the mends in place; call before the server starts."""
    _stand_in()
    Session.get_available_regions = available_regions
