"""A study as a FHIR R5 bundle: the study, its subjects, what was sent to sites, what was handed over.

Comparison groups tell arms, and medications tell kit types: the blinded edition has neither.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from irt.exports.arms import Arms
from irt.exports.dataset_json import seconds
from irt.exports.facts import GivenFact, ParcelFact, StudyData, Treatments
from irt.exports.fhir_codes import check_codes
from irt.exports.files import ExportFile
from irt.exports.moments import day
from irt.exports.sdtm import Person, people_of
from irt.states.shipment import ShipmentStatus
from irt.states.subject import SubjectStatus

Resource = dict[str, Any]
_HL7 = "http://hl7.org/fhir"
_STATES = "http://terminology.hl7.org/CodeSystem/research-subject-state"
_MILESTONES = "http://terminology.hl7.org/CodeSystem/research-subject-milestone"
_PHASES = {
    "1": "phase-1",
    "1/2": "phase-1-phase-2",
    "2": "phase-2",
    "2/3": "phase-2-phase-3",
    "3": "phase-3",
    "4": "phase-4",
}
_S = SubjectStatus
STATE_OF: dict[SubjectStatus, str] = {
    _S.SCREENING: "screening",
    _S.SCREEN_FAILED: "ineligible",
    _S.RUN_IN: "pending-on-study",
    _S.RUN_IN_FAILED: "ineligible",
    _S.RANDOMIZED: "on-study",
    _S.ON_TREATMENT: "on-study-intervention",
    _S.DOSE_HOLD: "on-study-observation",
    _S.OFF_TREATMENT: "on-study-observation",
    _S.FOLLOW_UP: "follow-up",
    _S.COMPLETED: "off-study",
    _S.WITHDRAWN: "withdrawn",
    _S.LOST: "off-study",
}
_P = ShipmentStatus
_DONE = {_P.RECEIVED, _P.RECEIVED_PARTLY, _P.RECEIVED_WITH_DISCREPANCY, _P.CLOSED}
_GIVEN_UP = {_P.CANCELLED, _P.REJECTED, _P.LOST, _P.RETURNED}
KIT = {"value": 1, "unit": "kit"}


def fhir_file(data: StudyData, secret: Treatments | None, made_at: datetime) -> ExportFile:
    """The bundle; every resource passes its model, every code is one of its system."""
    from fhir.resources.bundle import Bundle  # noqa: PLC0415 - slow to load

    entries = [{"fullUrl": f"urn:irt:{_place(one)}", "resource": one} for one in _resources(data, secret)]
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": seconds(made_at),
        "identifier": {"system": "urn:irt:export", "value": f"{data.study.protocol}-{made_at:%Y%m%dT%H%M%SZ}"},
        "entry": entries,
    }
    # Held against the models and the code systems: what does not pass does not leave.
    Bundle.model_validate(bundle)
    check_codes(bundle)
    text = json.dumps(bundle, ensure_ascii=False, indent=1)
    return ExportFile("bundle.json", len(entries), f"{text}\n".encode())


def _resources(data: StudyData, secret: Treatments | None) -> Iterator[Resource]:
    arms = Arms(data, secret)
    yield _study(data, secret)
    people = list(people_of(data))
    for one in people:
        yield _subject(one, data, secret, arms)
    for parcel in data.parcels:
        yield _delivery(parcel, data)
    for one in people:
        for kit in one.given:
            yield _dispense(one, kit, data, secret)


def _place(resource: Resource) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def _id(text: str) -> str:
    """An id as FHIR allows it: letters, digits, hyphens and full stops, at most 64."""
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-.") else "-" for letter in text)[
        :64
    ]


def _named(data: StudyData, kind: str, value: str, use: str = "official") -> dict[str, str]:
    return {"use": use, "system": f"urn:irt:{data.study.protocol}:{kind}", "value": value}


def _coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _study(data: StudyData, secret: Treatments | None) -> Resource:
    study = data.study
    told: Resource = {
        "resourceType": "ResearchStudy",
        "id": _id(study.protocol),
        "identifier": [_named(data, "protocol", study.protocol)],
        "name": study.name,
        "title": study.title,
        "status": "retired" if study.locked else "active",
        "phase": _coded(f"{_HL7}/research-study-phase", _PHASES[study.phase]),
        "associatedParty": [
            {"name": study.sponsor, "role": _coded(f"{_HL7}/research-study-party-role", "sponsor")}
        ],
    }
    if secret is not None:
        told["comparisonGroup"] = [{"linkId": code, "name": name} for code, name in secret.arms]
    return told


def _subject(one: Person, data: StudyData, secret: Treatments | None, arms: Arms) -> Resource:
    status = SubjectStatus(one.fact.status)
    told: Resource = {
        "resourceType": "ResearchSubject",
        "id": _id(one.fact.number),
        "identifier": [_named(data, "subject", one.fact.number)],
        "status": "active",
        "progress": [{"subjectState": _coded(_STATES, STATE_OF[status])}],
        "study": {"reference": f"ResearchStudy/{_id(data.study.protocol)}"},
        "subject": {"type": "Patient", "identifier": _named(data, "subject", one.fact.number)},
    }
    for draw in one.draws[:1]:
        milestone = {"milestone": _coded(_MILESTONES, "Randomized"), "startDate": day(draw.on_day)}
        told["progress"].append(milestone)
        told["identifier"].append(_named(data, "randomization", draw.number, "secondary"))
        if secret is not None:
            told["assignedComparisonGroup"] = secret.drawn[draw.number].arm
            actual = arms.actual([draw.number], one.given) if one.given else None
            told |= {"actualComparisonGroup": actual[0]} if actual else {}
    return told


def _delivery(parcel: ParcelFact, data: StudyData) -> Resource:
    status = ShipmentStatus(parcel.status)
    done = "completed" if status in _DONE else "abandoned" if status in _GIVEN_UP else "in-progress"
    told: Resource = {
        "resourceType": "SupplyDelivery",
        "id": _id(parcel.number),
        "identifier": [_named(data, "shipment", parcel.number)],
        "status": done,
        "type": _coded(f"{_HL7}/supplydelivery-supplyitemtype", "medication"),
        "destination": {"type": "Location", "identifier": _named(data, "site", parcel.site)},
    }
    items = [{"type": "InventoryItem", "identifier": _named(data, "kit", kit)} for kit in parcel.kits]
    if items:
        told["suppliedItem"] = [{"quantity": KIT, "itemReference": item} for item in items]
    happened = parcel.received_at or parcel.dispatched_at
    return {**told, "occurrenceDateTime": seconds(happened)} if happened else told


def _dispense(one: Person, kit: GivenFact, data: StudyData, secret: Treatments | None) -> Resource:
    words = "Study medication" if secret is None else secret.contents[kit.kit].kit_type_name
    return {
        "resourceType": "MedicationDispense",
        "id": _id(f"{one.fact.number}-{kit.kit}"),
        "identifier": [_named(data, "kit", kit.kit)],
        "status": "completed",
        "medication": {"concept": {"text": words}},
        "subject": {"type": "Patient", "identifier": _named(data, "subject", one.fact.number)},
        "quantity": KIT,
        "whenHandedOver": seconds(kit.at.astimezone(one.zone)),
        "note": [{"text": f"Lot {kit.lot}"}],
    }
