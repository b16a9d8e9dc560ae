"""``role STACK ROLE``: every provider of a stack takes another role, in this checkout alone.

For previews with fewer rights: a role that only reads stands in every account under one name
(``bootstrap/preview.yaml``). Nothing on AWS is changed, and the file is not meant to be committed.
"""

import argparse

import pydantic

import settings
from operations.errors import OperationError, refusals
from operations.stack_lines import IDENTITY, edited
from policies.files import write
from settings.kinds import RoleName
from settings.stackfile import stack_file

WAYS = (
    (*IDENTITY, "deployerRole"),
    (*IDENTITY, "archiveRole"),
    (*IDENTITY, "dns", "delegationRole"),
)
"""Where a stack file names the roles that its providers take."""


def run(options: argparse.Namespace) -> int:
    """Run the command; OperationError for a role or settings that are none."""
    try:
        role = pydantic.TypeAdapter(RoleName).validate_python(options.role)
    except pydantic.ValidationError:
        raise OperationError(
            f"ROLE: must be the name of an IAM role, got {options.role!r}"
        ) from None
    try:
        settings.load(options.root, options.stack)
    except settings.SettingsError as error:
        raise OperationError(str(error)) from None
    path = options.root / stack_file(options.stack)
    text = edited(path.read_text(encoding="utf-8"), dict.fromkeys(WAYS, role))
    if not options.dry_run:
        with refusals():
            write(path, text)
    said = "would take" if options.dry_run else "takes, in this checkout,"
    print(f"{options.stack}: each provider {said} {role}")  # noqa: T201
    return 0
