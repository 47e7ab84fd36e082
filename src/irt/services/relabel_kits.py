"""New labels with a later date: put on by one person, who counts the labels, and checked by another, who signs."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.actor import Grant
from irt.blinding.roles import Permission
from irt.errors import BadInput, NotAllowed, NotFound, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.change_expiry import extension_in_force
from irt.services.label_counts import (
    LabelCounts,
    LabelsDoNotAddUp,
    SecondPersonMissing,
    book_labels,
    refuse_miscounted,
)
from irt.services.move_kits import HeldKit, lock_kits, lock_kits_by_number
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.supply_study import lock_row
from irt.services.vendor_notices import notice_for_depots
from irt.services.work import Work
from irt.states.kit import Custody, Quality
from irt.states.vendor_message import NoticeCause
from irt.tables.columns import table_of
from irt.tables.expiry import ExpiryApproval, ExpiryChange, RelabelCheck, RelabelledKit, Relabelling
from irt.tables.kit import Kit
from irt.tables.study import Depot, Site


class RelabelKits(LabelCounts):
    """Kits at one place that got the new label, and every label of it: issued, used on kits, spoiled, destroyed."""

    study_id: int
    change: str
    site: str | None = None
    depot: str | None = None
    kits: list[str] = Field(min_length=1)


class KitsRelabelled(SQLModel):
    """The relabelling that now waits for a second person."""

    number: str
    kits: list[str]


class CheckRelabelling(SQLModel):
    """A relabelling that was looked at, kit by kit."""

    study_id: int
    number: str
    signing: Signing = Field(exclude=True)


class RelabellingChecked(SQLModel):
    """The kits that have the later date from now on."""

    number: str
    kits: list[str]


class NotToBeRelabelled(Refusal):
    """The kit does not get this label here."""


_KITS, _SITES, _DEPOTS = table_of(Kit), table_of(Site), table_of(Depot)
_APPROVALS, _DONE, _CHECKS = table_of(ExpiryApproval), table_of(Relabelling), table_of(RelabelCheck)
_LABELLED, _CHANGES = table_of(RelabelledKit), table_of(ExpiryChange)
_SITE = select(_SITES.c.id, _SITES.c.country, _SITES.c.zone).where(
    _SITES.c.study_id == bindparam("study_id"), _SITES.c.number == bindparam("name")
)
_DEPOT = select(_DEPOTS.c.id, _DEPOTS.c.country, _DEPOTS.c.zone).where(
    _DEPOTS.c.study_id == bindparam("study_id"), _DEPOTS.c.code == bindparam("name")
)
_APPROVED = select(_APPROVALS.c.id).where(
    _APPROVALS.c.change_id == bindparam("change_id"), _APPROVALS.c.country == bindparam("country")
)
_DATES = select(_KITS.c.id, _KITS.c.expiry, _KITS.c.blinded_lot_id).where(
    _KITS.c.id.in_(bindparam("ids", expanding=True))
)
_WAITING = (
    select(_DONE, _CHANGES.c.number.label("change"), _CHANGES.c.new_expiry)
    .join(_CHANGES, _CHANGES.c.id == _DONE.c.change_id)
    .where(_DONE.c.study_id == bindparam("study_id"), _DONE.c.number == bindparam("number"))
)
_CHECKED = select(_CHECKS.c.id).where(_CHECKS.c.relabelling_id == bindparam("relabelling_id"))
_KITS_OF = select(_LABELLED.c.kit_id).where(_LABELLED.c.relabelling_id == bindparam("relabelling_id"))
_EXTEND = update(_KITS).where(_KITS.c.id.in_(bindparam("ids", expanding=True))).values(expiry=bindparam("day"))
_LABELLABLE = (Quality.UNRELEASED, Quality.RELEASED, Quality.QUARANTINED)


def relabel_kits(work: Work, ask: RelabelKits) -> KitsRelabelled:
    """Books labels put on kits at one place. The kits keep their old date until a second person has signed."""
    place, custody, site_id = _place(work, ask)
    refuse_miscounted(ask, len(set(ask.kits)))
    if len(set(ask.kits)) != len(ask.kits):
        raise LabelsDoNotAddUp(ask.labels_issued, len(set(ask.kits)))
    sponsor_id = lock_row(work, ask.study_id)
    change = extension_in_force(work, ask.study_id, ask.change)
    if work.row(_APPROVED, change_id=change["id"], country=place["country"]) is None:
        raise NotToBeRelabelled(
            f"The later date of change {ask.change} is not approved in {place['country']}. Nothing was booked."
        )
    kits = lock_kits_by_number(work, ask.study_id, ask.kits)
    _refuse_unfit(work, change, kits, custody, place["id"])
    owner = {"sponsor_id": sponsor_id, "study_id": ask.study_id}
    where = {"custody": custody, "place_id": place["id"]}
    number = book_labels(work, owner, kits, ask, len(kits), change_id=change["id"], **where)
    numbers = sorted(kit.number for kit in kits)
    counts = ask.model_dump(include={"labels_issued", "labels_spoiled", "labels_destroyed"})
    facts = {"change": ask.change, "kits": numbers, "labels_used": len(kits), **counts}
    _audit(work, ask.study_id, "kits_relabelled", number, (site_id, place["zone"]), facts)
    return KitsRelabelled(number=number, kits=numbers)


def check_relabelling(work: Work, ask: CheckRelabelling) -> RelabellingChecked:
    """The second person signs: the kits have the later date from now on, if they still lie there."""
    found = work.one("relabelling", _WAITING, study_id=ask.study_id, number=ask.number)
    site_id = found["place_id"] if found["custody"] == Custody.SITE else None
    grant = _require(work, ask.study_id, site_id, found["place_id"])
    sponsor_id = lock_row(work, ask.study_id)
    if work.row(_CHECKED, relabelling_id=found["id"]):
        raise BadInput(f"Relabelling {ask.number} was checked before. Nothing was changed.")
    if found["account_id"] == work.actor.account_id:
        raise SecondPersonMissing
    change = extension_in_force(work, ask.study_id, found["change"])
    day = change["new_expiry"]
    ids = [row["kit_id"] for row in work.rows(_KITS_OF, relabelling_id=found["id"])]
    content = {"change": found["change"], "expiry": day.isoformat(), "kits": len(ids)}
    signable = Signable(Meaning.CHECK_RELABELLING, "relabelling", ask.number, content, ask.study_id, site_id)
    signature_id = sign_record(work, ask.signing, signable, grant)
    kits = lock_kits(work, ids)
    _refuse_unfit(work, change, kits, Custody(found["custody"]), found["place_id"])
    work.run(_EXTEND, {"ids": ids, "day": day})
    facts = {"relabelling_id": found["id"], "signature_id": signature_id, "account_id": work.actor.account_id}
    work.append(RelabelCheck, sponsor_id=sponsor_id, study_id=ask.study_id, at=work.at, **facts)
    if found["custody"] == Custody.DEPOT:
        owner = {"sponsor_id": sponsor_id, "study_id": ask.study_id}
        notice_for_depots(work, owner, NoticeCause.RELABELLED, ask.number, ids)
    numbers = sorted(kit.number for kit in kits)
    told = {"change": found["change"], "expiry": day.isoformat(), "kits": numbers, "signature": signature_id}
    _audit(work, ask.study_id, "relabelling_checked", ask.number, (site_id, "UTC"), told)
    return RelabellingChecked(number=ask.number, kits=numbers)


def _place(work: Work, ask: RelabelKits) -> tuple[Any, Custody, int | None]:
    """The site or depot, if this person works there."""
    if bool(ask.site) == bool(ask.depot):
        raise BadInput("Name the site or the depot where the labels were put on. Nothing was booked.")
    if ask.site:
        place = work.one("site", _SITE, study_id=ask.study_id, name=ask.site)
        _require(work, ask.study_id, place["id"], place["id"])
        return place, Custody.SITE, place["id"]
    place = work.one("depot", _DEPOT, study_id=ask.study_id, name=ask.depot)
    _require(work, ask.study_id, None, place["id"])
    return place, Custody.DEPOT, None


def _require(work: Work, study_id: int, site_id: int | None, place_id: int) -> Grant:
    """Site staff who count stock there, or people of that depot."""
    if site_id is not None:
        return work.actor.require(Permission.COUNT_STOCK, study_id, site_id)
    grant = work.actor.require(Permission.FULFIL_SHIPMENT, study_id)
    grants = [g for g in work.actor.grants if g.covers(Permission.FULFIL_SHIPMENT, study_id, None)]
    if not any(each.depot_id in (None, place_id) for each in grants):
        raise NotAllowed("These kits lie at another depot. Nothing was booked. Ask that depot.")
    return grant


def _refuse_unfit(work: Work, change: Any, kits: Sequence[HeldKit], custody: Custody, place_id: int) -> None:
    """NotToBeRelabelled, naming the kit, where one is of another lot or date, or may not be used anyway."""
    rows = {row["id"]: row for row in work.rows(_DATES, ids=[kit.id for kit in kits])}
    for kit in kits:
        if (kit.state.custody, kit.place_id) != (custody, place_id):
            raise NotFound(
                f"{kit.number} is not a kit at this place. Nothing was booked. Scan the code on the kit."
            )
        row = rows[kit.id]
        of_lot = row["blinded_lot_id"] == change["blinded_lot_id"] and row["expiry"] < change["new_expiry"]
        if not of_lot or kit.state.quality not in _LABELLABLE:
            raise NotToBeRelabelled(
                f"Kit {kit.number} does not get this label: it is of another lot or date, or may not be used. "
                "Nothing was booked. Take the label off and account for it."
            )


def _audit(
    work: Work, study_id: int, act: str, number: str, where: tuple[int | None, str], new: dict[str, Any]
) -> None:
    site_id, zone = where
    work.audit(
        AuditDraft(
            act=act,
            record_kind="relabelling",
            record=number,
            study_id=study_id,
            site_id=site_id,
            zone=zone,
            new=new,
        )
    )
