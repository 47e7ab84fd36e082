"""The words a study brings to its labels, and the proof of a text: a label of a kit that does not exist."""

from datetime import date

from irt.gs1.kit_label import KitLabel, code_of
from irt.labels.label import SPECIMEN, SPECIMEN_LOT, Label, label_of
from irt.labels.text import KitWords, LabelText, lines_of, period_of_use
from irt.study.blinded import BlindedStudy

_SPECIMEN_EXPIRY = date(2099, 12, 31)


def words_of(study: BlindedStudy, kit: str, lot: str, expiry: date) -> KitWords:
    """What stands for the placeholders on the label of a kit."""
    return KitWords(
        protocol=study.identity.protocol,
        study=study.identity.name,
        sponsor=study.identity.sponsor,
        help_phone=study.identity.help_phone,
        kit=kit,
        lot=lot,
        use_by=period_of_use(expiry),
    )


def kit_label_of(study: BlindedStudy, group: str, kit: str, lot: str, expiry: date) -> KitLabel:
    """A kit as its label names it, with what the study sets for codes and print."""
    settings = study.labels
    return KitLabel(
        number=kit,
        protocol=study.identity.protocol,
        gtin=study.gtins.get(group),
        lot=lot,
        expiry=expiry,
        protocol_in_code=settings.protocol_in_code,
        lot_in_code=settings.lot_in_code,
        expiry_in_code=settings.expiry_in_code,
        lot_printed=settings.lot_printed,
        expiry_printed=settings.expiry_printed,
    )


def proof_of(text: LabelText, study: BlindedStudy, group: str) -> Label:
    """The label of a specimen, marked across; its code is of no kit."""
    kit = kit_label_of(study, group, SPECIMEN, SPECIMEN_LOT, _SPECIMEN_EXPIRY)
    lines = lines_of(text, words_of(study, SPECIMEN, SPECIMEN_LOT, _SPECIMEN_EXPIRY))
    return label_of(code_of(kit), lines, SPECIMEN)
