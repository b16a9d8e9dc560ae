"""Each command line that a page shows can be typed: its words are taken as they stand."""

import re
import shlex
from functools import cache
from pathlib import Path

import botocore.session
from botocore import xform_name

from operations.command import COMMANDS, parser_of
from tests.support.every import every
from tests.test_readme import PAGES, code, named

OPERATIONS = re.compile(r"python -m operations ([^`\n|#>]+)")
AWS = re.compile(r"(?:^|\$\(|`)aws ([a-z0-9-]+) ([a-z0-9-]+)([^`#|]*)", re.MULTILINE)
HIGH_LEVEL = {("s3", "ls"), ("s3", "cp"), ("s3", "sync"), ("cloudformation", "deploy")}
"""What the AWS CLI has beside the services' own operations."""
OF_THE_CLI = {"--cli-input-json", "--query", "--output", "--region", "--profile", "--no-paginate"}


def joined(page: Path) -> str:
    return code(page).replace("\\\n", " ")


@every("page", PAGES, named)
def test_every_command_of_operations_takes_its_words(page: Path) -> None:
    for line in OPERATIONS.findall(joined(page)):
        words = shlex.split(line)
        if len(words) == 1 and words[0] in COMMANDS:
            continue  # A command is named, not given.
        if words != ["--help"]:
            parser_of(words[0]).parse_args(words)


@every("page", PAGES, named)
def test_every_request_of_the_aws_cli_exists(page: Path) -> None:
    for service, operation, rest in AWS.findall(joined(page)):
        if (service, operation) in HIGH_LEVEL:
            continue
        taken = options(service, operation)
        given = set(re.findall(r"(?<!\S)--[a-z-]+", rest.partition("\n")[0]))
        assert given <= taken | OF_THE_CLI, (service, operation, given - taken)


@cache
def options(service: str, operation: str) -> set[str]:
    """Return the options of a request, from AWS's own description of it."""
    model = botocore.session.get_session().get_service_model(service)
    (name,) = (each for each in model.operation_names if xform_name(each, "-") == operation)
    shape = model.operation_model(name).input_shape
    return {f"--{xform_name(each, '-')}" for each in (shape.members if shape else {})}
