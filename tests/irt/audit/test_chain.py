"""The hash chain: an honest one holds; whatever is changed, removed or moved is named."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.audit.chain import GENESIS, canonical, first_fault, link

Entry = tuple[int, str, str, Mapping[str, Any]]

contents = st.lists(
    st.dictionaries(st.text(max_size=5), st.one_of(st.integers(), st.text(max_size=9), st.none()), max_size=3),
    min_size=1,
    max_size=12,
)


def chained(parts: list[dict[str, Any]]) -> list[Entry]:
    """An honest chain over these contents."""
    entries, previous = [], GENESIS
    for sequence, content in enumerate(({"n": n, **part} for n, part in enumerate(parts, 1)), 1):
        entries.append((sequence, previous, link(content, previous), content))
        previous = entries[-1][2]
    return entries


@given(contents)
def test_an_honest_chain_holds(parts: list[dict[str, Any]]) -> None:
    """Every link follows from the one before."""
    assert first_fault(chained(parts)) is None


@given(contents, st.data())
def test_a_changed_content_is_named(parts: list[dict[str, Any]], data: st.DataObject) -> None:
    """The entry whose content is not what was hashed."""
    entries = chained(parts)
    at = data.draw(st.integers(0, len(entries) - 1))
    sequence, previous, stored, content = entries[at]
    entries[at] = (sequence, previous, stored, {**content, "added": "later"})
    fault = first_fault(entries)
    assert fault is not None
    assert (fault.sequence, fault.sentence) == (sequence, "its content does not match its hash")


@given(contents, st.data())
def test_a_forged_entry_breaks_at_the_next_one(parts: list[dict[str, Any]], data: st.DataObject) -> None:
    """Hashing a changed entry again moves the break to the entry after it."""
    entries = chained([*parts, {}])
    at = data.draw(st.integers(0, len(entries) - 2))
    sequence, previous, _, content = entries[at]
    forged = {**content, "added": "later"}
    entries[at] = (sequence, previous, link(forged, previous), forged)
    fault = first_fault(entries)
    assert fault is not None
    assert (fault.sequence, fault.sentence) == (sequence + 1, "it does not point to the entry before it")


@given(contents, st.data())
def test_a_removed_entry_is_missed(parts: list[dict[str, Any]], data: st.DataObject) -> None:
    """Unless it was the last one, which only the head of the chain can tell."""
    entries = chained([*parts, {}])
    at = data.draw(st.integers(0, len(entries) - 2))
    del entries[at]
    fault = first_fault(entries)
    assert fault is not None
    assert fault.sequence == at + 1
    assert "missing" in fault.sentence


def test_entries_that_changed_places_are_named() -> None:
    """Order is part of what is proved."""
    one, two, three = chained([{}, {}, {}])
    fault = first_fault([one, (2, *three[1:]), (3, *two[1:])])
    assert fault is not None
    assert fault.sequence == 2


def test_the_hash_is_known() -> None:
    """A link computed by hand elsewhere: SHA-256 over the previous hash, a line break and the canonical text."""
    assert (
        link({"act": "screen", "n": 1}, GENESIS)
        == "6c04cd847892c6275e7f708c89e1e022d729800ea6e6a5d286d0a7ec86a578c4"
    )


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"b": 1, "a": None}, '{"a":null,"b":1}'),
        ({"name": "Ærø"}, '{"name":"Ærø"}'),
        ({"dose": Decimal("2.50")}, '{"dose":"2.50"}'),
        ({"at": datetime(2026, 3, 2, 12, tzinfo=UTC)}, '{"at":"2026-03-02T12:00:00.000000+00:00"}'),
        (
            {"at": datetime(2026, 3, 2, 13, tzinfo=timezone(timedelta(hours=1)))},
            '{"at":"2026-03-02T12:00:00.000000+00:00"}',
        ),
        ({"day": datetime(2026, 3, 2, tzinfo=UTC).date()}, '{"day":"2026-03-02"}'),
    ],
)
def test_one_content_has_one_text(content: dict[str, Any], text: str) -> None:
    """Sorted keys, no spaces, moments in UTC whatever zone they were given in."""
    assert canonical(content) == text


def test_what_has_no_text_is_not_hashed() -> None:
    """A value that could be written in two ways is refused rather than guessed."""
    with pytest.raises(TypeError, match="set has no canonical text"):
        canonical({"arms": {1, 2}})
