"""ADSL, as far as randomization and supply know it: treatment planned and actual, dates, strata. Always unblinded.

Population flags, demography and exposure are the statistician's, from data capture.
"""

from collections.abc import Sequence
from datetime import datetime

from irt.exports.arms import Arms
from irt.exports.countries import alpha_3
from irt.exports.dataset import Cell, Column, Dataset, Design
from irt.exports.dataset_json import Source, dataset_json
from irt.exports.define import define_file
from irt.exports.facts import DrawFact, GivenFact, StudyData, Treatments
from irt.exports.files import ExportFile
from irt.exports.moments import day, moment
from irt.exports.sdtm import Person, people_of
from irt.exports.transfer import levels_text
from irt.exports.transport import transport_file

IG_VERSION = "1.1"
UNPLANNED = "MULTIPLE OR UNPLANNED"
_FIRST = (
    Column("STUDYID", "Study Identifier", origin="Protocol", key=1, required=True),
    Column("USUBJID", "Unique Subject Identifier", origin="Derived", key=2, required=True),
    Column("SUBJID", "Subject Identifier for the Study", required=True),
    Column("SITEID", "Study Site Identifier", required=True),
    Column("COUNTRY", "Country", terms="COUNTRY"),
    Column("ARM", "Description of Planned Arm"),
    Column("ACTARM", "Description of Actual Arm", origin="Derived"),
    Column("RANDFL", "Randomized Population Flag", origin="Derived", terms="RANDFL"),
    Column("RANDDT", "Date of Randomization", "day", "Collected"),
    Column("RANDNO", "Randomization Number"),
    Column("TRTSDT", "Date of First Exposure to Treatment", "day", "Derived"),
    Column("TRTSDTC", "Moment First Kits Were Handed Over", "datetime", "Derived"),
    Column("STRATAR", "Strata Used for Randomization", origin="Collected"),
    Column("STRATAV", "Strata from Verification Source", origin="Collected"),
)
_WORDS = (
    "Treatment variables as randomization and supply know them. TRTSDT is the day on which the first kits were "
    "handed over; the first dose is the data capture's. Strata were used as they were entered; STRATAV tells "
    "corrections.",
)


def adsl(data: StudyData, secret: Treatments) -> Dataset:
    """One record a subject; for each stage of randomization a planned and an actual treatment."""
    stages = max((draw.stage for draw in data.draws), default=1)
    factors = list(dict.fromkeys(factor for draw in data.draws for factor in draw.levels))
    arms = Arms(data, secret)
    numbers = {code: place for place, (code, _) in enumerate(secret.arms, start=1)}
    records = [_record(one, data, secret, arms, factors, numbers) for one in people_of(data)]
    columns = (*_FIRST, *_treatment_columns(stages), *_strata_columns(factors))
    design = Design("ADSL", "Subject-Level Analysis Dataset", "One record per subject", _CLASS, columns)
    return Dataset.of(design, records)


_CLASS = "SUBJECT LEVEL ANALYSIS DATASET"


def adam_files(data: StudyData, secret: Treatments, made_at: datetime) -> tuple[ExportFile, ...]:
    """ADSL in both formats, with its define file."""
    study, dataset = data.study, adsl(data, secret)
    source = Source(study.protocol, study.sponsor, "ADaM", made_at, data.newest_at)
    return (
        define_file([dataset], source, ("ADaMIG", IG_VERSION), "Analysis", _WORDS),
        dataset_json(dataset, source),
        transport_file(dataset, made_at),
    )


def _treatment_columns(stages: int) -> list[Column]:
    return [
        column
        for stage in range(1, stages + 1)
        for column in (
            Column(f"TRT{stage:02}P", f"Planned Treatment for Period {stage:02}"),
            Column(f"TRT{stage:02}PN", f"Planned Treatment for Period {stage:02} (N)", "integer"),
            Column(f"TRT{stage:02}A", f"Actual Treatment for Period {stage:02}", origin="Derived"),
            Column(f"TRT{stage:02}AN", f"Actual Treatment for Period {stage:02} (N)", "integer", "Derived"),
        )
    ]


def _strata_columns(factors: Sequence[str]) -> list[Column]:
    return [
        column
        for place in range(1, len(factors) + 1)
        for column in (
            Column(f"STRAT{place}D", f"Description of Stratification Factor {place}", origin="Protocol"),
            Column(f"STRAT{place}R", f"Strat Factor {place} Value Used for Rand", origin="Collected"),
            Column(f"STRAT{place}V", f"Strat Fact {place} Value from Verif Source", origin="Collected"),
        )
    ]


def _record(
    one: Person,
    data: StudyData,
    secret: Treatments,
    arms: Arms,
    factors: Sequence[str],
    numbers: dict[str, int],
) -> dict[str, Cell]:
    told: dict[str, Cell] = {
        "STUDYID": data.study.protocol,
        "USUBJID": one.id,
        "SUBJID": one.fact.number,
        "SITEID": one.fact.site,
        "COUNTRY": alpha_3(one.fact.country),
        "RANDFL": "Y" if one.draws else "N",
    }
    if not one.draws:
        return told
    first = one.draws[0]
    told |= arms.of(one.fact.number, one.given, failed=False)
    told |= {"RANDDT": day(first.on_day), "RANDNO": first.number, **_strata(first, secret, factors)}
    if one.reference is not None:
        told |= {"TRTSDT": day(one.reference), "TRTSDTC": moment(min(kit.at for kit in one.given), one.zone)}
    for place, draw in enumerate(one.draws):
        until = one.draws[place + 1].at if place + 1 < len(one.draws) else None
        kits = [kit for kit in one.given if kit.at >= draw.at and (until is None or kit.at < until)]
        told |= _treated(draw, kits, secret, arms, numbers)
    return told


def _treated(
    draw: DrawFact, kits: Sequence[GivenFact], secret: Treatments, arms: Arms, numbers: dict[str, int]
) -> dict[str, Cell]:
    period, drawn = f"TRT{draw.stage:02}", secret.drawn[draw.number]
    told: dict[str, Cell] = {f"{period}P": drawn.arm_name, f"{period}PN": numbers.get(drawn.arm)}
    if kits:
        code, name = arms.actual([draw.number], kits) or ("", UNPLANNED)
        told |= {f"{period}A": name, f"{period}AN": numbers.get(code)}
    return told


def _strata(draw: DrawFact, secret: Treatments, factors: Sequence[str]) -> dict[str, Cell]:
    corrected = {f: level for _, _, levels in secret.drawn[draw.number].remarks for f, level in levels.items()}
    verified = {**draw.levels, **corrected} if corrected else {}
    told: dict[str, Cell] = {"STRATAR": levels_text(draw.levels), "STRATAV": levels_text(verified)}
    for place, factor in enumerate(factors, start=1):
        told |= {f"STRAT{place}D": factor, f"STRAT{place}R": draw.levels.get(factor, "")}
        told[f"STRAT{place}V"] = verified.get(factor, "")
    return told
