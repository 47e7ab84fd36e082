"""The register of a place: only what crosses its door, and a balance that never disagrees with the kits there."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from irt.states.kit import KitEvent
from irt.study.check import check
from irt.supply.register import KitMove, register_lines
from tests.irt.study.edits import edited

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PLACES = [("depot", 1), ("shipment", 7), ("site", 3), ("subject", 9), ("unknown", None)]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(PLACES), st.integers(0, 1)), max_size=25))
def test_the_balance_is_the_number_of_kits_there(steps: list[tuple[str, tuple[str, int | None], int]]) -> None:
    """Wherever kits go, however often, and however lines are drawn together."""
    at: dict[str, tuple[str, int | None]] = {}
    moves, now = [], NOON
    for number, after, later in steps:
        now += timedelta(minutes=later)
        facts = ("", "", "Ines", "", "")
        moves.append(KitMove(number, KitEvent.RECEIVE, now, at.get(number), after, *facts))
        at[number] = after
    for place in (("depot", 1), ("site", 3)):
        lines = list(register_lines(place, moves))
        there = sum(where == place for where in at.values())
        assert (lines[-1].balance if lines else 0) == there
        assert all(line.balance >= 0 and (line.came or line.went) for line in lines)


def test_kits_that_came_together_are_one_line() -> None:
    """Of another person, or with another witness, they are two."""
    moves = [
        KitMove(number, KitEvent.RECEIVE, NOON, ("shipment", 7), ("site", 3), "S-1", "", person, "", "")
        for number, person in (("a", "Ines"), ("b", "Ines"), ("c", "Olaf"))
    ]
    lines = list(register_lines(("site", 3), moves))
    assert [(line.came, line.balance) for line in lines] == [(("a", "b"), 2), (("c",), 3)]


def test_an_unknown_country_has_any_schedule() -> None:
    """Only schedules of countries that are known here are judged."""
    text = edited("fourier", ("name: Pen 140 mg/mL\n", "name: Pen 140 mg/mL\n    schedules: {JP: narcotic}\n"))
    assert check(text).errors == ()
