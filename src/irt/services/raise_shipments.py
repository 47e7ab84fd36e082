"""Proposed shipments become shipments: numbered and stored with their reasons, their kits reserved, requested."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, select

from irt.errors import Refusal
from irt.reads.piles import next_in_sequence
from irt.services.move_kits import Move, lock_kits, move_each
from irt.services.shipments import HeldShipment, lock_shipments, step_shipments
from irt.services.supply_study import SupplyStudy, depot_ids
from irt.services.work import Work
from irt.states.kit import KitEvent
from irt.states.shipment import ShipmentEvent, ShipmentStatus
from irt.supply.kit_selection import ANY_LABEL
from irt.supply.parcels import parted_by_storage, storage_classes
from irt.supply.planner import ProposedLine, ProposedShipment, SiteView
from irt.tables.columns import table_of
from irt.tables.secret import ShipmentCalculation
from irt.tables.shipment import Shipment, ShipmentKit
from irt.tables.study import Site

FIRST_NUMBER = 10001


class PlanNotPossible(Refusal):
    """The plan asks for kits that the depot does not have, or no longer has."""

    def __init__(self, depot: str) -> None:
        super().__init__(
            f"Stock at the depot {depot} changed while the shipments were planned. Nothing was booked. "
            "Run the resupply again."
        )


@dataclass(frozen=True, slots=True)
class Raised:
    """Shipments that were raised, in order, and how many kits they hold."""

    numbers: list[str]
    kits: int


@dataclass(frozen=True, slots=True)
class _Parcel:
    """The part of a proposal that travels together: goods of one storage class."""

    proposal: ProposedShipment
    site: SiteView
    storage: str
    lines: tuple[ProposedLine, ...]

    @property
    def lead_time_days(self) -> int:
        """That of its way, else of the site's own lane."""
        proposed = self.proposal.lead_time_days
        return self.site.lead_time_days if proposed is None else proposed


def raise_shipments(
    work: Work,
    study: SupplyStudy,
    proposals: Sequence[ProposedShipment],
    sites: Iterable[SiteView],
    *,
    raised_by: str = "resupply",
    needs_approval: bool = False,
    to_depots: bool = False,
) -> Raised:
    """Stores proposals, reserves their kits in the warehouse's order, and requests them or asks for approval.

    `to_depots`: the places are regional depots, not sites.
    """
    parcels = list(_parcels(study, proposals, {site.number: site for site in sites}))
    shipments = _record(work, study, parcels, raised_by, to_depots=to_depots)
    kits = _reserve(work, study, parcels, shipments)
    waits = {
        shipment.id
        for parcel, shipment in zip(parcels, shipments, strict=True)
        if needs_approval or _is_controlled(study, parcel)
    }
    _request(work, shipments, kits, waits)
    return Raised([shipment.number for shipment in shipments], kits.total())


def _parcels(
    study: SupplyStudy, proposals: Sequence[ProposedShipment], sites: dict[str, SiteView]
) -> Iterator[_Parcel]:
    """Frozen goods and others never share a parcel."""
    storage_of = storage_classes(study.definition)
    for proposal in proposals:
        for storage, lines in parted_by_storage(proposal.lines, storage_of):
            yield _Parcel(proposal, sites[proposal.site], storage, lines)


_SHIPMENTS, _SITES = table_of(Shipment), table_of(Site)
_LATEST = (
    select(_SHIPMENTS.c.number)
    # Returns and pick-ups have numbers of their own.
    .where(_SHIPMENTS.c.study_id == bindparam("study_id"), _SHIPMENTS.c.number.like("S-%"))
    .order_by(_SHIPMENTS.c.id.desc())
    .limit(1)
)
_PLACES = select(_SITES.c.number, _SITES.c.id).where(
    _SITES.c.study_id == bindparam("study_id"), _SITES.c.number.in_(bindparam("numbers", expanding=True))
)


def next_number(work: Work, study_id: int) -> int:
    """The running number of the next shipment of a locked study."""
    latest = work.connection.execute(_LATEST, {"study_id": study_id}).scalar()
    return FIRST_NUMBER if latest is None else int(latest.removeprefix("S-")) + 1


def _record(
    work: Work, study: SupplyStudy, parcels: Sequence[_Parcel], raised_by: str, *, to_depots: bool
) -> list[HeldShipment]:
    """Stores proposed shipments under running numbers, and what each was calculated from."""
    if not parcels:
        return []
    depots = depot_ids(work, study.id)
    places, place = (depots, "target_depot_id") if to_depots else (_site_ids(work, study, parcels), "site_id")
    first = next_number(work, study.id)
    numbers = [f"S-{number}" for number in range(first, first + len(parcels))]
    common = {**study.owner, "status": ShipmentStatus.PROPOSED, "raised_by": raised_by, "raised_at": work.at}
    work.record_all(
        Shipment,
        (
            {
                **common,
                "number": number,
                "site_id": None,
                "target_depot_id": None,
                place: places[parcel.site.number],
                "origin_depot_id": depots[parcel.proposal.depot],
                "dispatch_on": parcel.proposal.dispatch_on,
                "expected_on": parcel.proposal.dispatch_on + timedelta(days=parcel.lead_time_days),
                "storage": parcel.storage,
                "reasons": _reasons(study, parcel),
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


def _reasons(study: SupplyStudy, parcel: _Parcel) -> dict[str, dict[str, int]]:
    """By blinding group: kits that were there or coming, and kits in this parcel. Nothing that tells a type."""
    reasons: dict[str, dict[str, int]] = {}
    told: Mapping[str, Mapping[str, Any]] = parcel.proposal.trace.get("kit_types", {})
    for code, facts in told.items():
        group = study.definition.kit_type(code).blinding_group
        if study.definition.blinding_group(group).storage == parcel.storage:
            sums = reasons.setdefault(group, {"there_or_coming": 0, "ordered": 0})
            sums["there_or_coming"] += facts.get("considered", 0) + facts.get("past_dnc", 0)
    for line in parcel.lines:
        group = study.definition.kit_type(line.kit_type).blinding_group
        reasons.setdefault(group, {"there_or_coming": 0, "ordered": 0})["ordered"] += line.kits
    return reasons


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
    if line.label is not None:
        return [(parcel.proposal.depot, line.lot, line.kit_type, line.label)]
    own = parcel.site.label_group
    labels = [own] if own == ANY_LABEL else [own, ANY_LABEL]
    return [(parcel.proposal.depot, line.lot, line.kit_type, label) for label in labels]


def _is_controlled(study: SupplyStudy, parcel: _Parcel) -> bool:
    """Whether it holds a controlled drug, by the law of either end: then somebody approves it first."""
    codes = {parcel.proposal.depot, parcel.site.number}
    countries = {parcel.site.country, *(d.country for d in study.definition.depots if d.code in codes)}
    groups = study.definition.controlled_in(*countries)
    return bool(groups) and any(
        study.definition.kit_type(line.kit_type).blinding_group in groups for line in parcel.lines
    )


def _request(work: Work, shipments: Sequence[HeldShipment], kits: Counter[int], waits: Set[int]) -> None:
    waiting = [shipment for shipment in shipments if shipment.id in waits]
    ready = [shipment for shipment in shipments if shipment.id not in waits]
    for event, some in ((ShipmentEvent.SEND_FOR_APPROVAL, waiting), (ShipmentEvent.REQUEST, ready)):
        if some:
            step_shipments(work, some, [event], tell=lambda shipment: {"kits": kits[shipment.id]})
