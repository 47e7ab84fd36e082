"""The files of an SDTM export: each dataset as Dataset-JSON and as a transport file, and one define file."""

from datetime import datetime

from irt.exports.dataset_json import Source, dataset_json
from irt.exports.define import define_file
from irt.exports.facts import StudyData, Treatments
from irt.exports.files import ExportFile
from irt.exports.sdtm import sdtm
from irt.exports.sdtm_designs import IG_VERSION
from irt.exports.transport import transport_file

_WORDS = (
    "Datasets as an interactive response system knows them: consent and demography come from the data capture, "
    "which also owns EX. RFSTDTC is the moment at which the first kits were handed over.",
)
_BLINDED = "Blinded edition: the arm reads BLINDED, kits are told by number only."


def sdtm_files(data: StudyData, secret: Treatments | None, made_at: datetime) -> tuple[ExportFile, ...]:
    """All files of one edition; for the same facts and moment the same bytes."""
    study = data.study
    source = Source(study.protocol, study.sponsor, "SDTM", made_at, data.newest_at)
    datasets = sdtm(data, secret)
    comments = _WORDS if secret is not None else (*_WORDS, _BLINDED)
    return (
        define_file(datasets, source, ("SDTMIG", IG_VERSION), "Tabulation", comments),
        *(dataset_json(one, source) for one in datasets),
        *(transport_file(one, made_at) for one in datasets),
    )
