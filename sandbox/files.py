"""Files that others read, or run, while they are written."""

from pathlib import Path


def put(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file in one step: beside its place, then there."""
    beside = path.with_name(f"{path.name}.part")
    beside.unlink(missing_ok=True)
    beside.touch(mode=mode)
    beside.write_text(text)
    beside.replace(path)
