"""Labels put on just in time in a run: texts approved first, then the kits of each parcel labelled and checked."""

from collections.abc import Iterator
from datetime import datetime

from irt.enrolment.run import Run
from irt.enrolment.staff import present
from irt.labels.particulars import REQUIRED, Packaging, region_of
from irt.reads.blinded_just_in_time import shipment_labels
from irt.services.label_kits import CheckLabels, LabelKits, check_labels, label_kits
from irt.services.label_masters import (
    DecideLabelMaster,
    ProofLabelMaster,
    WriteLabelMaster,
    decide_label_master,
    proof_label_master,
    write_label_master,
)

_WORDS = {
    "kit": "Kit no. {kit}",
    "trial": "Protocol {protocol}",
    "contact": "{sponsor}, 1 Example Street. Telephone {help_phone}",
    "product": "Study medication or its comparator",
    "form": "As printed on the carton",
    "batch": "Lot {lot}",
    "investigator": "Investigator ________",
    "directions": "Use as the study staff told you.",
    "trial_use": "For clinical trial use only",
    "caution": "Caution: New Drug. Limited by Federal (or United States) law to investigational use.",
    "storage": "Keep as printed on the carton.",
    "use_by": "Use by {use_by}",
    "children": "Keep out of reach of children",
}
"""Every particular that some country asks for."""


def approve_texts(run: Run, moment: datetime) -> None:
    """A text for each country that is labelled at the depot and each blinding group, approved by quality."""
    for country, group in _labelled(run):
        required = REQUIRED[region_of(country), Packaging.OUTER]
        words = {code: _WORDS[code] for code in required}
        text = WriteLabelMaster(
            study_id=run.study_id, country=country, language="en", blinding_group=group, particulars=words
        )
        key = f"label:{country}:{group}"
        written = run.press(run.staff.supply, moment, write_label_master, text, f"{key}:write")
        version = {"study_id": run.study_id, "number": written.number, "version": written.version}
        proof = ProofLabelMaster.model_validate(version)
        run.press(run.staff.supply, moment, proof_label_master, proof, f"{key}:proof")
        decision = DecideLabelMaster.model_validate(version | {"granted": True, "signing": run.staff.signing()})
        run.press(run.staff.quality, moment, decide_label_master, decision, f"{key}:approve")


def label_parcel(run: Run, number: str, moment: datetime) -> None:
    """The depot labels what a picked parcel still needs; a second person signs that the labels are right."""
    if not run.definition.labels.just_in_time:
        return
    with run.store.reading() as connection:
        left = shipment_labels(connection, run.study_id, number).left
    if not left:
        return
    ask = LabelKits(study_id=run.study_id, shipment=number, kits=[*left], labels_issued=len(left))
    put_on = run.press(run.staff.depot, moment, label_kits, ask, f"labels-on:{number}")
    check = CheckLabels(study_id=run.study_id, number=put_on.number, signing=run.staff.signing())
    second = present(run.staff.specialists.second_at_depot)
    run.press(second, moment, check_labels, check, f"labels-checked:{number}")


def _labelled(run: Run) -> Iterator[tuple[str, str]]:
    """(Country, blinding group)"""
    for country in sorted({site.country for site in run.definition.sites}):
        if run.definition.labels.just_in_time_for(country):
            yield from ((country, group.code) for group in run.definition.blinding_groups)
