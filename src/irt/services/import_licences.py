"""Goods leave for another country only under an import licence that is valid on that day, where it needs one."""

from datetime import date

from sqlalchemy import bindparam, func, select

from irt.errors import Refusal
from irt.reads.imports import licences_on
from irt.services.shipments import HeldShipment
from irt.services.work import Work
from irt.supply.imports import licence_missing
from irt.tables.columns import table_of
from irt.tables.network import ImportLicence
from irt.tables.shipment import Shipment
from irt.tables.study import Depot, Site
from irt.tables.subject import Subject


class NotLicensed(Refusal):
    """The country that the goods go to has no import licence that covers the day."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The shipment cannot leave: {why}. Nothing was booked. Ask the supply manager for the licence, or for "
            "another day."
        )


_SHIPMENTS, _SITES, _DEPOTS, _LICENCES = (
    table_of(Shipment),
    table_of(Site),
    table_of(Depot),
    table_of(ImportLicence),
)
_TARGETS = _DEPOTS.alias("target")
_SUBJECTS = table_of(Subject)
_COUNTRY = func.coalesce(_SITES.c.country, _TARGETS.c.country)
_ABROAD = (
    select(_COUNTRY)
    .select_from(_SHIPMENTS)
    .join(_DEPOTS, _DEPOTS.c.id == _SHIPMENTS.c.origin_depot_id)
    .outerjoin(_SUBJECTS, _SUBJECTS.c.id == _SHIPMENTS.c.subject_id)
    # A patient's home is where the site is that cares for them.
    .outerjoin(_SITES, _SITES.c.id == func.coalesce(_SHIPMENTS.c.site_id, _SUBJECTS.c.site_id))
    .outerjoin(_TARGETS, _TARGETS.c.id == _SHIPMENTS.c.target_depot_id)
    .where(_SHIPMENTS.c.id == bindparam("shipment_id"), _DEPOTS.c.country != _COUNTRY)
    .where(
        select(_LICENCES.c.id)
        .where(_LICENCES.c.study_id == _SHIPMENTS.c.study_id, _LICENCES.c.country == _COUNTRY)
        .exists()
    )
)


def require_import_licence(work: Work, shipment: HeldShipment, on_day: date) -> None:
    """NotLicensed, to be written down, where the goods may not be imported on the day they leave."""
    country = work.connection.execute(_ABROAD, {"shipment_id": shipment.id}).scalar()
    if country is None:
        return
    if why := licence_missing(licences_on(work.connection, shipment.study_id, on_day), country, on_day):
        raise NotLicensed(why).concerning(shipment.about("shipment_dispatch"))
