"""Messages of every kind: one whole example each, and any that a vendor might think of."""

from datetime import UTC, date, datetime, timedelta, timezone
from types import NoneType
from typing import Any, get_args, get_origin

from hypothesis import strategies as st

from irt.messages.catalogue import ITEMS, KINDS, KITS, has_items, hints_of, line_of, made
from irt.messages.fields import XmlType
from irt.messages.message import ItemLine, Message
from irt.messages.samples import sample

NUMBERS = ("107342", "186590")


def an_example(kind: type[Message], **changes: Any) -> Message:
    """A whole message of that kind, every field filled, its kits handed over in the wrong order."""
    facts = sample(str(kind.model_fields["kind"].default)).model_dump()
    if KITS in facts:
        facts[KITS] = facts[KITS][::-1]
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
        if name in kind.model_fields and name not in ("kind", "schema_version", KITS, ITEMS)
    }
    if line := line_of(kind):
        others = {name: _values(hint) for name, hint in hints_of(line).items() if name in line.model_fields}
        numbers = draw(st.lists(others.pop("number"), max_size=4, unique=True))
        facts[KITS] = [{"number": number, **draw(st.fixed_dictionaries(others))} for number in numbers]
    if has_items(kind):
        of_item = {
            name: _values(hint) for name, hint in hints_of(ItemLine).items() if name in ItemLine.model_fields
        }
        facts[ITEMS] = draw(st.lists(st.fixed_dictionaries(of_item), max_size=3))
    return made(kind, facts)
