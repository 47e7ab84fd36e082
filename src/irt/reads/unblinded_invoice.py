"""The pro-forma invoice of a shipment: values of the study's restricted part. Nothing in it knows a kit type."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from irt.messages.invoice import Invoice, invoice_of
from irt.reads.blinded_manifest import story_of
from irt.reads.unblinded_definition import definition_in_force
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.shipment import Shipment, ShipmentKit

_KITS, _SHIPMENTS, _SHIPPED = table_of(Kit), table_of(Shipment), table_of(ShipmentKit)
# By the numbers that the papers tell, so that kits left behind are on no paper.
_GROUPS = (
    select(_KITS.c.blinding_group, func.count().label("kits"))
    .join(_SHIPPED, _SHIPPED.c.kit_id == _KITS.c.id)
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _SHIPPED.c.shipment_id)
    .where(
        _SHIPMENTS.c.study_id == bindparam("study_id"),
        _SHIPMENTS.c.number == bindparam("number"),
        _KITS.c.number.in_(bindparam("kits", expanding=True)),
    )
    .group_by(_KITS.c.blinding_group)
)


def shipment_invoice(connection: Connection, study_id: int, number: str, at: datetime) -> Invoice:
    """The invoice; NotFound for an unknown shipment, NoInvoice where it needs none."""
    story = story_of(connection, number, study_id=study_id)
    facts = {"study_id": study_id, "number": number, "kits": [kit.number for kit in story.kits]}
    groups = {row.blinding_group: row.kits for row in connection.execute(_GROUPS, facts)}
    return invoice_of(story, groups, definition_in_force(connection, study_id).customs, at)
