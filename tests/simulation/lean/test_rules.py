"""Each rule that the lean engine says in numbers, beside the product's own, on facts at random."""

import math
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.states.kit import Assignment, Custody, KitState, Quality
from irt.study.dispensing import KitNeed
from irt.supply.kit_selection import ANY_LABEL, Candidate, NoUsableKit, choose_kits
from irt.supply.planner import DepotView, Level, LotStock, NetworkView, OnTheWay, SiteView
from irt.supply.projection import in_whole_kits
from irt.supply.resupply import Formula, needs_of, share_out
from simulation.lean import columns as c
from simulation.lean import sharing
from simulation.lean.columns import EVERY_TYPE
from simulation.lean.foresight import _in_whole_kits
from simulation.lean.giving import give
from simulation.lean.levels import WANTED, add_needs, is_low
from simulation.lean.world import World

TODAY = date(2026, 1, 5)
TYPES, SITES, SCALE = ("A", "B", "C"), 3, 36
few = settings(deadline=None, max_examples=40, derandomize=True)
facts = given(st.integers(0, 1 << 32).map(Random))


def world(chance: Random) -> World:
    """Three sites and a depot with some kits of each lot, and levels, windows and permissions; nothing else."""
    there = sorted({(chance.randrange(3), chance.randint(0, 12)) for _ in range(chance.randint(1, 7))})
    places, width = SITES + 1, len(there)

    def some(most: int, *shape: int, least: int = 0) -> Any:
        return np.array([chance.randint(least, most) for _ in range(math.prod(shape))], np.int64).reshape(shape)

    levels = some(6, places, len(TYPES), 2, least=-1)
    levels[:, :, 1] = np.maximum(levels[:, :, 0], levels[:, :, 1])
    rows = np.zeros((width, c.PILE_COLUMNS), np.int64)
    rows[:, [c.KIT_TYPE, c.EXPIRY_DAY]] = there
    fixed, own = np.zeros(c.FIXED_SIZE, np.int64), np.zeros((places, c.PLACE_COLUMNS), np.int64)
    fixed[[c.SITES, c.STAY_SCALE, c.CONSOLIDATED]] = SITES, SCALE, chance.randint(0, 1)
    fixed[[c.PROTECTION, c.LEAST_KITS]] = chance.randint(0, 3), chance.randint(0, 4)
    own[:, c.FIRST_WAITING], own[:, c.LEAD_DAYS] = -1, chance.randint(0, 3)
    made = SimpleNamespace(
        fixed=fixed,
        places=own,
        piles=rows,
        levels=levels,
        windows=np.stack([some(4, len(TYPES), c.WINDOWS)] * places),
        clock=np.zeros(c.CLOCK_SIZE, np.int64),
        stock=some(6, places, width),
        coming=some(3, places, width),
        first=np.searchsorted(rows[:, c.KIT_TYPE], np.arange(len(TYPES) + 1)),
        kit_types=np.stack([np.zeros(3, np.int64), some(1, 3), some(3, 3, least=1)], axis=1),
        wanted=np.zeros((SITES * len(TYPES), 5), np.int64),
        order=np.zeros((2, SITES * len(TYPES)), np.int64),
        allowed=some(1, places, width) > 0,
        sent=np.zeros((places, width), np.int64),
        dispatch=np.zeros((1, 2, 1), np.int64),
        foreseen=np.zeros((len(TYPES), c.F_COLUMNS), np.int64),
        tally=np.zeros(len(c.TALLY), np.int64),
        needs=np.zeros((1, 1 + 2 * len(TYPES)), np.int64),
    )
    return cast("World", made)


def lots_at(w: World, place: int, of: str = "stock") -> list[LotStock]:
    """What lies there, or is coming, or sent; each pile is a lot of its own."""
    rows = zip(w.piles.tolist(), getattr(w, of)[place].tolist(), strict=True)
    return [
        LotStock(TYPES[row[c.KIT_TYPE]], f"L{number}", TODAY + timedelta(days=row[c.EXPIRY_DAY]), kits)
        for number, (row, kits) in enumerate(rows)
        if kits
    ]


def view(w: World, place: int) -> SiteView:
    """A site as planners see it."""
    days = {code: w.windows[place, n].tolist() for n, code in enumerate(TYPES)}
    levels = {code: Level(*w.levels[place, n].tolist()) for n, code in enumerate(TYPES)}
    return SiteView(
        number=str(place),
        country="DE",
        label_group="DE",
        depot="D",
        lead_time_days=int(w.places[place, c.LEAD_DAYS]),
        stock=tuple(lots_at(w, place)),
        on_the_way=tuple(OnTheWay(*one, due=TODAY) for one in lots_at(w, place, "coming")),
        levels={code: level for code, level in levels.items() if level.minimum >= 0},
        dnc_days={code: each[c.DNC_DAYS] for code, each in days.items()},
        dns_days={code: each[c.DNS_DAYS] for code, each in days.items()},
        approved_lots=frozenset(f"L{number}" for number, may in enumerate(w.allowed[place]) if may),
    )


