"""What governs supply on a day: levels, windows, lanes and approvals in force. For services only."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from sqlalchemy import BindParameter, Connection, bindparam, case, func, or_, select

from irt.reads.asking import LevelOverlay
from irt.states.records import VersionStatus
from irt.study.definition import StudyDefinition
from irt.supply.calendar import EVERY_DAY, DispatchCalendar, calendar_of
from irt.supply.level_rows import LevelRow, merged, over, with_windows
from irt.supply.planner import Level
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, LotApproval
from irt.tables.network import ImportLicence
from irt.tables.secret import RestrictedPart, ResupplySetting
from irt.tables.study import Depot, Lane, Site, StudyVersion
from irt.tables.supply import SupplyStop

_SETTINGS, _LANES, _DEPOTS = table_of(ResupplySetting), table_of(Lane), table_of(Depot)
_APPROVALS, _LOTS = table_of(LotApproval), table_of(BlindedLot)
_VERSIONS, _PARTS = table_of(StudyVersion), table_of(RestrictedPart)
_STOPS, _SITES, _LICENCES = table_of(SupplyStop), table_of(Site), table_of(ImportLicence)
_STUDY: BindParameter[int] = bindparam("study_id")
_SETTINGS_IN_FORCE = (
    select(
        _SETTINGS.c.country,
        _SETTINGS.c.site_id,
        _SETTINGS.c.depot_id,
        _SETTINGS.c.kit_type,
        _SETTINGS.c.minimum,
        _SETTINGS.c.maximum,
        _SETTINGS.c.trigger_days,
        _SETTINGS.c.resupply_days,
    )
    .where(_SETTINGS.c.study_id == _STUDY, _SETTINGS.c.effective_from <= bindparam("day"))
    .order_by(_SETTINGS.c.effective_from, _SETTINGS.c.id)
)
_LANES_IN_FORCE = (
    select(
        _DEPOTS.c.code,
        _LANES.c.target,
        _LANES.c.lead_time_days,
        _LANES.c.calendar,
        # Asked along: most studies have no licences, and their nights ask nothing more.
        select(_LICENCES.c.id).where(_LICENCES.c.study_id == _STUDY).exists().label("licensed"),
    )
    .join(_DEPOTS, _DEPOTS.c.id == _LANES.c.origin_id)
    .where(_LANES.c.study_id == _STUDY, _LANES.c.effective_from <= bindparam("day"))
    .order_by(_LANES.c.effective_from, _LANES.c.id)
)
NEWEST_APPROVED = (
    select(func.max(_VERSIONS.c.number))
    .where(_VERSIONS.c.study_id == _STUDY, _VERSIONS.c.status == VersionStatus.APPROVED)
    .scalar_subquery()
)
"""The number of the newest approved version of `study_id`."""
_STOP = (
    select(_STOPS.c.id)
    .where(_STOPS.c.study_id == _SITES.c.study_id)
    .where(or_(_STOPS.c.site_id == _SITES.c.id, _STOPS.c.country == _SITES.c.country))
    # What was said of the site itself comes before its country.
    .order_by(_STOPS.c.site_id.is_(None), _STOPS.c.id.desc())
    .limit(1)
    .correlate(_SITES)
)
# Asked once: most studies never stop a supply, and every night asks for every site.
_ANY_STOP = select(_STOPS.c.id).where(_STOPS.c.study_id == _STUDY).exists()
STOP_CHANGED = case((_ANY_STOP, _STOP.scalar_subquery()))
"""The row, if any, by which a site's supply was stopped or goes on."""
STOPS_ON = case(
    (_ANY_STOP, _STOP.with_only_columns(_STOPS.c.stops_on, maintain_column_froms=True).scalar_subquery())
)
"""The day in that row."""
_DEFINITION = (
    select(_PARTS.c.definition)
    .join(_VERSIONS, _VERSIONS.c.id == _PARTS.c.version_id)
    .where(_VERSIONS.c.study_id == _STUDY, _VERSIONS.c.number == bindparam("number"))
)
_APPROVED = (
    select(_APPROVALS.c.country, _LOTS.c.number)
    .join(_LOTS, _LOTS.c.id == _APPROVALS.c.blinded_lot_id)
    .where(_APPROVALS.c.study_id == _STUDY, _APPROVALS.c.ended_by_id.is_(None))
)


Scope = tuple[str | None, int | None]
"""Country and site id of a setting; neither for the study."""


