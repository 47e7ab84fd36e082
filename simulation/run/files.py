"""Files that are there whole or not at all, and JSON in one spelling."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

UNFINISHED = ".unfinished"


@contextmanager
def written(file: Path) -> Iterator[BinaryIO]:
    """Writes beside the file and puts it in its place at the end, flushed to the disk."""
    beside = file.with_name(file.name + UNFINISHED)
    with beside.open("wb") as sink:
        yield sink
        sink.flush()
        os.fsync(sink.fileno())
    beside.replace(file)


def write_json(told: dict[str, Any], file: Path) -> None:
    """Indented JSON with a line's end."""
    with written(file) as sink:
        sink.write((json.dumps(told, indent=2, allow_nan=False) + "\n").encode())
