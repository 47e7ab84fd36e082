"""Each kind of export made the same way: from the facts, the treatments where they are given, and the moment."""

from collections.abc import Sequence
from datetime import datetime

from irt.errors import IntegrityFault
from irt.exports.adam import adam_files
from irt.exports.facts import StudyData, Treatments
from irt.exports.fhir import fhir_file
from irt.exports.files import ExportFile
from irt.exports.odm import odm_files
from irt.exports.sdtm_files import sdtm_files
from irt.exports.transfer import blinded_transfer, unblinded_transfer

sdtm_export = sdtm_files


def randomization_export(data: StudyData, secret: Treatments | None, made_at: datetime) -> Sequence[ExportFile]:
    """Cumulative, so that it holds everything up to now."""
    del made_at
    return blinded_transfer(data) if secret is None else unblinded_transfer(data, secret)


def odm_export(data: StudyData, secret: Treatments | None, made_at: datetime) -> Sequence[ExportFile]:
    """Always blinded."""
    if secret is not None:
        raise IntegrityFault("data capture was to be told treatments")
    return odm_files(data, made_at)


def adam_export(data: StudyData, secret: Treatments | None, made_at: datetime) -> Sequence[ExportFile]:
    """There is no blinded edition."""
    if secret is None:
        raise IntegrityFault("ADSL was asked for without treatments")
    return adam_files(data, secret, made_at)


def fhir_export(data: StudyData, secret: Treatments | None, made_at: datetime) -> Sequence[ExportFile]:
    """One bundle."""
    return (fhir_file(data, secret, made_at),)
