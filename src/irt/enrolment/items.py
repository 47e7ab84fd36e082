"""Stock without numbers in a run: received at depots, riding along to sites, handed out with the kits."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select

from irt.enrolment.run import Run
from irt.services.book_items import QUANTITY_MAX, BookDepotItems, BookItems, book_depot_items, book_items
from irt.states.item import ItemAct, ItemPile
from irt.states.kit import Custody
from irt.study.definition import StudyDefinition
from irt.study.dispensing import NonSerializedItem
from irt.tables.columns import table_of
from irt.tables.kit import ItemMovement
from irt.tables.study import Site

FILLS_PER_SITE = 20
"""A depot holds what fills each site up so many times."""
LASTS_DAYS = 365
"""Lots outlive the run by so long."""

_ITEMS, _SITES = table_of(ItemMovement), table_of(Site)
_AT_SITE = (
    select(_ITEMS.c.lot)
    .join(_SITES, _SITES.c.id == _ITEMS.c.place_id)
    .where(
        _ITEMS.c.study_id == bindparam("study_id"),
        _SITES.c.number == bindparam("site"),
        _ITEMS.c.custody == Custody.SITE,
        _ITEMS.c.pile == ItemPile.USABLE,
        _ITEMS.c.item == bindparam("item"),
    )
    .group_by(_ITEMS.c.lot, _ITEMS.c.expiry)
    .having(func.sum(_ITEMS.c.quantity) > 0)
    .order_by(_ITEMS.c.expiry, _ITEMS.c.lot)
    .limit(1)
)


def fill_depots(run: Run, moment: datetime) -> None:
    """Every depot that supplies a site receives a lot of each item that sites are kept supplied with."""
    countries = [run.definition.country(site.country) for site in run.definition.sites]
    expiry = run.until.date() + timedelta(days=LASTS_DAYS)
    for depot in sorted({country.depot for country in countries}):
        for item in _kept(run.definition):
            ask = BookDepotItems(
                study_id=run.study_id,
                depot=depot,
                act=ItemAct.RECEIVE,
                item=item.code,
                lot=f"{item.code}-1",
                quantity=min(item.maximum * FILLS_PER_SITE * len(countries), QUANTITY_MAX),
                expiry=expiry,
            )
            run.press(run.staff.depot, moment, book_depot_items, ask, f"items:{depot}:{item.code}")


def hand_out(run: Run, site: str, subject: str, moment: datetime, key: str) -> None:
    """One of each ancillary item that the site has goes with the subject."""
    for item in _kept(run.definition):
        if item.kind != "ancillary":
            continue
        asked = {"study_id": run.study_id, "site": site, "item": item.code}
        with run.store.reading() as connection:
            lot = connection.execute(_AT_SITE, asked).scalar()
        if lot is not None:
            facts = {"study_id": run.study_id, "site": site, "act": ItemAct.HAND_OUT, "subject": subject}
            ask = BookItems.model_validate({**facts, "item": item.code, "lot": lot, "quantity": 1})
            run.press(run.staff.site, moment, book_items, ask, f"hand-out:{item.code}:{key}")


def _kept(definition: StudyDefinition) -> list[NonSerializedItem]:
    return [item for item in definition.items if item.maximum]
