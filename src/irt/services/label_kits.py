"""Labels put on just in time: at the depot, on kits picked for a country, checked by a second person who signs."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping, bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.errors import BadInput, NotFound, Refusal
from irt.reads.blinded_just_in_time import country_of_parcel, kits_to_label, shipment_labels
from irt.reads.blinded_label_masters import InForce, texts_in_force
from irt.services.audit_draft import AuditDraft
from irt.services.label_counts import LabelCounts, SecondPersonMissing, book_labels, refuse_miscounted
from irt.services.move_kits import lock_kits
from irt.services.shipments import HeldShipment, lock_shipment, require_at_depot
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.site_kits import need_reason
from irt.services.supply_study import SupplyStudy, lock_study
from irt.services.work import Work
from irt.states.kit import Custody
from irt.states.shipment import ShipmentStatus
from irt.tables.columns import table_of
from irt.tables.expiry import RelabelCheck, RelabelledKit, Relabelling
from irt.tables.kit import Kit
from irt.tables.shipment import Shipment


class LabelKits(LabelCounts):
    """Kits of one picked shipment that got the label of its country, and every label that was printed."""

    study_id: int
    shipment: str
    kits: list[str] = Field(min_length=1)


class KitsLabelled(SQLModel):
    """The labelling that now waits for a second person."""

    number: str
    kits: list[str]
    masters: list[str]


class CheckLabels(SQLModel):
    """A labelling that was looked at, kit by kit; where the labels are wrong they come off, with the reason."""

    study_id: int
    number: str
    passed: bool = True
    reason: str | None = None
    signing: Signing = Field(exclude=True)


class LabelsChecked(SQLModel):
    """The kits that have the country's label, and how many of the shipment still lack it."""

    number: str
    kits: list[str]
    left: int


class NotJustInTime(Refusal):
    """The kits of this shipment are not labelled at the depot now."""


class NoApprovedLabel(Refusal):
    """There is no approved text to print."""

    def __init__(self, country: str, product: str) -> None:
        super().__init__(
            f"No label text is approved for {product} in {country}. Nothing was booked. Ask supply for an approved "
            "label master."
        )


class KitsNotLabelled(Refusal):
    """A parcel with kits that lack the label of its country is not closed."""

    def __init__(self, country: str, left: int, unchecked: int) -> None:
        super().__init__(
            f"{left} kits of this parcel have no label for {country} yet, and {unchecked} wait for a second "
            "person. Nothing was booked. Label them and have the labels checked first."
        )


_KITS, _SHIPMENTS = table_of(Kit), table_of(Shipment)
_DONE, _LABELLED, _CHECKS = table_of(Relabelling), table_of(RelabelledKit), table_of(RelabelCheck)
_WAITING = (
    select(_DONE, _SHIPMENTS.c.number.label("shipment"), _CHECKS.c.id.label("checked"))
    .join(_SHIPMENTS, _SHIPMENTS.c.id == _DONE.c.shipment_id)
    .outerjoin(_CHECKS, _CHECKS.c.relabelling_id == _DONE.c.id)
    .where(_DONE.c.study_id == bindparam("study_id"), _DONE.c.number == bindparam("number"))
)
_KITS_OF = select(_LABELLED.c.kit_id).where(_LABELLED.c.relabelling_id == bindparam("relabelling_id"))
_HAVE = update(_KITS).where(_KITS.c.id.in_(bindparam("ids", expanding=True))).values(label_group=bindparam("group"))


def label_kits(work: Work, ask: LabelKits) -> KitsLabelled:
    """Books labels put on kits of a picked shipment. The parcel waits until a second person has signed."""
    work.actor.require(Permission.FULFIL_SHIPMENT, ask.study_id)
    study = lock_study(work, ask.study_id)
    shipment = lock_shipment(work, ask.study_id, ask.shipment)
    require_at_depot(work, shipment)
    country = _country(work, study, shipment)
    wanted = _wanted(work, shipment, country, ask.kits)
    texts = _texts(work, study, country, wanted)
    used = sum(len(texts[row["blinding_group"]]) for row in wanted)
    refuse_miscounted(ask, used)
    kits = lock_kits(work, [row["id"] for row in wanted])
    masters = sorted({one.name for row in wanted for one in texts[row["blinding_group"]]})
    where = {"custody": Custody.DEPOT, "place_id": shipment.depot_id, "shipment_id": shipment.id}
    number = book_labels(work, study.owner, kits, ask, used, country=country, masters=masters, **where)
    numbers = sorted(kit.number for kit in kits)
    counts = ask.model_dump(include={"labels_issued", "labels_spoiled", "labels_destroyed"})
    facts = {"kits": numbers, "country": country, "masters": masters, "labels_used": used, **counts}
    _audit(work, shipment, "kits_labelled", number, facts)
    return KitsLabelled(number=number, kits=numbers, masters=masters)


