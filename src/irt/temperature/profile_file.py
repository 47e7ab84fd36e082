"""A logger's profile as a file of YAML or JSON, the same keys as under `temperature.loggers` of a study file."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from irt.errors import BadInput
from irt.study.source import UnreadableFile, read_source
from irt.study.temperature import LoggerProfile


class UnreadableProfile(BadInput):
    """The file is not there, or does not have the shape of a logger's profile."""


def read_profile(path: Path) -> LoggerProfile:
    """The profile in that file; UnreadableProfile where it is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise UnreadableProfile(f"{path}: not a text file in UTF-8 (byte {fault.start}).") from None
    except OSError as fault:
        raise UnreadableProfile(f"{path}: {fault.strerror or fault}.") from None
    return profile_of(_values(path, text), str(path))


def profile_of(values: Any, named: str) -> LoggerProfile:
    """The profile that plain values tell; the first key that is wrong is named."""
    try:
        return LoggerProfile.model_validate(values)
    except ValidationError as fault:
        first = fault.errors()[0]
        key = first["loc"][0] if first["loc"] else ""
        known = ", ".join(LoggerProfile.model_fields)
        why = f"no such key; the keys are {known}" if first["type"] == "extra_forbidden" else first["msg"]
        raise UnreadableProfile(f"{named}: {f'`{key}`: ' if key else ''}{why}.") from None


def _values(path: Path, text: str) -> Any:
    try:
        source = read_source(text)
    except UnreadableFile as fault:
        raise UnreadableProfile(f"{path}: {fault.sentence} (line {fault.place.line}).") from None
    if source.faults:
        raise UnreadableProfile(f"{path}: line {source.faults[0].place.line}: {source.faults[0].sentence}.")
    return source.data
