"""A model that was written to a file as JSON, read again."""

from pathlib import Path
from typing import TypeVar

import pydantic

from operations.errors import OperationError

Model = TypeVar("Model", bound=pydantic.BaseModel)


def read(file: Path, model: type[Model]) -> Model:
    """Return what a file holds; OperationError, one line, where it is none of these."""
    try:
        return model.model_validate_json(file.read_bytes())
    except OSError as error:
        raise OperationError(f"{file}: can't be read: {error.strerror}") from None
    except pydantic.ValidationError as error:
        where, words = first_fault(error, "the file")
        raise OperationError(f"{file}: {where}: {words.lower()}") from None


def first_fault(error: pydantic.ValidationError, whole: str) -> tuple[str, str]:
    """Return where the first fault is, ``whole`` where it is no part, and pydantic's words."""
    first = error.errors()[0]
    return ".".join(map(str, first["loc"])) or whole, str(first["msg"])
