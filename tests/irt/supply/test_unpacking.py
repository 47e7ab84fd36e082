"""Unpacking a parcel, scan by scan."""

from hypothesis import given
from hypothesis import strategies as st

from irt.supply.unpacking import FATES, Parcel, unpack

AWAITED = ("11111", "22222", "33333")


def test_each_scan_is_answered_in_words() -> None:
    """Right, again, foreign, unreadable, last."""
    parcel, answer = unpack(Parcel(), AWAITED, "22222")
    assert (answer.accepted, answer.title) == (True, "22222 is here. 2 more kits.")
    parcel, answer = unpack(parcel, AWAITED, "22222")
    assert (answer.accepted, answer.title) == (True, "22222 was scanned before")
    same, answer = unpack(parcel, AWAITED, "99999")
    assert (same, answer.accepted) == (parcel, False)
    same, answer = unpack(parcel, AWAITED, None)
    assert (same, answer.accepted) == (parcel, False)
    parcel, answer = unpack(parcel, AWAITED, "11111")
    assert answer.title == "11111 is here. One more kit."
    parcel, answer = unpack(parcel, AWAITED, "33333")
    assert answer.title == "33333 is here. Every kit is accounted for."
    assert parcel.received == ("22222", "11111", "33333")


def test_a_kit_said_missing_is_there_after_all() -> None:
    """A scan overrules the word missing; a damaged kit stays damaged when it is scanned again."""
    parcel, _ = unpack(Parcel(missing=("11111",), damaged=("22222",)), AWAITED, "11111")
    assert parcel == Parcel(received=("11111",), damaged=("22222",))
    assert unpack(parcel, AWAITED, "22222")[0] == parcel


_WORDS = st.tuples(st.sampled_from([*FATES, "out"]), st.sampled_from(AWAITED))


@given(st.lists(_WORDS, max_size=12))
def test_of_each_kit_one_thing_is_said(words: list[tuple[str, str]]) -> None:
    """Whatever is said in whatever order, a kit has at most one fate: the last one."""
    parcel, last = Parcel(), dict[str, str | None]()
    for said, number in words:
        parcel = parcel.without(number) if said == "out" else parcel.saying(number, said)  # type: ignore[arg-type]
        last[number] = None if said == "out" else said
    assert len(set(parcel.named)) == len(parcel.named)
    assert {number: parcel.fate_of(number) for number in last} == last


def test_foreign_numbers_do_not_travel_with_the_form() -> None:
    """What a form holds of other kits is left out."""
    assert Parcel(("11111", "99999"), ("88888",)).among(AWAITED) == Parcel(("11111",))
