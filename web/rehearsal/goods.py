"""Goods in a rehearsal: sites open, lots are released and recalled, nights plan, and consignments travel."""

from collections import Counter
from collections.abc import Sequence
from functools import partial

from irt.reads.unblinded_course import Consignment, consignments, kits_awaited
from irt.services import fulfil_shipment as steps
from irt.services.activate_site import change_site
from irt.services.carry_out_hold import carry_out_hold
from irt.services.open_hold import open_hold
from irt.services.receive_shipment import Temperature, receive_shipment
from irt.services.release_lot import release_lot
from irt.services.supply_night import plan_night
from irt.states.hold import HoldKind
from irt.states.records import SiteEvent
from irt.supply.calendar import is_review_day
from irt.supply.planner import ResupplyPlanner
from simulation.engine.order import Phase
from simulation.inputs.trips import Trip
from simulation.network import MINUTES_IN_DAY, NEVER, SitePlace
from web.rehearsal.desk import Desk


class Goods:
    """Everything of a rehearsal that is not about people."""

    def __init__(self, desk: Desk, planner: ResupplyPlanner) -> None:
        self._desk, self._planner = desk, planner
        self._sent_on_lane: Counter[int] = Counter()

    def begin(self) -> None:
        """Puts all that is known from the start on the agenda."""
        desk = self._desk
        inputs, agenda = desk.inputs, desk.agenda
        for place, site in enumerate(inputs.places.sites):
            opens, shuts = int(inputs.recruits.opens_day[place]), int(inputs.recruits.shut_day[place])
            agenda.at(opens * MINUTES_IN_DAY, Phase.OPEN, place, partial(self._open, site))
            if shuts < NEVER:
                agenda.at(shuts * MINUTES_IN_DAY, Phase.SHUT, place, partial(self._shut, site))
        lots = {row.lot: place for place, row in reversed([*enumerate(inputs.places.lots)])}
        for lot, place in lots.items():
            day = int(inputs.lot_released_day[place])
            agenda.at(day * MINUTES_IN_DAY, Phase.RELEASE, place, partial(self._release, lot, place))
        for fault in desk.scenario.faults:
            if fault.fault == "recall":
                agenda.at(fault.day * MINUTES_IN_DAY, Phase.RECALL, 0, partial(self._recall, fault.lot))
        part = desk.definition.resupply
        for day in range(inputs.places.days):
            if is_review_day(inputs.places.date_of(day), part.review_days):
                minute = part.review_at.hour * 60 + part.review_at.minute
                agenda.at(day * MINUTES_IN_DAY + minute, Phase.NIGHT, 0, self._night)

    def _open(self, site: SitePlace) -> None:
        if site.number not in self._desk.shut:
            opened = self._desk.press(self._desk.staff.supply, change_site, site=site.number)
            self._raised(opened.shipments)

    def _shut(self, site: SitePlace) -> None:
        desk = self._desk
        desk.shut.add(site.number)
        desk.press(
            desk.staff.supply, change_site, site=site.number, event=SiteEvent.CLOSE, reason="It takes part no more"
        )

    def _release(self, lot: str, place: int) -> None:
        """The qualified person looks at the date, and whether the lot was recalled before it came."""
        desk, row = self._desk, self._desk.inputs.places.lots[place]
        day = desk.agenda.now // MINUTES_IN_DAY
        if row.expiry_day >= day and int(desk.inputs.lot_recalled_day[place]) > day:
            facts = {"lot": lot, "on_day": desk.today, "countries": list(row.countries)}
            desk.press(desk.staff.quality, release_lot, **facts, signing=desk.staff.signing())

    def _recall(self, lot: str) -> None:
        desk = self._desk
        facts = {"kind": HoldKind.RECALL, "lot": lot, "reason": "A defect"}
        hold = desk.press(desk.staff.quality, open_hold, **facts, signing=desk.staff.signing())
        last, found = 0, True
        while found:
            done = desk.press(desk.staff.quality, carry_out_hold, number=hold.number, after=last)
            last, found = done.last, bool(done.found)

    def _night(self) -> None:
        desk = self._desk
        if not desk.system_out:
            done = plan_night(desk.store, self._planner, desk.study_id, desk.today, desk.at)
            self._raised(done.shipments)

    def _raised(self, numbers: Sequence[str]) -> None:
        """Consignments begin their way, each by the chance of its number on its lane."""
        desk = self._desk
        if not numbers:
            return
        with desk.store.reading() as connection:
            raised = consignments(connection, desk.study_id, [*numbers])
        for sent in raised:
            lane = desk.inputs.places.lanes[sent.depot, sent.place]
            number, day = self._sent_on_lane[lane], (sent.dispatch_on - desk.scenario.start).days
            self._sent_on_lane[lane] += 1
            trip = desk.inputs.trips.trip(lane, number, desk.agenda.now, day)
            rank = int(sent.number.removeprefix("S-"))
            desk.agenda.at(trip.leaves, Phase.NIGHT, rank, partial(self._leave, sent))
            desk.agenda.at(trip.arrives, Phase.ARRIVAL, rank, partial(self._arrive, sent, trip))

    def _leave(self, sent: Consignment) -> None:
        for step in (
            steps.acknowledge_shipment,
            steps.pick_shipment,
            steps.pack_shipment,
            steps.dispatch_shipment,
        ):
            self._desk.press(self._desk.staff.depot, step, number=sent.number)

    def _arrive(self, sent: Consignment, trip: Trip) -> None:
        """The parcel is lost, or brought and received; too warm or too cold, its monitor says so."""
        desk = self._desk
        if trip.lost:
            desk.press(desk.staff.supply, steps.lose_shipment, number=sent.number, reason="It never came")
            return
        desk.press(desk.staff.depot, steps.deliver_shipment, number=sent.number)
        with desk.store.reading() as connection:
            there = kits_awaited(connection, desk.study_id, sent.number)
        if there:
            word = Temperature.ALARM if trip.spoiled else Temperature.NO_ALARM
            desk.press(desk.staff.depot, receive_shipment, number=sent.number, received=there, temperature=word)
