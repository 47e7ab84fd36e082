"""Which kits may be given, and which of those are."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.states.kit import Assignment, Custody, KitState, Quality
from irt.study.dispensing import KitNeed
from irt.supply.kit_selection import (
    RULES,
    Candidate,
    NoUsableKit,
    choose_kits,
    exclusion,
    label_fits,
    lacking,
)

DAY = date(2026, 3, 2)
GOOD = KitState(Custody.SITE, Quality.RELEASED, Assignment.FREE)
FIT = Candidate(1, "10001", "P150", "B-1", DAY + timedelta(days=100), GOOD)


def first(modulus: int) -> int:
    """A draw that always takes the first."""
    return 0


def drawing(value: int) -> Callable[[int], int]:
    """A draw that always gives this value."""
    return lambda modulus: value


EXCLUDED: list[tuple[str, dict[str, Any]]] = [
    ("not on site", {"on_site": False}),
    ("not released", {"state": replace(GOOD, quality=Quality.UNRELEASED)}),
    ("not released", {"state": replace(GOOD, quality=Quality.QUARANTINED)}),
    ("not released", {"state": replace(GOOD, quality=Quality.RECALLED)}),
    ("on hold", {"on_hold": True}),
    ("not free", {"state": replace(GOOD, assignment=Assignment.ASSIGNED)}),
    ("not free", {"state": replace(GOOD, assignment=Assignment.PREALLOCATED)}),
    ("expired", {"expiry": DAY - timedelta(days=1)}),
    ("do not dispense", {"expiry": DAY + timedelta(days=13)}),
    ("do not dispense", {"expiry": DAY}),
    ("lot not approved here", {"lot_approved": False}),
    ("label not for here", {"label_fits": False}),
]


@pytest.mark.parametrize(("rule", "changes"), EXCLUDED)
def test_each_rule_excludes_by_its_name(rule: str, changes: dict[str, Any]) -> None:
    """Every rule forbids a kit that is fit in all else."""
    assert exclusion(FIT, DAY, 14) is None
    assert exclusion(replace(FIT, **changes), DAY, 14) == rule


def test_every_rule_has_its_case() -> None:
    """No rule is left out of the grid above."""
    assert {rule for rule, _ in EXCLUDED} == {rule for rule, _ in RULES}


def test_the_first_rule_speaks() -> None:
    """A kit with several faults is told by the first in the stated order."""
    faulty = replace(FIT, expiry=DAY - timedelta(days=1), lot_approved=False)
    assert exclusion(faulty, DAY, 0) == "expired"


def test_a_kit_is_given_on_its_expiry_date() -> None:
    """The expiry date itself still counts, with a window as without."""
    assert exclusion(replace(FIT, expiry=DAY), DAY, 0) is None
    assert exclusion(replace(FIT, expiry=DAY + timedelta(days=14)), DAY, 14) is None


def test_a_preallocated_kit_goes_to_its_subject_first() -> None:
    """A kit meant for the subject is taken though another expires earlier."""
    meant = replace(
        FIT,
        id=2,
        number="10002",
        expiry=FIT.expiry + timedelta(days=9),
        state=replace(GOOD, assignment=Assignment.PREALLOCATED),
        meant_for_subject=True,
    )
    choice = choose_kits([FIT, meant], [KitNeed(kit_type="P150")], DAY, {}, first)
    assert [kit.id for kit in choice.chosen] == [2]


def test_labels() -> None:
    """A kit for all label groups goes anywhere; others only to their own."""
    assert label_fits("all", "EU")
    assert label_fits("EU", "EU")
    assert not label_fits("EU", "US")


def test_equal_expiry_is_drawn() -> None:
    """Among kits of equal expiry the draw decides, with their count as modulus."""
    asked = []

    def last(modulus: int) -> int:
        asked.append(modulus)
        return modulus - 1

    kits = [replace(FIT, id=i, number=f"1000{i}") for i in range(4)]
    kits.append(replace(FIT, id=9, number="10009", expiry=FIT.expiry + timedelta(days=1)))
    choice = choose_kits(kits, [KitNeed(kit_type="P150", quantity=2)], DAY, {}, last)
    assert asked == [4, 3]
    assert [kit.number for kit in choice.chosen] == ["10002", "10003"]


def test_the_refusal_speaks_in_two_voices() -> None:
    """Neutral words on the screen whatever was missing; the count by rule for unblinded readers."""
    kits = [replace(FIT, expiry=DAY), replace(FIT, id=2, number="10002", kit_type="PBO")]
    sentences = set()
    for kit_type in ("P150", "NONE"):
        with pytest.raises(NoUsableKit) as refused:
            choose_kits(kits, [KitNeed(kit_type=kit_type)], DAY, {"P150": 21}, first)
        sentences.add(refused.value.sentence)
    assert len(sentences) == 1
    assert "P150" not in sentences.pop()
    with pytest.raises(NoUsableKit) as refused:
        choose_kits(kits, [KitNeed(kit_type="P150")], DAY, {"P150": 21}, first)
    assert refused.value.trace == "Not enough eligible P150: 1 on site, 1 excluded by do not dispense"
    assert (refused.value.candidates or {})["kits"] == [
        ["10001", "P150", "B-1", DAY.isoformat(), "do not dispense"]
    ]


_states = st.builds(
    KitState, st.sampled_from([Custody.SITE]), st.sampled_from(list(Quality)), st.sampled_from(list(Assignment))
)
_kits = st.lists(
    st.builds(
        Candidate,
        id=st.integers(0, 10**6),
        number=st.integers(10**4, 10**5 - 1).map(str),
        kit_type=st.sampled_from(["A", "B"]),
        lot=st.just("L"),
        expiry=st.integers(-5, 40).map(lambda d: DAY + timedelta(days=d)),
        state=st.one_of(st.just(GOOD), st.just(GOOD), _states),
        lot_approved=st.booleans(),
        label_fits=st.booleans(),
    ),
    max_size=30,
    unique_by=(lambda kit: kit.id, lambda kit: kit.number),
)
_needs = st.lists(
    st.builds(KitNeed, kit_type=st.sampled_from(["A", "B"]), quantity=st.integers(1, 3)), min_size=1, max_size=3
)


@settings(deadline=None)
@given(_kits, _needs, st.randoms(use_true_random=False), st.integers(0, 20))
def test_choosing_is_safe_exact_and_first_expired_first_out(
    kits: list[Candidate], needs: list[KitNeed], random: Random, dnd_days: int
) -> None:
    """Whatever is on site: all needs in full or none; no kit twice, none past its window, none fit left earlier."""
    dnd = {"A": dnd_days, "B": dnd_days}
    short = lacking(kits, needs, DAY, dnd)
    try:
        choice = choose_kits(kits, needs, DAY, dnd, random.randrange)
    except NoUsableKit:
        assert short
        return
    assert not short
    chosen = choice.chosen
    wanted = sorted(need.kit_type for need in needs for _ in range(need.quantity))
    assert sorted(kit.kit_type for kit in chosen) == wanted
    assert len({kit.id for kit in chosen}) == len(chosen)
    assert [kit.number for kit in chosen] == sorted(kit.number for kit in chosen)
    for kit in chosen:
        assert exclusion(kit, DAY, dnd_days) is None
        assert (kit.expiry - DAY).days >= dnd_days
        left = [k for k in kits if k.kit_type == kit.kit_type and k not in chosen]
        assert all(kit.expiry <= k.expiry for k in left if exclusion(k, DAY, dnd_days) is None)
    told = {number: fate for number, _, _, _, fate in choice.trace["kits"]}
    assert {number for number, fate in told.items() if fate == "chosen"} == {kit.number for kit in chosen}


def test_every_equal_kit_can_be_drawn() -> None:
    """Each kit of equal expiry is chosen by exactly one value of the draw."""
    kits = [replace(FIT, id=i, number=f"1000{i}") for i in range(5)]
    need = [KitNeed(kit_type="P150")]
    drawn = {choose_kits(kits, need, DAY, {}, drawing(value)).chosen[0].id for value in range(5)}
    assert drawn == {0, 1, 2, 3, 4}
