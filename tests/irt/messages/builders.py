"""Messages of every kind: one whole example each, and any that a vendor might think of."""

from datetime import UTC, date, datetime, timedelta, timezone
from types import NoneType
from typing import Any, get_args, get_origin

from hypothesis import strategies as st

from irt.messages.catalogue import KINDS, KITS, hints_of, line_of, made
from irt.messages.fields import XmlType
from irt.messages.message import Message

AT = datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=1)))
ENVELOPE: dict[str, Any] = {
    "message_id": "NLD-0007",
    "sender": "NLD",
    "study": "NB-301",
    "environment": "test",
    "sequence": 7,
    "made_at": AT,
}
FACTS: dict[str, Any] = {
    "shipment": "S-10001",
    "status": "in_transit",
    "depot": "NLD",
    "site": "1001",
    "origin": "NLD",
    "origin_name": "Depot Leiden",
    "destination": "1001",
    "destination_name": "Rowan Infirmary",
    "country": "GB",
    "ship_to": ["Pharmacy", "1 High Street, Leeds"],
    "storage": "2-8C",
    "handling": "Do not freeze",
    "dispatch_on": date(2026, 3, 3),
    "expected_on": date(2026, 3, 4),
    "reason": "Fridge door; kits are warm",
    "acknowledged_at": AT,
    "dispatched_at": AT,
    "received_at": AT,
    "counted_at": AT,
    "effective_at": AT,
    "carrier": "Example Couriers",
    "waybill": "W-1 23",
    "monitors": ["TM-77201456", "TM-77201457"],
    "parcels": 2,
    "received_by": "Pharmacist",
    "temperature": "no_alarm",
    "consignment": "C-1",
    "instruction": "Set these kits apart",
}
OF_KIT: dict[str, Any] = {
    "lot": "L1",
    "expiry": date(2027, 12, 31),
    "why": "not_found",
    "substitute": "930574",
    "parcel": "1",
    "outcome": "received",
    "remark": "Dented",
    "condition": "opened",
    "status": "quarantined",
    "state": "available",
}
NUMBERS = ("538127", "107342")


def an_example(kind: type[Message], **changes: Any) -> Message:
    """A whole message of that kind, every field filled."""
    line = line_of(kind)
    facts = {name: value for name, value in {**ENVELOPE, **FACTS}.items() if name in kind.model_fields}
    if line:
        own = {name: OF_KIT[name] for name in line.model_fields if name != "number"}
        facts[KITS] = [{"number": number, **own} for number in NUMBERS]
    return made(kind, {**facts, **changes})


def _printable() -> st.SearchStrategy[str]:
    signs = st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"])
    risky = st.sampled_from(["=1+1", "'", "''x", "-2", "@A1", "+", 'a"b', "a;b,c", "<&>", "]]>", "]d2", "薬 é"])
    words = st.text(signs, min_size=1, max_size=40).map(str.strip).filter(bool)
    return risky | words


_ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_TYPES: dict[str, st.SearchStrategy[Any]] = {
    "text": _printable(),
    "token": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:/+-]{0,63}", fullmatch=True),
    "kit-number": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,19}", fullmatch=True),
    "moment": st.datetimes(
        min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - Hypothesis takes bounds without a zone
        max_value=datetime(2199, 12, 30),  # noqa: DTZ001 - as above
        timezones=_ZONES | st.just(UTC),
    ),
    "day": st.dates(date(1970, 1, 1), date(2199, 12, 31)),
    "count": st.integers(1, 2**31 - 1),
}


def _values(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a field by what its type says about it."""
    if get_origin(hint) is tuple:
        return st.lists(_values(get_args(hint)[0]), max_size=3)
    parts = get_args(hint)
    if NoneType in parts:
        return st.none() | _values(next(part for part in parts if part is not NoneType))
    known = [each.name for each in parts if isinstance(each, XmlType)]
    return _TYPES[known[0]] if known else st.sampled_from(list(hint))


@st.composite
def messages(draw: st.DrawFn) -> Message:
    """Any message of any kind."""
    kind = draw(st.sampled_from(KINDS))
    facts = {
        name: draw(_values(hint))
        for name, hint in hints_of(kind).items()
        if name in kind.model_fields and name not in ("kind", "schema_version", KITS)
    }
    if line := line_of(kind):
        others = {name: _values(hint) for name, hint in hints_of(line).items() if name in line.model_fields}
        numbers = draw(st.lists(others.pop("number"), max_size=4, unique=True))
        facts[KITS] = [{"number": number, **draw(st.fixed_dictionaries(others))} for number in numbers]
    return made(kind, facts)
