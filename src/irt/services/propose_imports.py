"""Import licences and shippers: put forward by one person, approved by another, in force from a day on."""

from datetime import date

from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput
from irt.reads.imports import licences_on, shippers_on
from irt.services.operational_changes import ChangeProposed, Proposal, put_forward
from irt.services.supply_study import lock_study
from irt.services.work import Work
from irt.study.network import ImportLicence
from irt.study.network import Shipper as ShipperPart
from irt.study.operations import ChangeKind


class ProposeImportLicence(SQLModel):
    """A licence as it shall stand from a day on: a new one, or one that is there with other days or quantities."""

    study_id: int
    licence: ImportLicence
    effective_from: date
    reason: str


class ProposeShipper(SQLModel):
    """A shipper with its qualified hold times as they shall stand from a day on."""

    study_id: int
    shipper: ShipperPart
    effective_from: date
    reason: str


def propose_import_licence(work: Work, ask: ProposeImportLicence) -> ChangeProposed:
    """Puts a licence forward; from the first one on, a country is sent nothing from abroad without a valid one."""
    work.actor.require(Permission.ACTIVATE_SITE, ask.study_id)
    study, licence = lock_study(work, ask.study_id), ask.licence
    if licence.country not in {country.code for country in study.definition.countries}:
        raise BadInput(f"{licence.country} is not a country of this study. Nothing was proposed. Check it.")
    unknown = sorted(set(licence.kits) - {group.code for group in study.definition.blinding_groups})
    if unknown:
        raise BadInput(f"{unknown[0]} is not a blinding group of this study. Nothing was proposed. Check it.")
    known = (one for one in licences_on(work.connection, study.id, ask.effective_from))
    before = next((one for one in known if (one.country, one.number) == (licence.country, licence.number)), None)
    proposal = Proposal(
        kind=ChangeKind.IMPORT_LICENCE,
        record=f"import licence {licence.number} of {licence.country}",
        facts=licence.model_dump(mode="json"),
        before=None
        if before is None
        else {
            "country": before.country,
            "number": before.number,
            "valid_from": before.valid_from.isoformat(),
            "valid_until": before.valid_until.isoformat(),
            "kits": dict(before.kits),
        },
        effective_from=ask.effective_from,
    )
    return put_forward(work, study, proposal, ask.reason)


def propose_shipper(work: Work, ask: ProposeShipper) -> ChangeProposed:
    """Puts a shipper forward; lanes name it by its code."""
    work.actor.require(Permission.ACTIVATE_SITE, ask.study_id)
    study, shipper = lock_study(work, ask.study_id), ask.shipper
    before = shippers_on(work.connection, study.id, ask.effective_from).get(shipper.code)
    proposal = Proposal(
        kind=ChangeKind.SHIPPER,
        record=f"shipper {shipper.code}",
        facts=shipper.model_dump(mode="json"),
        before=None if before is None else before._asdict(),
        effective_from=ask.effective_from,
    )
    return put_forward(work, study, proposal, ask.reason)
