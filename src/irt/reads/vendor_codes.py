"""The codes a depot gave us, in force on a day, and messages in them. Knows kit types where the depot may."""

from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select

from irt.messages.catalogue import KITS
from irt.messages.message import Message
from irt.messages.vendor_codes import Codes, in_our_words, in_their_codes
from irt.study.operations import CodeOf
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.secret import KitContent, VendorSku
from irt.tables.study import Depot
from irt.tables.vendor import VendorCode

_CODES, _SKUS, _DEPOTS = table_of(VendorCode), table_of(VendorSku), table_of(Depot)
_KITS, _CONTENTS = table_of(Kit), table_of(KitContent)
_STUDY: BindParameter[int] = bindparam("study_id")
_IN_FORCE = (
    select(_CODES)
    .where(_CODES.c.depot_id == bindparam("depot_id"), _CODES.c.effective_from <= bindparam("day"))
    .order_by(_CODES.c.effective_from, _CODES.c.id)
)
_SKUS_IN_FORCE = (
    select(_SKUS)
    .where(_SKUS.c.depot_id == bindparam("depot_id"), _SKUS.c.effective_from <= bindparam("day"))
    .order_by(_SKUS.c.effective_from, _SKUS.c.id)
)
_SENDER = (
    select(_CODES.c.record, _CODES.c.code)
    .join(_DEPOTS, _DEPOTS.c.id == _CODES.c.depot_id)
    .where(
        _CODES.c.study_id == _STUDY,
        _CODES.c.code_of == CodeOf.DEPOT,
        _CODES.c.record == _DEPOTS.c.code,
        _CODES.c.effective_from <= bindparam("day"),
    )
    .order_by(_CODES.c.effective_from, _CODES.c.id)
)
_INSIDE = (
    select(_KITS.c.number, _KITS.c.blinding_group, _CONTENTS.c.kit_type)
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .where(_KITS.c.study_id == _STUDY, _KITS.c.number.in_(bindparam("numbers", expanding=True)))
)
_AT_ONCE = 5000


def for_vendor(connection: Connection, study_id: int, depot_id: int, message: Message, day: date) -> Message:
    """A message to a depot as it leaves: a blinded depot's kits by their product, another's by their type."""
    codes, products, types = _known(connection, depot_id, day)
    kits: list[str] = [kit.number for kit in getattr(message, KITS, ())]
    sku_of: dict[str, str] = {}
    for start in range(0, len(kits) if products or types else 0, _AT_ONCE):
        asked = {"study_id": study_id, "numbers": kits[start : start + _AT_ONCE]}
        for row in connection.execute(_INSIDE, asked):
            code = types.get(row.kit_type) or products.get(row.blinding_group)
            sku_of |= {row.number: code} if code else {}
    return in_their_codes(message, codes, sku_of)


def from_vendor(connection: Connection, depot_id: int, message: Message, day: date) -> Message:
    """A message of a depot in our own words; UnknownCode for a code that is not in force."""
    return in_our_words(message, _known(connection, depot_id, day)[0])


def sender_behind(connection: Connection, study_id: int, sender: str, day: date) -> str:
    """Our code of the depot that calls itself so; the same word where none does."""
    calls_itself = {row.record: row.code for row in connection.execute(_SENDER, {"study_id": study_id, "day": day})}
    return next((ours for ours, theirs in calls_itself.items() if theirs == sender), sender)


def _known(connection: Connection, depot_id: int, day: date) -> tuple[Codes, dict[str, str], dict[str, str]]:
    """The codes in force: all of them, products, kit types; a later row replaces an earlier one."""
    asked: dict[str, Any] = {"depot_id": depot_id, "day": day}
    found: dict[CodeOf, dict[str, str]] = {kind: {} for kind in CodeOf}
    for row in connection.execute(_IN_FORCE, asked):
        found[CodeOf(row.code_of)][row.record] = row.code
    types = {row.kit_type: row.code for row in connection.execute(_SKUS_IN_FORCE, asked)}
    products = found[CodeOf.PRODUCT]
    skus = frozenset({*products.values(), *types.values()})
    return Codes(found[CodeOf.SITE], found[CodeOf.DEPOT], skus), products, types
