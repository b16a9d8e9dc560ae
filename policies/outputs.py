"""What a resource will say of itself once it is there, as references to be recorded.

Which outputs a type has is read from the SDK's own classes.
"""

import importlib
import keyword
from collections.abc import Mapping
from functools import cache
from typing import Any

_PACKAGES = {"aws": "pulumi_aws", "random": "pulumi_random"}


def reference(type_: str, name: str, output: str) -> str:
    """Return how a recorded graph writes an output of a resource."""
    return f"${{{type_}::{name}.{output}}}"


def outputs_of(type_: str, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return a reference for every output that is text, and what programs loop over."""
    found: dict[str, Any] = {
        output: reference(type_, name, output) for output in _texts(type_, listed=False)
    }
    found |= {output: [reference(type_, name, output)] for output in _texts(type_, listed=True)}
    if type_ == "aws:acm/certificate:Certificate":
        # One set of records for each host that the certificate is for.
        hosts = [inputs["domainName"], *inputs.get("subjectAlternativeNames", [])]
        found["domainValidationOptions"] = [
            {
                "domainName": host,
                **{
                    part: reference(type_, name, f"domainValidationOptions[{n}].{part}")
                    for part in ("resourceRecordName", "resourceRecordType", "resourceRecordValue")
                },
            }
            for n, host in enumerate(hosts)
        ]
    return found


@cache
def _texts(type_: str, *, listed: bool) -> tuple[str, ...]:
    """Return the outputs of a type that are always there and are text, or lists of text."""
    kind = "typing.Sequence[str]" if listed else "str"
    wanted = f"pulumi.output.Output[{kind}]"
    getters = (each.fget for each in vars(_class_of(type_)).values() if isinstance(each, property))
    return tuple(
        getattr(getter, "_pulumi_name", getter.__name__)
        for getter in getters
        if getter is not None and str(getter.__annotations__.get("return")) == wanted
    )


def _class_of(type_: str) -> type:
    package, module, name = type_.split(":")
    if package not in _PACKAGES:
        return object
    folder = module.split("/")[0]
    path = _PACKAGES[package]
    if folder not in ("", "index"):
        path += f".{folder}_" if keyword.iskeyword(folder) else f".{folder}"
    found: type = getattr(importlib.import_module(path), name)
    return found
