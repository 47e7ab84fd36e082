"""Single rows for tests, where no service is the subject of the test."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import SQLModel

from irt.services.store import Store
from irt.states.records import Mode, SiteStatus
from irt.tables.columns import table_of
from irt.tables.study import Depot, Site, Sponsor, Study


def put(store: Store, model: type[SQLModel], **values: Any) -> int:
    """Writes one row, with the model's defaults, and gives its id."""
    table = table_of(model)
    defaults = {
        name: info.get_default(call_default_factory=True)
        for name, info in model.model_fields.items()
        if name != "id" and not info.is_required()
    }
    with store.writing() as connection:
        done = connection.execute(insert(table), {**defaults, **values})
        return int(done.inserted_primary_key[0])  # type: ignore[index]  # an insert of one row always has a key


def put_study(store: Store, protocol: str, sponsor_id: int | None = None) -> dict[str, int]:
    """The ids of a sponsor, a study, its depot and its site 101, as bare rows."""
    sponsor = sponsor_id or put(store, Sponsor, name=f"sponsor of {protocol}")
    opened = datetime(2026, 1, 1, tzinfo=UTC)
    facts = {"protocol": protocol, "name": protocol, "mode": Mode.PRODUCTION, "opened_at": opened}
    study = put(store, Study, sponsor_id=sponsor, **facts)
    owner = {"sponsor_id": sponsor, "study_id": study}
    depot = put(store, Depot, **owner, code="D1", name="Depot", country="NO", zone="Europe/Oslo")
    site = put_site(store, owner, depot, "101")
    return {"sponsor": sponsor, "study": study, "depot": depot, "site": site}


def put_site(store: Store, owner: dict[str, int], depot_id: int, number: str) -> int:
    """One more active site of a study."""
    return put(
        store,
        Site,
        **owner,
        number=number,
        name=f"Site {number}",
        country="NO",
        region="",
        zone="Europe/Oslo",
        label_group="NO",
        depot_id=depot_id,
        status=SiteStatus.ACTIVE,
        version_number=1,
    )
