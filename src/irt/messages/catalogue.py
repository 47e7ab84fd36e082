"""Every kind of message there is, by name, and how one is made of what was read."""

from collections.abc import Mapping
from typing import Any, get_args, get_type_hints

from pydantic import ValidationError

from irt.messages.answers import Acknowledgement, Dispatch, Heartbeat, Rejection, ShortPick
from irt.messages.arrivals import InboundReceipt, Receipt, Return
from irt.messages.message import VERSION, ItemLine, Line, Message
from irt.messages.orders import Manifest, ShipmentAmendment, ShipmentCancellation, ShipmentRequest
from irt.messages.refusals import MalformedMessage, UnknownKind, UnknownSchemaVersion
from irt.messages.stock import KitStatus, StockCount, StockSnapshot

KINDS: tuple[type[Message], ...] = (
    ShipmentRequest,
    ShipmentAmendment,
    ShipmentCancellation,
    Acknowledgement,
    Rejection,
    ShortPick,
    Dispatch,
    Receipt,
    InboundReceipt,
    Return,
    KitStatus,
    StockSnapshot,
    StockCount,
    Heartbeat,
    Manifest,
)

MESSAGES: dict[str, type[Message]] = {str(kind.model_fields["kind"].default): kind for kind in KINDS}
"""Kind -> class."""

KITS, ITEMS = "kits", "items"
"""The fields that are lists of lines. A message without items is written as if it had no such field."""


def kind_of(kind: object, version: object) -> type[Message]:
    """The class of a message; UnknownSchemaVersion or UnknownKind where there is none."""
    if version != VERSION:
        raise UnknownSchemaVersion(
            f"The message is written for version {_shown(version)} of the formats; version {VERSION} is read here. "
            "Nothing was booked. Send it again in that version."
        )
    found = MESSAGES.get(kind) if isinstance(kind, str) else None
    if found is None:
        raise UnknownKind(
            f"No message is called {_shown(kind)}. Nothing was booked. Known are: {', '.join(MESSAGES)}."
        )
    return found


def line_of(kind: type[Message]) -> type[Line] | None:
    """The class of a message's kits; None for a message without."""
    if KITS not in kind.model_fields:
        return None
    found = get_args(kind.model_fields[KITS].annotation)[0]
    if not (isinstance(found, type) and issubclass(found, Line)):
        raise TypeError(f"{kind.__name__} holds kits of another class")
    return found


def has_items(kind: type[Message]) -> bool:
    """Whether a message may list what has no number."""
    return ITEMS in kind.model_fields


def head_fields(kind: type[Message]) -> tuple[str, ...]:
    """The names of a message's fields, without its kits and items, in order."""
    return tuple(name for name in kind.model_fields if name not in (KITS, ITEMS))


def facts_of(message: Message) -> dict[str, Any]:
    """Field name -> plain value, without fields that say nothing; items only where there are any."""
    facts = message.model_dump(mode="json", exclude_none=True)
    if not facts.get(ITEMS):
        facts.pop(ITEMS, None)
    return facts


def repeated(kind: type[Message], name: str) -> bool:
    """Whether a field holds several values."""
    return getattr(kind.model_fields[name].annotation, "__origin__", None) is tuple


def hints_of(kind: type[Message] | type[Line] | type[ItemLine]) -> dict[str, Any]:
    """Field name -> its type with everything said about it."""
    return get_type_hints(kind, include_extras=True)


def made(kind: type[Message], facts: Mapping[str, Any]) -> Message:
    """The message of these facts; MalformedMessage naming the first field that is wrong."""
    try:
        return kind.model_validate(facts)
    except ValidationError as fault:
        raise malformed(fault) from None


def malformed(fault: ValidationError) -> MalformedMessage:
    """The first fault in words."""
    first = fault.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "the message"
    said = first["msg"].removeprefix("Value error, ").lower()
    more = fault.error_count() - 1
    rest = f" There are {more} more faults." if more else ""
    return MalformedMessage(f"In {_shown(place)}: {said}.{rest} Nothing was booked. Correct it and send it again.")


def _shown(value: object) -> str:
    """What a stranger wrote, cut short and without signs that do not print."""
    text = "nothing" if value is None else str(value)
    return "".join(sign if sign.isprintable() else "?" for sign in text[:60])
