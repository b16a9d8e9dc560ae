"""CloudFormation templates as plain data, with parameters and pseudo parameters filled in."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


class _Loader(yaml.CSafeLoader):
    """Reads the short forms of CloudFormation's functions as their long ones."""


def _function(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        raise TypeError(f"!{suffix} must be a text or a list")
    return {suffix if suffix == "Ref" else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _function)


def read(path: Path) -> dict[str, Any]:
    """Return a template."""
    template: dict[str, Any] = yaml.load(path.read_text(), Loader=_Loader)  # noqa: S506  (safe)
    return template


def filled(value: Any, parameters: Mapping[str, str]) -> Any:
    """Return a part of a template with names replaced by values.

    A condition counts as true unless it is given as ``no``.
    """
    if isinstance(value, list):
        found = [filled(each, parameters) for each in value]
        return [each for each in found if each != "AWS::NoValue"]
    if not isinstance(value, dict):
        return value
    match value:
        case {"Ref": str(name)}:
            return parameters.get(name, name)
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{([^}]+)\}", lambda m: parameters.get(m[1], m[0]), text)
        case {"Fn::If": [condition, then, otherwise]}:
            chosen = otherwise if parameters.get(condition) == "no" else then
            return filled(chosen, parameters)
    return {key: filled(each, parameters) for key, each in value.items()}


def statements(template: Mapping[str, Any], parameters: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return every statement that a template's roles are given, trust policies left out.

    A policy that none of them has attached, as a boundary, gives nothing.
    """
    all_ = {
        name: filled(resource.get("Properties", {}), parameters)
        for name, resource in template["Resources"].items()
    }
    attached = {arn for each in all_.values() for arn in each.get("ManagedPolicyArns", [])}
    found: list[dict[str, Any]] = []
    for name, properties in all_.items():
        policies = [each["PolicyDocument"] for each in properties.get("Policies", [])]
        if name in attached:
            policies.append(properties["PolicyDocument"])
        found += [statement for policy in policies for statement in policy["Statement"]]
    return found


def listed(value: Any) -> list[str]:
    """Return what IAM lets be written as one text or a list."""
    return [value] if isinstance(value, str) else list(value)


def length(policy: Any) -> int:
    """Return the characters that IAM counts: all but white space."""
    return len(re.sub(r"\s", "", json.dumps(policy)))
