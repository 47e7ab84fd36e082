"""A run of the planner over the network: shipments are proposed, their kits reserved, the reasons kept."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.errors import Refusal
from irt.reads.inventory import Asking, network_view
from irt.reads.piles import next_in_sequence
from irt.services.audit_draft import AuditDraft
from irt.services.move_kits import Move, lock_kits, move_each
from irt.services.shipments import HeldShipment, lock_shipments, step_shipments
from irt.services.supply_study import SupplyStudy, depot_ids, lock_study
from irt.services.work import Work
from irt.states.kit import KitEvent
from irt.states.shipment import ShipmentEvent, ShipmentStatus
from irt.supply.calendar import is_review_day
from irt.supply.kit_selection import ANY_LABEL
from irt.supply.planner import ProposedLine, ProposedShipment, ResupplyPlanner, SiteView
from irt.tables.columns import table_of
from irt.tables.secret import ShipmentCalculation
from irt.tables.shipment import ResupplyRun, Shipment, ShipmentKit
from irt.tables.study import Site

FIRST_NUMBER = 10001


class RunResupply(SQLModel):
    """The day to plan for; `needs_approval` lets shipments wait for the supply manager.

    A `night` plans on the study's review days only; a person plans whenever they wish.
    """

    study_id: int
    day: date
    consolidate: bool | None = None
    needs_approval: bool = False
    night: bool = False


class ResupplyDone(SQLModel):
    """The shipments of one run, in order of depot and site."""

    sites_considered: int
    shipments: list[str]
    kits: int


class NoReviewDay(Refusal):
    """The study's supply is not reviewed on this day."""

    def __init__(self, day: date, review_days: int) -> None:
        super().__init__(
            f"The supply of this study is reviewed every {review_days} days, and not on {day}. "
            "Nothing was planned. A supply manager can run the resupply by hand."
        )


class PlanNotPossible(Refusal):
    """The plan asks for kits that the depot does not have, or no longer has."""

    def __init__(self, depot: str) -> None:
        super().__init__(
            f"Stock at the depot {depot} changed while the shipments were planned. Nothing was booked. "
            "Run the resupply again."
        )


@dataclass(frozen=True, slots=True)
class _Parcel:
    """The part of a proposal that travels together: goods of one storage class."""

    proposal: ProposedShipment
    site: SiteView
    storage: str
    lines: tuple[ProposedLine, ...]


def run_resupply_with(planner: ResupplyPlanner) -> Callable[[Work, RunResupply], ResupplyDone]:
    """The service with this planner; the rim names which."""

    def run_resupply(work: Work, ask: RunResupply) -> ResupplyDone:
        """Plans for a day, reserves the kits at their depots in the warehouse's order, and requests shipments."""
        work.actor.require(Permission.RUN_RESUPPLY, ask.study_id)
        study = lock_study(work, ask.study_id)
        review_days = study.definition.resupply.review_days
        if ask.night and not is_review_day(ask.day, review_days):
            raise NoReviewDay(ask.day, review_days)
        network = network_view(work.connection, Asking(study.id, study.definition, ask.day, work.at))
        proposals = planner.plan(network, ask.day, _settings(study, ask))
        parcels = list(_parcels(study, proposals, {site.number: site for site in network.sites}))
        shipments = _record(work, study, parcels)
        kits = _reserve(work, study, parcels, shipments)
        _request(work, shipments, kits, ask.needs_approval)
        done = ResupplyDone(
            sites_considered=len(network.sites),
            shipments=[shipment.number for shipment in shipments],
            kits=kits.total(),
        )
        _record_run(work, study, ask.day, planner.name, done)
        return done

    return run_resupply


def _settings(study: SupplyStudy, ask: RunResupply) -> dict[str, Any]:
    groups = {kit_type.code: kit_type.blinding_group for kit_type in study.definition.kit_types}
    consolidate = study.definition.blinded if ask.consolidate is None else ask.consolidate
    return {"consolidate": consolidate, "groups": groups, "review_days": study.definition.resupply.review_days}


def _parcels(
    study: SupplyStudy, proposals: Sequence[ProposedShipment], sites: dict[str, SiteView]
) -> Iterator[_Parcel]:
    """Frozen goods and others never share a parcel."""
    storage_of = {
        kit_type.code: study.definition.blinding_group(kit_type.blinding_group).storage
        for kit_type in study.definition.kit_types
    }
    for proposal in proposals:
        by_storage: dict[str, list[ProposedLine]] = defaultdict(list)
        for line in proposal.lines:
            by_storage[storage_of[line.kit_type]].append(line)
        for storage, lines in sorted(by_storage.items()):
            yield _Parcel(proposal, sites[proposal.site], storage, tuple(lines))


_SHIPMENTS, _SITES = table_of(Shipment), table_of(Site)
_LATEST = (
    select(_SHIPMENTS.c.number)
    .where(_SHIPMENTS.c.study_id == bindparam("study_id"))
    .order_by(_SHIPMENTS.c.id.desc())
    .limit(1)
)
_PLACES = select(_SITES.c.number, _SITES.c.id).where(
    _SITES.c.study_id == bindparam("study_id"), _SITES.c.number.in_(bindparam("numbers", expanding=True))
)


