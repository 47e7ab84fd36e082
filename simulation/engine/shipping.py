"""Reviews of stock by the production planner, and the consignments that follow from them."""

from collections.abc import Iterable

from irt.supply.calendar import is_review_day
from irt.supply.parcels import parted_by_storage
from irt.supply.planner import NetworkView, ProposedLine, ProposedShipment, SiteView
from irt.supply.resupply import Formula, needs_by_hand, share_out
from simulation.engine.giving import serve_waiting
from simulation.engine.order import Phase
from simulation.engine.stock import Kits, Pile
from simulation.engine.views import Views
from simulation.engine.world import Consignment, Depot, Process, Site, World
from simulation.network import MINUTES_IN_DAY

FIRST_STOCK = Formula("initial", "wanted = the kits that were asked for")


class Shipping:
    """Plans, raises and carries consignments."""

    def __init__(self, world: World) -> None:
        self._world, self._views = world, Views(world)
        self._every_request = world.scenario.supply.review == "every_request"
        part = world.definition.resupply
        # Without any level nothing is ever wanted by those who go by levels.
        self._supplied = part.method == "optimizer" or any((part.study, part.countries, part.sites, part.depots))

    def nights(self) -> Process:
        """The nightly run, on review days, unless the system is out."""
        world, part = self._world, self._world.definition.resupply
        minute = part.review_at.hour * 60 + part.review_at.minute
        if not self._supplied:
            return
        for day in range(world.inputs.places.days):
            yield world.at(day * MINUTES_IN_DAY + minute, Phase.NIGHT)
            if is_review_day(world.date_of(day), part.review_days) and not world.system_out():
                self.review(world.sites)

    def after_request(self, site: Site) -> None:
        """Looks at a site's stock right after kits were asked for there, where the scenario says so."""
        if self._every_request and not self._world.system_out():
            self.review([site])

    def review(self, sites: Iterable[Site]) -> None:
        """Supplies sites, then the regional depots, each out of what is left."""
        network = self._views.of_sites([*sites])
        self._plan(network)
        if network.regional:
            self._plan(self._views.of_depots(network))

    def first_stock(self, site: Site) -> None:
        """What the study sends to a site that opens."""
        seeding = self._world.definition.resupply.seeding
        network = self._views.of_sites([site])
        if not seeding or not network.sites:
            return
        (place,) = network.sites
        today = self._world.date_of(self._world.day)
        if not place.stopped(today):
            needs = needs_by_hand(place, today, seeding, "first stock")
            self._raise(share_out(network, needs, today, FIRST_STOCK), network.sites)

    def on_the_road(self) -> None:
        """What left before the start, in the order in which it is told."""
        world = self._world
        for one in world.inputs.on_the_road:
            kits: Kits = {}
            for goods in one.goods:
                pile = Pile(goods.expiry_day, goods.lot, goods.kit_type)
                kits[pile] = kits.get(pile, 0) + goods.kits
            world.shipments += 1
            world.books.book("kits_made", kits)
            self._sent(one.target, Consignment(world.shipments, kits, one.due_day), one.arrives, "")

    def _plan(self, network: NetworkView) -> None:
        today = self._world.date_of(self._world.day)
        self._raise(self._world.planner.plan(network, today, self._world.settings), network.sites)

    def _raise(self, proposals: Iterable[ProposedShipment], places: tuple[SiteView, ...]) -> None:
        lead_days = {place.number: place.lead_time_days for place in places}
        for proposal in proposals:
            for _, lines in parted_by_storage(proposal.lines, self._world.storage_of):
                self._send(proposal, lines, lead_days[proposal.site])

    def _send(self, proposal: ProposedShipment, lines: tuple[ProposedLine, ...], lead_days: int) -> None:
        """Takes the kits off the depot's stock and puts them on the road."""
        world = self._world
        kits = self._picked(world.depots[proposal.depot], lines)
        lane = world.inputs.places.lanes[proposal.depot, proposal.site]
        number, day = world.sent_on_lane[lane], (proposal.dispatch_on - world.scenario.start).days
        world.sent_on_lane[lane] += 1
        world.shipments += 1
        consignment = Consignment(world.shipments, kits, day + lead_days)
        self._count_sent(kits, to_depot=proposal.site in world.depots)
        world.books.tell(world.now, "sent", proposal.site, consignment.number, proposal.depot, kits)
        trip = world.inputs.trips.trip(lane, number, world.now, day)
        fate = "lost" if trip.lost else "spoiled" if trip.spoiled else ""
        self._sent(proposal.site, consignment, trip.arrives, fate)

    def _sent(self, target: str, consignment: Consignment, arrives: int, fate: str) -> None:
        place = self._world.site_numbered.get(target) or self._world.depots[target]
        place.coming[consignment.number] = consignment
        self._world.begin(self._road(place, consignment, arrives, fate))

    def _picked(self, depot: Depot, lines: tuple[ProposedLine, ...]) -> Kits:
        kits: Kits = {}
        for line in lines:
            pile = self._pile(depot, line)
            depot.stock.add(pile, -line.kits)
            kits[pile] = kits.get(pile, 0) + line.kits
        return kits

    def _pile(self, depot: Depot, line: ProposedLine) -> Pile:
        """The depot's pile of a lot; a lot has one expiry date for each kit type."""
        return next(pile for pile in depot.stock.piles if pile[1:] == (line.lot, line.kit_type))

    def _count_sent(self, kits: Kits, *, to_depot: bool) -> None:
        books, number = self._world.books, sum(kits.values())
        onward = "_to_depots" if to_depot else ""
        books.count(f"shipments{onward}")
        books.count(f"kits_shipped{onward}", number)
        books.count("shippers", -(-number // self._world.definition.resupply.planning.shipper_kits))

    def _road(self, place: Site | Depot, consignment: Consignment, arrives: int, fate: str) -> Process:
        """One consignment, from the depot's door to the place's."""
        world, books = self._world, self._world.books
        yield world.at(arrives, Phase.ARRIVAL, consignment.number)
        del place.coming[consignment.number]
        kits = {pile: number for pile, number in consignment.kits.items() if number}
        name = place.code if isinstance(place, Depot) else place.facts.number
        if fate:
            books.count(f"shipments_{fate}")
            books.book(f"wasted_{fate}", kits)
            books.tell(world.now, "not_arrived" if fate == "lost" else fate, name, consignment.number, "", kits)
        elif isinstance(place, Site) and place.shut:
            books.book("wasted_at_closed_sites", kits)
            books.tell(world.now, "arrived", name, consignment.number, "closed", kits)
        else:
            for pile, number in kits.items():
                place.stock.add(pile, number)
            books.tell(world.now, "arrived", name, consignment.number, "", kits)
            if isinstance(place, Site) and kits:
                self._taken_in(place)

    def _taken_in(self, site: Site) -> None:
        site.supplied_once = True
        site.expired.clear()
        site.recalled.clear()
        if site.waiting:
            serve_waiting(self._world, site)
            self.after_request(site)
