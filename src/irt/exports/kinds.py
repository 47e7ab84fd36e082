"""What can leave a study: each kind of export, what it is for, and in which editions it is made."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pkgutil import resolve_name

from irt.exports.facts import Edition, StudyData, Treatments
from irt.exports.files import ExportFile

_BOTH = (Edition.BLINDED, Edition.UNBLINDED)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of export; `use` is what somebody does with it."""

    name: str
    title: str
    use: str
    editions: tuple[Edition, ...]


KINDS: dict[str, Kind] = {
    one.name: one
    for one in (
        Kind(
            "randomization",
            "Randomization transfer",
            "Every randomization so far as a table, its columns explained",
            _BOTH,
        ),
        Kind(
            "odm",
            "Data capture and reconciliation",
            "ODM 1.3.2 for the data capture, and the table that data management holds its own against",
            (Edition.BLINDED,),
        ),
        Kind("sdtm", "SDTM", "DM, DS, DA, DV, SE and the trial design: Dataset-JSON, XPT, Define-XML", _BOTH),
        Kind(
            "adam", "ADaM", "The treatment variables of ADSL: Dataset-JSON, XPT, Define-XML", (Edition.UNBLINDED,)
        ),
        Kind("fhir", "FHIR R5", "Study, subjects, deliveries and dispensings as one bundle", _BOTH),
    )
}


def files_of(kind: Kind, data: StudyData, secret: Treatments | None, made_at: datetime) -> tuple[ExportFile, ...]:
    """The files of one edition: blinded where no treatments are given."""
    # Loaded when it is used: some bring large schemas and models.
    make: Callable[..., Sequence[ExportFile]] = resolve_name(f"irt.exports.editions:{kind.name}_export")
    return tuple(make(data, secret, made_at))


def about_export(
    kind: Kind, data: StudyData, secret: Treatments | None, made_at: datetime, release: str, **why: str
) -> Mapping[str, object]:
    """What the manifest says beside the files; `why`: the recipient and the purpose."""
    return {
        "export": kind.name,
        "edition": Edition.BLINDED if secret is None else Edition.UNBLINDED,
        "protocol": data.study.protocol,
        "mode": data.study.mode,
        "made_at": made_at.isoformat(timespec="seconds"),
        "data_until": data.newest_at.isoformat(timespec="seconds"),
        "release": release,
        "recipient": why.get("recipient", ""),
        "purpose": why.get("purpose", ""),
    }
