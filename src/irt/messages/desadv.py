"""A manifest as EDIFACT DESADV D.96A, with counts of segments and lines that are checked before it leaves."""

from collections.abc import Iterator
from datetime import date, datetime

from irt.errors import IntegrityFault
from irt.messages.orders import Manifest

_ESCAPED = "?+:'"
_MESSAGE = "1"
_LONGEST = 35
"""Characters that a plain text element of D.96A takes."""


def desadv_of(manifest: Manifest) -> bytes:
    """The despatch advice in UTF-8 (syntax level UNOY), a segment a line."""
    body = [*_head(manifest), *_goods(manifest), f"CNT+2:{len(manifest.kits) + len(manifest.items)}"]
    message = [f"UNH+{_MESSAGE}+DESADV:D:96A:UN", *body, f"UNT+{len(body) + 2}+{_MESSAGE}"]
    segments = [_interchange(manifest), *message, f"UNZ+1+{_reference(manifest)}"]
    check_counts(segments)
    return ("UNA:+.? '\n" + "".join(f"{segment}'\n" for segment in segments)).encode()


def check_counts(segments: list[str]) -> None:
    """IntegrityFault unless the message counts its own segments and lines rightly: other parsers do not look."""
    tags = [segment.split("+", 1)[0] for segment in segments]
    told = {segment.split("+")[0]: segment.split("+")[1] for segment in segments if segment[:3] in ("UNT", "CNT")}
    inside = tags[tags.index("UNH") : tags.index("UNT") + 1]
    if (told["UNT"], told["CNT"]) != (str(len(inside)), f"2:{inside.count('LIN')}"):
        raise IntegrityFault("the despatch advice counts its own segments wrongly")


def _interchange(manifest: Manifest) -> str:
    sent = f"{manifest.made_at:%Y%m%d}:{manifest.made_at:%H%M}"
    receiver = manifest.destination
    test = "" if manifest.environment == "production" else "++++++1"
    return f"UNB+UNOY:4+{_text(manifest.sender)}+{_text(receiver)}+{sent}+{_reference(manifest)}{test}"


def _head(manifest: Manifest) -> Iterator[str]:
    yield f"BGM+351+{_text(manifest.shipment)}+9"
    yield f"DTM+137:{_minute(manifest.made_at)}:203"
    if manifest.dispatch_on:
        yield f"DTM+11:{_day(manifest.dispatch_on)}:102"
    if manifest.expected_on:
        yield f"DTM+17:{_day(manifest.expected_on)}:102"
    if manifest.waybill:
        yield f"RFF+AAM:{_text(manifest.waybill)}"
    for monitor in manifest.monitors:
        yield f"RFF+SE:{_text(monitor)}"
    if manifest.origin:
        yield _party("SF", manifest.origin, (manifest.origin_name or "",), "")
    yield _party("ST", manifest.destination, (manifest.destination_name, *manifest.ship_to), manifest.country or "")


def _goods(manifest: Manifest) -> Iterator[str]:
    """Kits by number, then items by lot: each a line with its lot and its expiry."""
    yield "CPS+1"
    yield f"FTX+AAI+++{_text(manifest.study)}"
    yield f"FTX+HAN+++{':'.join(_text(words) for words in (manifest.storage, manifest.handling) if words)}"
    yield "PAC+1"
    for place, kit in enumerate(manifest.kits, start=1):
        yield f"LIN+{place}++{kit.number}:SN"
        yield "QTY+12:1"
        yield f"GIN+BN+{kit.number}"
        yield f"GIN+BX+{_text(kit.lot)}"
        yield f"DTM+36:{_day(kit.expiry)}:102"
    for place, item in enumerate(manifest.items, start=len(manifest.kits) + 1):
        yield f"LIN+{place}++{_text(item.code)}:SA"
        yield f"QTY+12:{item.quantity}"
        yield f"GIN+BX+{_text(item.lot)}"
        yield f"DTM+36:{_day(item.expiry)}:102"


def _party(role: str, code: str, lines: tuple[str, ...], country: str) -> str:
    """A place with its name and address: five lines of 35 characters at most."""
    address = ":".join(_text(line) for line in lines[:5] if line)
    return f"NAD+{role}+{_text(code)}::92+{address}" + (f"++++++{_text(country[:3])}" if country else "")


def _reference(manifest: Manifest) -> str:
    return _text(f"{manifest.shipment}-{manifest.sequence}"[-14:])


def _text(words: str) -> str:
    """A text element: cut to its length, its special signs released."""
    return "".join(f"?{sign}" if sign in _ESCAPED else sign for sign in words[:_LONGEST])


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _minute(at: datetime) -> str:
    return f"{at:%Y%m%d%H%M}"