def check_labels(work: Work, ask: CheckLabels) -> LabelsChecked:
    """The second person signs: the kits are the country's from now on, or their labels come off again."""
    grant = work.actor.require(Permission.FULFIL_SHIPMENT, ask.study_id)
    reason = None if ask.passed else need_reason(ask.reason or "")
    study = lock_study(work, ask.study_id)
    found = work.one("labelling", _WAITING, study_id=ask.study_id, number=ask.number)
    shipment = lock_shipment(work, ask.study_id, found["shipment"])
    require_at_depot(work, shipment)
    if found["checked"]:
        raise BadInput(f"Labelling {ask.number} was checked before. Nothing was changed.")
    if found["account_id"] == work.actor.account_id:
        raise SecondPersonMissing
    country = str(found["country"])
    ids = [row["kit_id"] for row in work.rows(_KITS_OF, relabelling_id=found["id"])]
    content = {"shipment": shipment.number, "country": country, "kits": len(ids), "masters": found["masters"]}
    meaning = Meaning.CHECK_RELABELLING if ask.passed else Meaning.REJECT
    signable = Signable(meaning, "labelling", ask.number, {**content, "passed": ask.passed}, ask.study_id)
    signature_id = sign_record(work, ask.signing, signable, grant)
    kits = lock_kits(work, ids)
    if any((kit.state.custody, kit.place_id) != (Custody.DEPOT, found["place_id"]) for kit in kits):
        raise NotFound("A kit of this labelling has left the depot. Nothing was booked. Tell quality.")
    if ask.passed:
        work.run(_HAVE, {"ids": ids, "group": study.definition.country(country).label_group})
    facts = {"relabelling_id": found["id"], "signature_id": signature_id, "account_id": work.actor.account_id}
    work.append(RelabelCheck, **study.owner, at=work.at, passed=ask.passed, reason=reason, **facts)
    numbers = sorted(kit.number for kit in kits)
    act = "labels_checked" if ask.passed else "labels_refused"
    told = {"kits": numbers, "country": country, "signature": signature_id}
    _audit(work, shipment, act, ask.number, told, reason)
    left = len(kits_to_label(work.connection, shipment.id, country))
    return LabelsChecked(number=ask.number, kits=numbers, left=left)


def refuse_unlabelled(work: Work, shipment: HeldShipment) -> None:
    """KitsNotLabelled where a kit lacks the label of the country it goes to, or has one whose date has changed."""
    labels = shipment_labels(work.connection, shipment.study_id, shipment.number)
    if not labels.complete:
        raise KitsNotLabelled(labels.country, len(labels.left), labels.waiting)


def _country(work: Work, study: SupplyStudy, shipment: HeldShipment) -> str:
    # A packed parcel is opened again where the date of a lot was shortened meanwhile.
    if shipment.status not in (ShipmentStatus.PICKED, ShipmentStatus.PACKED):
        raise NotJustInTime("Kits are labelled once they are picked and before they leave. Nothing was booked.")
    country = country_of_parcel(work.connection, study.id, shipment.number)
    if not country or not study.definition.labels.just_in_time_for(country):
        raise NotJustInTime("The kits of this shipment are not labelled at the depot. Nothing was booked.")
    return country


def _wanted(work: Work, shipment: HeldShipment, country: str, numbers: Sequence[str]) -> list[RowMapping]:
    """The rows of the kits named, each of which still needs the label; NotFound, naming the first that does not."""
    waiting = shipment_labels(work.connection, shipment.study_id, shipment.number).left
    rows = {row["number"]: row for row in kits_to_label(work.connection, shipment.id, country)}
    for number in numbers:
        if number not in waiting:
            raise NotFound(
                f"Kit {number} gets no label with this shipment. Nothing was booked. Scan the code on the kit."
            )
    return [rows[number] for number in dict.fromkeys(numbers)]


def _texts(
    work: Work, study: SupplyStudy, country: str, kits: Sequence[RowMapping]
) -> Mapping[str, tuple[InForce, ...]]:
    """Blinding group -> its approved texts; NoApprovedLabel where a kit has none."""
    texts = texts_in_force(work.connection, study.id, country)
    for row in kits:
        if row["blinding_group"] not in texts:
            raise NoApprovedLabel(country, study.definition.blinding_group(row["blinding_group"]).name)
    return texts


def _audit(
    work: Work,
    shipment: HeldShipment,
    act: str,
    number: str,
    new: dict[str, Any],
    reason: str | None = None,
) -> None:
    work.audit(
        AuditDraft(
            act=act,
            record_kind="labelling",
            record=number,
            study_id=shipment.study_id,
            zone=shipment.depot_zone or "UTC",
            new={"shipment": shipment.number, **new},
            reason=reason,
        )
    )
