"""What a replication hands back: measures, series by day and events, read from its arrays."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from irt.errors import IntegrityFault
from simulation.arrays import Ints
from simulation.engine.books import BY_DAY, BY_SITE
from simulation.engine.totals import Standing, measures_from
from simulation.lean import columns as c
from simulation.lean.giving import CAUSES
from simulation.lean.tables import Tables
from simulation.lean.world import World
from simulation.record import Event

_COUNTS = {place: name for name, place in c.TALLY.items()}


def require_balance(w: World) -> None:
    """IntegrityFault unless every kit that was made was given or wasted, or is left somewhere."""
    left = w.stock.sum(axis=0) + w.coming.sum(axis=0)
    balance = w.piles[:, c.KITS_MADE] - w.piles[:, c.KITS_GIVEN] - w.piles[:, c.KITS_WASTED] - left
    if balance.any() or (left != w.piles[:, c.IN_NETWORK]).any():
        raise IntegrityFault(f"kits made less those given, wasted and left, by pile: {balance.tolist()}")
    if (w.stock < 0).any() or (w.coming < 0).any():
        raise IntegrityFault("fewer than no kits at a place")


def measures_in(tables: Tables, w: World) -> dict[str, int | float]:
    """Every column of the measures."""
    tally: Counter[str] = Counter(dict(zip(c.TALLY, w.tally.tolist(), strict=True)))
    for name, counts in zip(c.BY_TYPE, w.by_type.tolist(), strict=True):
        tally.update({f"{name} {code}": count for code, count in zip(tables.kit_codes, counts, strict=True)})
    sites = len(tables.network.sites)
    regional = w.places[sites:, c.SUPPLIER] >= 0
    left = w.stock[:sites].sum(axis=0) + w.stock[sites:][regional].sum(axis=0) + w.coming.sum(axis=0)
    by_type = np.bincount(w.piles[:, c.KIT_TYPE], left, len(tables.kit_codes)).astype(np.int64).tolist()
    standing = Standing(
        waiting=int(w.waits[: w.clock[c.WAITS], c.W_ALIVE].sum()),
        left_at_sites=int(w.stock[:sites].sum()),
        left_at_depots=int(w.stock[sites:].sum()),
        left_on_the_way=int(w.coming.sum()),
        site_kit_minutes=int(w.clock[c.SITE_KIT_MINUTES]),
        depot_kit_minutes=int(w.clock[c.REGIONAL_KIT_MINUTES]),
        last_randomized_day=int(w.clock[c.LAST_RANDOMIZED_DAY]),
        completion_day=int(w.clock[c.COMPLETION_DAY]),
        wasted_by_type=dict(zip(tables.kit_codes, by_type, strict=True)),
    )
    return measures_from(tables.definition, tally, standing)


def days_in(w: World, stock: dict[str, Ints]) -> dict[str, Ints]:
    """Series by day; `stock` are those that are told when each day ends."""
    counted = dict(zip(BY_DAY, w.day_counts.copy(), strict=True))
    return counted | dict(zip(BY_SITE.values(), w.site_counts.copy(), strict=True)) | stock


def events_in(tables: Tables, w: World) -> Iterator[Event]:
    """Events in the order in which they happened."""
    names = [*tables.names, "on the way"]
    rows, lines = w.log[: w.clock[c.LOGGED]].tolist(), w.log_kits[: w.clock[c.LOGGED_KITS]].tolist()
    piles = [(tables.kit_codes[pile[c.KIT_TYPE]], tables.lot_names[pile[c.LOT]]) for pile in w.piles.tolist()]
    begins = 0
    for minute, what, place, who, detail, until in rows:
        kits = tuple(sorted((*piles[pile], number) for pile, number in lines[begins:until]))
        yield Event(minute, c.WHAT[what], names[place], who, _detail(tables, what, detail), kits)
        begins = until


def _detail(tables: Tables, what: int, detail: int) -> str:
    if what == c.T_RANDOMIZED:
        return tables.arm_codes[detail]
    if what == c.T_SENT:
        return tables.network.depots[detail]
    if what == c.T_ARRIVED:
        return "closed" if detail else ""
    if what == c.T_MISSED:
        return f"{_words(tables, detail // CAUSES)}: {_COUNTS[detail % CAUSES]}"
    return _words(tables, detail) if what in {c.T_DISPENSED, c.T_LOST} else ""


def _words(tables: Tables, words: int) -> str:
    if words == c.REQUEST_WORDS:
        return "request"
    return "replacement" if words == c.REPLACEMENT_WORDS else [*tables.needs.codes][words]
