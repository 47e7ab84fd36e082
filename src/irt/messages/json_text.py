"""Messages as JSON: one object, UTF-8, no key twice."""

import json
from typing import Any

from pydantic import TypeAdapter, ValidationError

from irt.messages.catalogue import KINDS, facts_of, kind_of, malformed
from irt.messages.message import Message
from irt.messages.refusals import MalformedMessage

_WHOLE = "It is no whole JSON text in UTF-8. Nothing was booked. Send the file again."


def json_of(message: Message) -> bytes:
    """The message as indented JSON; fields without a value are left out."""
    return (json.dumps(facts_of(message), ensure_ascii=False, indent=2) + "\n").encode()


def message_in_json(data: bytes) -> Message:
    """The message; a key that stands twice is refused, since systems differ in which one counts."""
    try:
        text = data.decode("utf-8-sig")
        facts = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise MalformedMessage(_WHOLE) from None
    if not isinstance(facts, dict):
        raise MalformedMessage("A message is one JSON object. Nothing was booked.")
    kind = kind_of(facts.get("kind"), facts.get("schema_version"))
    try:
        return kind.model_validate_json(text, strict=True)
    except ValidationError as fault:
        raise malformed(fault) from None


def json_schema() -> dict[str, Any]:
    """The JSON Schema of every message, printed from the values themselves."""
    schema = TypeAdapter[Any](_any_kind()).json_schema()
    for kind in KINDS:
        # The values fill these in; whoever writes a message must say them.
        required = schema["$defs"][kind.__name__]["required"]
        required[:0] = ["kind", "schema_version"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _any_kind() -> Any:
    first, *others = KINDS
    union: Any = first
    for other in others:
        union = union | other
    return union


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")
