"""A controlled drug that changed hands on paper: a witness signs when it is booked, beside whoever compares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import RowMapping, bindparam, select

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.services.controlled_drugs import study_rules
from irt.services.outage_packs import LockedPack
from irt.services.sign_record import Signable
from irt.services.witness import Witnessing, note_witness, sign_as_witness
from irt.services.work import Work
from irt.states.kit import KitEvent
from irt.states.outage import EntryKind
from irt.supply.continuity import Booking
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.study import Site

_KITS, _SITES = table_of(Kit), table_of(Site)
_COUNTRY = select(_SITES.c.country).where(_SITES.c.id == bindparam("site_id"))
_NAMED = select(_KITS.c.id, _KITS.c.number, _KITS.c.blinding_group).where(
    _KITS.c.study_id == bindparam("study_id"), _KITS.c.number.in_(bindparam("numbers", expanding=True))
)
_EVENTS = {EntryKind.DISPENSING: KitEvent.HAND_OVER, EntryKind.RECEIPT: KitEvent.RECEIVE}


@dataclass(frozen=True, slots=True)
class PaperWitness:
    """The witness's signature, and the controlled kits on the paper, number -> id."""

    signature_id: int
    kits: Mapping[str, int]
    event: KitEvent


def witness_paper(
    work: Work, pack: LockedPack, entry: RowMapping, signable: Signable, witness: Witnessing | None
) -> PaperWitness | None:
    """WitnessMissing where a kit on the paper is controlled at the site and nobody signs beside; else None.

    Call it before kits are locked.
    """
    event = _EVENTS.get(EntryKind(entry["kind"]))
    rules = study_rules(work, pack.study_id) if event else None
    if event is None or rules is None:
        return None
    groups = rules.controlled_in(str(work.one("site", _COUNTRY, site_id=pack.site_id)["country"]))
    rows = work.rows(_NAMED, study_id=pack.study_id, numbers=_numbers(entry))
    controlled = {row["number"]: row["id"] for row in rows if row["blinding_group"] in groups}
    if not controlled:
        return None
    seen = replace(signable, meaning=Meaning.WITNESS)
    signature_id = sign_as_witness(work, witness, seen, Permission.RECEIVE_SHIPMENT, "this site")
    return PaperWitness(signature_id, controlled, event)


def note_paper_witness(work: Work, pack: LockedPack, seen: PaperWitness, booked: Mapping[str, str]) -> None:
    """Writes which of the kits that were booked the witness signed for."""
    moved = sorted(number for number, how in booked.items() if how != Booking.CONFLICT)
    kits = [seen.kits[number] for number in moved if number in seen.kits]
    note_witness(work, pack.owner, kits, seen.event, seen.signature_id)


def _numbers(entry: RowMapping) -> Sequence[str]:
    content = entry["content"]
    if entry["kind"] == EntryKind.DISPENSING:
        return list(content["kits"])
    return [number for part in ("received", "damaged", "missing") for number in content[part]]
