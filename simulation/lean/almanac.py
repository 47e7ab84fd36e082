"""The calendar of places, kept by SimPy: machine code plays nights and people between two of its moments."""

from collections.abc import Iterable, Iterator

import numpy as np
import simpy

from simulation.arrays import Flags, Floats, Ints
from simulation.engine.order import Moment, Phase
from simulation.engine.randomizing import levels_of
from simulation.engine.world import Process
from simulation.inputs.inputs import Inputs
from simulation.lean import columns as c
from simulation.lean.arms import AHEAD, Arms
from simulation.lean.begin import begun, know_trips
from simulation.lean.layout import GROWING, Sheet
from simulation.lean.players import Player
from simulation.lean.tables import Tables
from simulation.network import MINUTES_IN_DAY, NEVER

SPARE_PART = 16
"""A sixteenth more than the target: those who are in screening when it is reached."""
Entry = tuple[int, int, int]
"""A day, a rank, and what it concerns."""


class Almanac:
    """One replication: lots, sites and the ends of days as SimPy's processes."""

    def __init__(
        self, tables: Tables, inputs: Inputs, *, keep_days: bool, keep_events: bool, player: Player
    ) -> None:
        self._tables, self._inputs, self._player = tables, inputs, player
        self._env = simpy.Environment()
        self._arms = Arms(tables.definition, inputs)
        sheet, self._sheets = begun(tables, inputs, keep_days=keep_days, keep_events=keep_events)
        self._go_on_with(sheet)
        sites, days = len(tables.network.sites), tables.network.days if keep_days else 0
        self.stock_by_day: dict[str, Ints] = {"site_stock": np.zeros((sites, days), np.int64)}
        for where in ("at_sites", "at_depots", "on_the_way"):
            self.stock_by_day[f"kits_{where}"] = np.zeros(days, np.int64)

    def run(self) -> None:
        """Plays to the horizon."""
        scenario, network, recruits = self._tables.scenario, self._tables.network, self._inputs.recruits
        lots = enumerate(network.lots)
        expiry_days = {row.expiry_day for row in network.lots}
        recalls = [(fault.day, 0, place) for place, fault in enumerate(scenario.faults) if fault.fault == "recall"]
        self._keep(Phase.WARM, c.WARM_UP_ENDS, [(scenario.warm_up_days, 0, 0)])
        self._keep(Phase.RECALL, c.RECALLS, recalls)
        self._keep(Phase.EXPIRY, c.EXPIRES, [(day + 1, day, day) for day in expiry_days])
        released = [(int(self._inputs.lot_released_day[n]), n, n) for n, row in lots if row.depot is not None]
        self._keep(Phase.RELEASE, c.RELEASES, released)
        self._keep(Phase.SHUT, c.SHUTS, _at_sites(recruits.shut_day.tolist()))
        self._keep(Phase.OPEN, c.OPENS, _at_sites(recruits.opens_day.tolist()))
        if len(self.stock_by_day["kits_at_sites"]):
            self._env.process(self._day_ends())
        self._env.run(until=network.end_minute)
        self._reach(network.end_minute, Phase.WARM, 0, c.NOTHING, 0)

    def _keep(self, phase: Phase, act: int, entries: Iterable[Entry]) -> None:
        """A process of moments of one kind, at midnights before the horizon."""
        days = self._tables.network.days
        kept = sorted(entry for entry in entries if entry[0] < days)
        if kept:
            self._env.process(self._days(phase, act, kept))

    def _days(self, phase: Phase, act: int, entries: list[Entry]) -> Process:
        for day, rank, which in entries:
            minute = day * MINUTES_IN_DAY
            yield Moment(self._env, minute, phase, rank)
            if act == c.EXPIRES:
                self.world.mask[:] = self.world.piles[:, c.EXPIRY_DAY] == which
            elif act == c.RECALLS:
                self._mask_recalled(which)
            self._reach(minute, phase, rank, act, which)

    def _mask_recalled(self, place: int) -> None:
        fault = self._tables.scenario.faults[place]
        if fault.fault == "recall":
            lots = self._tables.lot_names
            named = np.array([name == fault.lot for name in lots], bool)
            self.world.mask[:] = named[self.world.piles[:, c.LOT]]

    def _day_ends(self) -> Process:
        """The stock at the end of each day."""
        told, sites = self.stock_by_day, len(self._tables.network.sites)
        for day in range(self._tables.network.days):
            minute = (day + 1) * MINUTES_IN_DAY - 1
            yield Moment(self._env, minute, Phase.DAY_END)
            self._reach(minute, Phase.DAY_END, 0, c.NOTHING, 0)
            at_sites = self.world.stock[:sites].sum(axis=1)
            told["site_stock"][:, day] = at_sites
            told["kits_at_sites"][day] = at_sites.sum()
            told["kits_at_depots"][day] = self.world.stock[sites:].sum()
            told["kits_on_the_way"][day] = self.world.coming.sum()

    def _reach(self, minute: int, phase: Phase, rank: int, act: int, which: int) -> None:
        """Plays people and consignments up to a moment, and does there what is asked."""
        clock = self.world.clock
        clock[c.UNTIL], clock[c.ACT], clock[c.WHICH] = until_moment(minute, int(phase), rank), act, which
        while (told := next(self._play)) != c.REACHED:
            self._find(told)

    def _find(self, lacking: int) -> None:
        """What the machine code lacked to go on."""
        if lacking == c.LACKS_ARM:
            self._draw_arm()
        elif lacking == c.LACKS_NEED:
            self._ask_need()
        elif lacking == c.LACKS_TRIPS:
            trips, soon = self._inputs.trips, self.world.lanes[:, 0] + self._tables.storages
            trips.extend(np.where(2 * soon >= trips.known, 2 * trips.known, trips.known))
            self._write(transit_days=trips.transit_days, happens=trips.happens, delay_days=trips.delay_days)
            know_trips(self.world, trips)
        else:
            twice = {name: (2 * self._sheet.room[name][0], self._sheet.room[name][1]) for name in GROWING}
            self._go_on_with(self._sheets.larger(self._sheet, twice))

    def _ask_need(self) -> None:
        """What is due to somebody, by the study's rules."""
        clock, needs = self.world.clock, self._tables.needs
        arm, level, code, person = map(int, clock[[c.ASKED_ARM, c.ASKED_LEVEL, c.ASKED_CODE, c.ASKED_PERSON]])
        place = arm, level, code, int(self.world.people[person, c.WEIGHT])
        self.world.due[place] = needs.ask(*place)
        self._write(needs=needs.rows)

    def _write(self, **arrays: Ints | Flags | Floats) -> None:
        """Arrays as they are now, in a larger sheet where this one has no room."""
        sizes = {name: array.shape for name, array in arrays.items()}
        sheet = self._sheet if self._sheet.has_room(sizes) else self._sheets.larger(self._sheet, sizes)
        for name, array in arrays.items():
            sheet.use(name, array.shape)[...] = array
        self._go_on_with(sheet)

    def _go_on_with(self, sheet: Sheet) -> None:
        self._sheet, self.world = sheet, sheet.world
        self._play = self._player(self.world, sheet.whole)

    def give_back(self) -> None:
        """The arrays are read no more; another replication may have them."""
        self._sheets.give_back(self._sheet)

    def _draw_arm(self) -> None:
        """The next arms of the one list, or the arm of the person who is randomized now."""
        clock, tables = self.world.clock, self._tables
        known = int(clock[c.ARMS_KNOWN])
        if self._arms.one_list:
            left = len(self.world.arms) - known
            drawn = self._arms.ahead(tables.arm_codes, AHEAD if known else self._likely())[:left]
        else:
            person = int(clock[c.ASKED_PERSON])
            site = tables.network.sites[self.world.people[person, c.SITE]]
            levels = levels_of(self._inputs, tables.definition, site, person)
            today = tables.network.date_of(int(clock[c.NOW]) // MINUTES_IN_DAY)
            drawn = np.array([tables.arm_codes.index(self._arms.draw(known + 1, levels, today))])
        self.world.arms[known : known + len(drawn)] = drawn
        clock[c.ARMS_KNOWN] = known + len(drawn)

    def _likely(self) -> int:
        """How many subjects there may be: all who do not fail screening, or a few more than the target."""
        fit, target = int(np.count_nonzero(~self._inputs.people.fails)), int(self.world.fixed[c.TARGET])
        return fit if target < 0 else min(fit, target + target // SPARE_PART)


def until_moment(minute: int, phase: int, rank: int) -> int:
    """A number that sorts as moments do."""
    return minute << c.MINUTE_BITS | phase << c.RANK_BITS | rank


def _at_sites(days: list[int]) -> Iterator[Entry]:
    return ((day, site, site) for site, day in enumerate(days) if day < NEVER)