def _record(work: Work, study: SupplyStudy, parcels: Sequence[_Parcel]) -> list[HeldShipment]:
    """Stores proposed shipments under running numbers, and what each was calculated from."""
    if not parcels:
        return []
    depots, sites = depot_ids(work, study.id), _site_ids(work, study, parcels)
    latest = work.connection.execute(_LATEST, {"study_id": study.id}).scalar()
    first = FIRST_NUMBER if latest is None else int(latest.removeprefix("S-")) + 1
    numbers = [f"S-{number}" for number in range(first, first + len(parcels))]
    common = {**study.owner, "status": ShipmentStatus.PROPOSED, "raised_by": "resupply", "raised_at": work.at}
    work.record_all(
        Shipment,
        (
            {
                **common,
                "number": number,
                "site_id": sites[parcel.site.number],
                "origin_depot_id": depots[parcel.proposal.depot],
                "dispatch_on": parcel.proposal.dispatch_on,
                "expected_on": parcel.proposal.dispatch_on + timedelta(days=parcel.site.lead_time_days),
                "storage": parcel.storage,
            }
            for number, parcel in zip(numbers, parcels, strict=True)
        ),
    )
    shipments = lock_shipments(work, study.id, numbers)
    traces = (
        {**study.owner, "shipment_id": shipment.id, "trace": dict(parcel.proposal.trace)}
        for shipment, parcel in zip(shipments, parcels, strict=True)
    )
    work.record_all(ShipmentCalculation, traces)
    return shipments


def _site_ids(work: Work, study: SupplyStudy, parcels: Sequence[_Parcel]) -> dict[str, int]:
    wanted = sorted({parcel.site.number for parcel in parcels})
    return {row["number"]: row["id"] for row in work.rows(_PLACES, study_id=study.id, numbers=wanted)}


def _reserve(
    work: Work, study: SupplyStudy, parcels: Sequence[_Parcel], shipments: Sequence[HeldShipment]
) -> Counter[int]:
    """Reserves the kits of every shipment; shipment id -> kits."""
    piles = _Piles(work, study, parcels)
    shipment_of = {
        kit_id: shipment.id
        for parcel, shipment in zip(parcels, shipments, strict=True)
        for line in parcel.lines
        for kit_id in piles.take(parcel, line)
    }
    kits = lock_kits(work, shipment_of)
    move_each(work, [Move(kit, kit.place_id, shipment_of[kit.id]) for kit in kits], KitEvent.RESERVE)
    work.record_all(
        ShipmentKit, ({**study.owner, "shipment_id": shipment_of[kit.id], "kit_id": kit.id} for kit in kits)
    )
    return Counter(shipment_of.values())


_Pile = tuple[str, str, str, str]


class _Piles:
    """Kits at the depots in the order they are picked: one question a pile and run, however many shipments."""

    def __init__(self, work: Work, study: SupplyStudy, parcels: Sequence[_Parcel]) -> None:
        self._work, self._study = work, study
        self._wanted: Counter[_Pile] = Counter()
        self._left: dict[_Pile, list[int]] = {}
        for parcel in parcels:
            for line in parcel.lines:
                for pile in _piles_of(parcel, line):
                    self._wanted[pile] += line.kits

    def take(self, parcel: _Parcel, line: ProposedLine) -> list[int]:
        """The kits of one line, those with the site's own label first."""
        taken: list[int] = []
        for pile in _piles_of(parcel, line):
            left = self._pile(pile)
            while left and len(taken) < line.kits:
                taken.append(left.pop())
        if len(taken) < line.kits:
            raise PlanNotPossible(parcel.proposal.depot)
        return taken

    def _pile(self, pile: _Pile) -> list[int]:
        if pile not in self._left:
            picked = next_in_sequence(self._work.connection, self._study.id, *pile, self._wanted[pile])
            self._left[pile] = [*reversed(picked)]
        return self._left[pile]


def _piles_of(parcel: _Parcel, line: ProposedLine) -> list[_Pile]:
    own = parcel.site.label_group
    labels = [own] if own == ANY_LABEL else [own, ANY_LABEL]
    return [(parcel.proposal.depot, line.lot, line.kit_type, label) for label in labels]


def _request(work: Work, shipments: Sequence[HeldShipment], kits: Counter[int], needs_approval: bool) -> None:
    if shipments:
        event = ShipmentEvent.SEND_FOR_APPROVAL if needs_approval else ShipmentEvent.REQUEST
        step_shipments(work, shipments, [event], tell=lambda shipment: {"kits": kits[shipment.id]})


def _record_run(work: Work, study: SupplyStudy, day: date, planner: str, done: ResupplyDone) -> None:
    counts = {"sites_considered": done.sites_considered, "shipments_proposed": len(done.shipments)}
    work.append(ResupplyRun, **study.owner, day=day, planner=planner, **counts, at=work.at)
    work.audit(
        AuditDraft(
            act="resupply_run",
            record_kind="resupply_run",
            record=day.isoformat(),
            study_id=study.id,
            new={"planner": planner, **counts, "kits": done.kits},
        )
    )
