"""A small file that is one part: YAML or JSON, read strictly, refused with the place and the reason."""

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from irt.errors import BadInput
from irt.study.part import Part
from irt.study.source import UnreadableFile, read_source

Read = TypeVar("Read", bound=Part)


def read_part(path: Path, model: type[Read], refusal: type[BadInput]) -> Read:
    """The part in a file; `refusal` is raised where there is none, or another."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise refusal(f"{path}: {getattr(fault, 'strerror', None) or fault}.") from None
    return parse_part(text, str(path), model, refusal)


def parse_part(text: str, name: str, model: type[Read], refusal: type[BadInput]) -> Read:
    """The part that a text tells; `name` stands before what is wrong with it."""
    data = parse_data(text, name, refusal)
    try:
        return model.model_validate(data)
    except ValidationError as refused:
        told = refused.errors()[0]
        where = ".".join(str(step) for step in told["loc"]) or "file"
        raise refusal(f"{name}: {where}: {told['msg']}.") from None


def parse_data(text: str, name: str, refusal: type[BadInput]) -> object:
    """The plain values that a text of YAML or JSON tells."""
    try:
        source = read_source(text)
    except UnreadableFile as refused:
        raise refusal(f"{name}:{refused.place.line}: {refused.sentence}") from None
    if source.faults:
        first = source.faults[0]
        raise refusal(f"{name}:{first.place.line}: {first.sentence}")
    return source.data
