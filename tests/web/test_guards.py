"""The door: addresses that lead elsewhere, and networks that try too often."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.guards import TRIES_MAX, WITHIN, Doorkeeper, TooManyTries, local_address

NOON = datetime(2026, 6, 16, 12, tzinfo=UTC)


@pytest.mark.parametrize("address", ["/", "/history?person=Holm", "/studies/7/subjects/1001-0003", "/a?b=//c"])
def test_our_own_addresses_stay(address: str) -> None:
    """Path and question together."""
    assert local_address(address) == address


@given(st.one_of(st.none(), st.text(), st.from_regex(r"\A[/\\ \t]*[a-z:]*[/\\]+[a-z.]+", fullmatch=True)))
def test_no_address_leads_elsewhere(wished: str | None) -> None:
    """Whatever is wished: the answer has no host, no scheme, and one slash in front."""
    address = local_address(wished)
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc) == ("", "")
    assert address[0] == "/"
    assert address[1:2] not in {"/", "\\"}
    assert not set(address) & set("\r\n\t\\")


def test_an_address_waits_after_thirty_failures() -> None:
    """Within a minute; another address is not touched, and a minute later the first try is forgotten."""
    keeper = Doorkeeper()
    for second in range(TRIES_MAX):
        keeper.admit("192.0.2.1", NOON + timedelta(seconds=second))
        keeper.note_failure("192.0.2.1", NOON + timedelta(seconds=second))
    with pytest.raises(TooManyTries):
        keeper.admit("192.0.2.1", NOON + timedelta(seconds=59))
    keeper.admit("192.0.2.2", NOON + timedelta(seconds=59))
    keeper.admit("192.0.2.1", NOON + WITHIN)


def test_the_doorkeeper_does_not_remember_everybody() -> None:
    """Many addresses, once each: those of the last minute are kept, no others."""
    keeper = Doorkeeper()
    for number in range(10_001):
        keeper.note_failure(f"address {number}", NOON)
    keeper.note_failure("the last", NOON + WITHIN)
    assert len(keeper._failures) == 1
