"""A physical count compared with the record: what matched, what was not found, what was not expected."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from irt.blinding.views import BlindedView
from irt.reads.blinded_sites import WorkSite
from irt.reads.blinded_stock import StockKit, stock_at
from irt.states.kit import Accountability, Custody, DisplayStatus
from irt.tables.columns import table_of
from irt.tables.kit import Kit, StockCount

_KITS, _COUNTS = table_of(Kit), table_of(StockCount)
_EXPECTED = select(_KITS.c.number).where(
    _KITS.c.custody == Custody.SITE,
    _KITS.c.place_id == bindparam("site_id"),
    _KITS.c.accountability == Accountability.NONE,
)
_LAST = select(_COUNTS.c.at).where(_COUNTS.c.site_id == bindparam("site_id")).order_by(_COUNTS.c.id.desc()).limit(1)


@dataclass(frozen=True)
class Compared(BlindedView):
    """A count against the record, each list by kit number. Not expected: with what is known of the number."""

    matched: tuple[StockKit, ...]
    not_found: tuple[StockKit, ...]
    not_expected: tuple[tuple[str, str], ...]

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers that need a reason or another look."""
        return tuple(kit.number for kit in self.not_found) + tuple(number for number, _ in self.not_expected)

    @property
    def differences(self) -> int:
        """How many these are."""
        return len(self.numbers)


def expected_at(connection: Connection, site: WorkSite, now: datetime) -> tuple[StockKit, ...]:
    """Kits that should lie on the shelves, by number: those given out and brought back are not among them."""
    numbers = set(connection.execute(_EXPECTED, {"site_id": site.site_id}).scalars())
    return tuple(kit for kit in stock_at(connection, [site], now) if kit.here and kit.number in numbers)


def last_count(connection: Connection, site: WorkSite) -> datetime | None:
    """When the site last counted."""
    return connection.execute(_LAST, {"site_id": site.site_id}).scalar()


def compare(connection: Connection, site: WorkSite, scanned: Sequence[str], now: datetime) -> Compared:
    """The three lists of a count."""
    expected = expected_at(connection, site, now)
    found = set(scanned)
    known = {kit.number for kit in expected}
    others = {kit.number: kit for kit in stock_at(connection, [site], now)}
    return Compared(
        matched=tuple(kit for kit in expected if kit.number in found),
        not_found=tuple(kit for kit in expected if kit.number not in found),
        not_expected=tuple((number, _said(others.get(number))) for number in sorted(found - known)),
    )


def _said(kit: StockKit | None) -> str:
    """What the site may know of a number that was not expected; of other sites' kits it knows nothing."""
    if kit is None:
        return "Not recorded at this site. It goes to quarantine here if it is a kit of the study."
    if kit.status == DisplayStatus.IN_TRANSIT:
        return f"In shipment {kit.shipment}, which is not received yet. Receive the shipment."
    if kit.status == DisplayStatus.MISSING:
        return "Recorded as missing. It goes to quarantine."
    return "Returned by a subject: put it with the returns."


def as_scanned(numbers: Iterable[str]) -> tuple[str, ...]:
    """Each number once, in the order of the scans."""
    return tuple(dict.fromkeys(number for number in numbers if number))