class Levels:
    """Resupply settings by kit type: site before country before study, of each the latest; windows alone."""

    def __init__(
        self,
        connection: Connection,
        study_id: int,
        day: date,
        windows: tuple[int, int] = (0, 0),
        overlay: Sequence[LevelOverlay] = (),
    ) -> None:
        self._windows = windows
        self._found: dict[Scope, dict[str, LevelRow]] = defaultdict(dict)
        self._depots: dict[int, dict[str, LevelRow]] = defaultdict(dict)
        self._by_country: dict[str, Mapping[str, Level]] = {}
        stored = connection.execute(_SETTINGS_IN_FORCE, {"study_id": study_id, "day": day})
        for country, site_id, depot_id, kit_type, *row in chain(stored, overlay):
            known = self._found[(country, site_id)] if depot_id is None else self._depots[depot_id]
            known[kit_type] = over(known.get(kit_type), (row[0], row[1], row[2], row[3]))

    def of(self, country: str, site_id: int) -> Mapping[str, Level]:
        """The settings in force at a site."""
        if (None, site_id) in self._found:
            return self._merged((None, None), (country, None), (None, site_id))
        if country not in self._by_country:
            self._by_country[country] = self._merged((None, None), (country, None))
        return self._by_country[country]

    def of_depot(self, depot_id: int) -> Mapping[str, Level]:
        """The settings in force at a regional depot; nothing where it has none of its own."""
        return self._with_windows(self._depots.get(depot_id, {}))

    @property
    def by_scope(
        self,
    ) -> tuple[Mapping[tuple[str | None, int | None], dict[str, LevelRow]], Mapping[int, dict[str, LevelRow]]]:
        """The settings as they were made, at sites by scope, and by depot id."""
        return self._found, self._depots

    @property
    def regional(self) -> bool:
        """Whether any depot is kept up to levels."""
        return bool(self._depots)

    @property
    def longest_days(self) -> int:
        """The longest window that any place may have."""
        rows = [row for scope in (*self._found.values(), *self._depots.values()) for row in scope.values()]
        return max([*self._windows, *(days for row in rows for days in row[2:] if days is not None)])

    def _merged(self, *scopes: tuple[str | None, int | None]) -> Mapping[str, Level]:
        return self._with_windows(merged(self._found.get(scope, {}) for scope in scopes))

    def _with_windows(self, rows: Mapping[str, LevelRow]) -> Mapping[str, Level]:
        return with_windows(rows, self._windows)


class KitTypesOfVersions:
    """Which kit types a version has: a site on an earlier one is not sent what its pages do not know."""

    def __init__(self, connection: Connection, study_id: int) -> None:
        self._connection, self._study_id = connection, study_id
        self._known: dict[int, frozenset[str]] = {}

    def among(self, levels: Mapping[str, Level], version: int | None) -> Mapping[str, Level]:
        """The levels of kit types that the version has; all of them where no version is named."""
        if version is None:
            return levels
        if version not in self._known:
            asked = {"study_id": self._study_id, "number": version}
            definition = self._connection.execute(_DEFINITION, asked).scalar_one()
            self._known[version] = frozenset(kit_type["code"] for kit_type in definition["kit_types"])
        return {code: level for code, level in levels.items() if code in self._known[version]}


class WindowsByCountry:
    """Do-not-count and do-not-ship days of every kit type, kept by country."""

    def __init__(self, definition: StudyDefinition) -> None:
        self._definition = definition
        self._days: dict[tuple[str, str], dict[str, int]] = {}

    def dnc(self, country: str) -> Mapping[str, int]:
        """Kit type -> days before expiry from which a kit no longer counts as stock."""
        return self._of(country, "dnc_days")

    def dns(self, country: str) -> Mapping[str, int]:
        """Kit type -> days before expiry from which a kit is no longer sent."""
        return self._of(country, "dns_days")

    def _of(self, country: str, window: str) -> dict[str, int]:
        if (country, window) not in self._days:
            self._days[(country, window)] = {
                kit_type.code: getattr(kit_type.windows_in(country), window)
                for kit_type in self._definition.kit_types
            }
        return self._days[(country, window)]


@dataclass(frozen=True, slots=True)
class LaneInForce:
    """How long goods travel on a lane, and when they leave."""

    lead_time_days: int
    calendar: DispatchCalendar
    shipper: str | None = None


NO_LANE = LaneInForce(0, EVERY_DAY)
"""What holds where the study names no lane."""


class Lanes:
    """The lanes of a study on a day; a lane to a site comes before one to its country.

    `imports_licensed`: some country needs a licence. `shipped_by_name`: some lane names its shipper.
    """

    def __init__(self, connection: Connection, study_id: int, day: date) -> None:
        rows = connection.execute(_LANES_IN_FORCE, {"study_id": study_id, "day": day}).all()
        self._found = {
            (row.code, row.target): LaneInForce(
                row.lead_time_days, calendar_of(row.calendar), row.calendar.get("shipper")
            )
            for row in rows
        }
        self.imports_licensed = any(row.licensed for row in rows)
        self.shipped_by_name = any(lane.shipper for lane in self._found.values())

    def to(self, depot: str, country: str, site: str) -> LaneInForce:
        """The lane from a depot to a site."""
        return self._found.get((depot, site)) or self._found.get((depot, country)) or NO_LANE


class ApprovedLots:
    """Lots approved for a country, or for everywhere."""

    def __init__(self, connection: Connection, study_id: int) -> None:
        found: dict[str | None, set[str]] = defaultdict(set)
        for country, lot in connection.execute(_APPROVED, {"study_id": study_id}):
            found[country].add(lot)
        self._everywhere = frozenset(found[None])
        self._by_country = {country: frozenset(lots) | self._everywhere for country, lots in found.items()}

    def of(self, country: str) -> frozenset[str]:
        """Numbers of the lots that may go to a country."""
        return self._by_country.get(country, self._everywhere)
