"""A fridge, freezer or room of a site gets a name, so that its logger's files have a place."""

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.work import Work
from irt.study.kit_types import StorageClass
from irt.tables.columns import table_of
from irt.tables.study import Site
from irt.tables.temperature import StorageUnit


class NameStorageUnit(SQLModel):
    """The site's unit, as 'Fridge 2', and what is stored in it."""

    study_id: int
    site: str
    name: str = Field(min_length=1, max_length=60)
    storage: StorageClass


class StorageUnitNamed(SQLModel):
    """The unit by its name."""

    site: str
    name: str


class StorageUnitKnown(Refusal):
    """The site has a unit of that name."""


_SITES, _UNITS = table_of(Site), table_of(StorageUnit)
_SITE = select(_SITES.c.id, _SITES.c.zone, _SITES.c.sponsor_id).where(
    _SITES.c.study_id == bindparam("study_id"), _SITES.c.number == bindparam("number")
)
_UNIT = select(_UNITS.c.id).where(_UNITS.c.site_id == bindparam("site_id"), _UNITS.c.name == bindparam("name"))


def name_storage_unit(work: Work, ask: NameStorageUnit) -> StorageUnitNamed:
    """Writes down a storage unit; people who receive shipments at the site may."""
    work.actor.require(Permission.RECEIVE_SHIPMENT, ask.study_id)
    site = work.one("site", _SITE, study_id=ask.study_id, number=ask.site)
    work.actor.require(Permission.RECEIVE_SHIPMENT, ask.study_id, site["id"])
    name = ask.name.strip()
    if not name:
        raise BadInput("Give the storage unit a name. Nothing was booked.")
    if work.row(_UNIT, site_id=site["id"], name=name) is not None:
        raise StorageUnitKnown(f"Site {ask.site} has a unit {name} already. Nothing was booked. Use its name.")
    work.record(
        StorageUnit,
        sponsor_id=site["sponsor_id"],
        study_id=ask.study_id,
        site_id=site["id"],
        name=name,
        storage=ask.storage,
        at=work.at,
        account_id=work.actor.account_id,
    )
    work.audit(
        AuditDraft(
            act="storage_unit_named",
            record_kind="storage unit",
            record=f"{ask.site} {name}",
            study_id=ask.study_id,
            site_id=site["id"],
            zone=site["zone"],
            new={"storage": ask.storage},
        )
    )
    return StorageUnitNamed(site=ask.site, name=name)
