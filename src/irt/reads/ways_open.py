"""Which goods may travel which way on a day, by import licence and shipper. For services only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from irt.reads.asking import Asking
from irt.reads.imports import ShipperFacts, by_country, licences_on, shippers_on
from irt.reads.plan_ways import ways_on
from irt.reads.supply_rules import LaneInForce, Lanes
from irt.study.planning import Way
from irt.supply.imports import (
    ImportWindow,
    LicenceFacts,
    hold_exceeded,
    import_windows,
    kits_left,
    licence_missing,
    road_hours,
)
from irt.supply.planner import NOTHING


@dataclass(frozen=True, slots=True)
class WaysOpen:
    """The lanes of a study on a day with what may travel on them.

    `import_left` is filled as ways are asked for: kits that licences still cover, by country and blinding group.
    `further`: ways that plans alone may take.
    """

    asking: Asking
    lanes: Lanes
    licences: Mapping[str, list[LicenceFacts]]
    shippers: Mapping[str, ShipperFacts]
    further: tuple[Way, ...] = ()
    import_left: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: Connection, asking: Asking, lanes: Lanes) -> "WaysOpen":
        """Asks for licences and shippers only where the study has some."""
        study_id, day = asking.study_id, asking.day
        licences = by_country(licences_on(connection, study_id, day)) if lanes.imports_licensed else {}
        shippers = shippers_on(connection, study_id, day) if lanes.shipped_by_name else {}
        further = ways_on(connection, study_id, asking.definition.resupply.planning.ways, day)
        return cls(asking, lanes, licences, shippers, further)

    def between(
        self, origin: str, country: str, lane: LaneInForce, past_cut_off: bool
    ) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Kit types that may not travel that way, and why; and under what those that are imported are counted."""
        imported = origin != country and country in self.licences
        if not imported and lane.shipper is None:
            return NOTHING, NOTHING
        dispatch_on = lane.calendar.dispatch_on(self.asking.day, past_cut_off)
        barred: dict[str, str] = {}
        if lane.shipper is not None:
            known = self.shippers.get(lane.shipper)
            holds = known.hold_hours if known else NOTHING
            hours = road_hours(lane.calendar, dispatch_on, lane.lead_time_days)
            for code, storage in self._storage().items():
                if reason := hold_exceeded(lane.shipper, holds.get(storage), hours, dispatch_on):
                    barred[code] = reason
        keys: dict[str, str] = {}
        if imported:
            if missing := licence_missing(self.licences[country], country, dispatch_on):
                return dict.fromkeys(self._storage(), missing), NOTHING
            groups = {kit_type.code: kit_type.blinding_group for kit_type in self.asking.definition.kit_types}
            left = kits_left(self.licences[country], country, dispatch_on, set(groups.values()))
            for group, kits in left.items():
                self.import_left.setdefault(f"{country} {group}", kits)
            keys = {code: f"{country} {group}" for code, group in groups.items() if group in left}
        return barred, keys

    def windows(self) -> dict[str, tuple[ImportWindow, ...]]:
        """By country that needs a licence, the days on which goods may leave for it; left out where none come."""
        found = {country: import_windows(facts, self.asking.day) for country, facts in self.licences.items()}
        return {country: windows for country, windows in found.items() if windows}

    def _storage(self) -> dict[str, str]:
        definition = self.asking.definition
        return {
            kit_type.code: definition.blinding_group(kit_type.blinding_group).storage
            for kit_type in definition.kit_types
        }