def told(w: World) -> dict[str, Any]:
    """The settings that planners are told."""
    return {
        "consolidate": bool(w.fixed[c.CONSOLIDATED]),
        "groups": {code: str(w.kit_types[n, 1]) for n, code in enumerate(TYPES)},
        "protection": c.PROTECTIONS[w.fixed[c.PROTECTION]],
        "least_kits": int(w.fixed[c.LEAST_KITS]),
        "block": {code: int(w.kit_types[n, 2]) for n, code in enumerate(TYPES)},
    }


@few
@facts
def test_kits_are_chosen_alike(chance: Random) -> None:
    """All that are due or none, the first to expire first, none that would not last."""
    w, last = world(chance), chance.randint(0, 6)
    due = [(n, chance.randint(1, 5)) for n in range(3) if chance.random() < 0.6]
    w.needs[0, 0], w.needs[0, 1 : 1 + 2 * len(due)] = len(due), [each for pair in due for each in pair]
    dnd = {code: max(int(w.windows[0, n, c.DND_DAYS]), last) for n, code in enumerate(TYPES)}
    free = KitState(Custody.SITE, Quality.RELEASED, Assignment.FREE)
    shelf = [one for one in lots_at(w, 0) for _ in range(one.kits)]
    found = [Candidate(n, f"{n:04}", one.kit_type, one.lot, one.expiry, free) for n, one in enumerate(shelf)]
    asked = [KitNeed(kit_type=TYPES[n], quantity=many) for n, many in due]
    before = Counter(one[:3] for one in shelf)
    try:
        choice = choose_kits(found, asked, TODAY, dnd, lambda _: 0)
    except NoUsableKit:
        assert not give(w, 0, 0, last, 1, 0, 0)
        return
    assert give(w, 0, 0, last, 1, 0, 0)
    left = Counter({one[:3]: one.kits for one in lots_at(w, 0)})
    assert before - left == Counter((kit.kit_type, kit.lot, kit.expiry) for kit in choice.chosen)


@few
@facts
def test_levels_want_alike(chance: Random) -> None:
    """What counts, what is low, and what each protection of the blind adds."""
    w = world(chance)
    needs = {need.kit_type: need.wanted for need in needs_of(view(w, 0), TODAY, told(w))}
    assert is_low(w, 0, EVERY_TYPE, 0) == bool(needs)
    if needs:
        lines = add_needs(w, 0, 0, 0)
        assert dict(zip(needs, w.wanted[:lines, WANTED].tolist(), strict=True)) == needs


@few
@facts
def test_stock_is_shared_out_alike(chance: Random) -> None:
    """Up to the minimum first, the lowest cover first, no lot that is not allowed or would be too near its date."""
    w = world(chance)
    views = [view(w, site) for site in range(SITES)]
    depot = DepotView("D", tuple((ANY_LABEL, one) for one in lots_at(w, SITES)))
    every = [need for site in views for need in needs_of(site, TODAY, told(w))]
    shipments = share_out(NetworkView({"D": depot}, tuple(views)), every, TODAY, Formula("", ""))
    lines = 0
    for site in range(SITES):
        if is_low(w, site, EVERY_TYPE, 0):
            lines = add_needs(w, site, lines, 0)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sharing, "_raise", lambda *_: None)
        sharing._share_out(w, lines, 0, sharing.AT_REVIEW)
    sent = {(str(site), one.lot): one.kits for site in range(SITES) for one in lots_at(w, site, "sent")}
    assert sent == {(one.site, line.lot): line.kits for one in shipments for line in one.lines}


@few
@facts
def test_shares_become_whole_kits_alike(chance: Random) -> None:
    """A group's sum is rounded up, and parted by largest remainder."""
    w, shares = world(chance), [chance.randint(0, 4 * SCALE) for _ in TYPES]
    w.foreseen[:, c.F_SHARE] = shares
    _in_whole_kits(w, c.F_REACH)
    needs = {code: Fraction(share, SCALE) for code, share in zip(TYPES, shares, strict=True)}
    whole = dict(zip(TYPES, w.foreseen[:, c.F_REACH].tolist(), strict=True))
    assert whole == in_whole_kits(needs, told(w)["groups"])
