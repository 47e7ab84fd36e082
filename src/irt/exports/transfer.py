"""The randomization transfer: a blinded and an unblinded file, cumulative, with the columns told beside the rows.

Rows are in the order of subjects, so that neither file tells in which order arms were drawn before it is meant to.
"""

from collections.abc import Mapping
from typing import NamedTuple

from irt.exports.facts import DrawFact, StudyData, Treatments
from irt.exports.files import ExportFile, csv_file
from irt.exports.moments import day, moment


class Told(NamedTuple):
    """A column and what it means."""

    name: str
    meaning: str


BLINDED: tuple[Told, ...] = (
    Told("protocol", "the study's protocol number"),
    Told("mode", "test, training or production"),
    Told("site", "site number"),
    Told("subject", "subject number"),
    Told("stage", "1 for the first randomization of the subject, 2 for the second"),
    Told("randomization", "randomization number; opaque"),
    Told("randomized_on", "day at the site, ISO 8601"),
    Told("booked_at", "moment of booking, ISO 8601 with the offset that held at the site"),
    Told("zone", "IANA zone of the site"),
    Told("version", "protocol version that was in force at the site"),
    Told("strata_as_entered", "factor=level, separated by semicolons"),
    Told("replaces", "randomization number of the subject whose place was taken; mostly empty"),
    Told("flags", "late_entry: booked on another day; in_error, wrong_stratum, remark: noted by the statistician"),
    Told("kits", "kit numbers handed over so far, separated by semicolons"),
)
"""The allow-list: what a blinded transfer may tell, and nothing else."""

UNBLINDED: tuple[Told, ...] = (
    *BLINDED,
    Told("assignment", "place in the order of draws, 1 for the first"),
    Told("arm", "code of the arm that was drawn"),
    Told("arm_name", "its name"),
    Told("method", "how it was drawn"),
    Told("stratum_as_used", "the stratum or state that the draw was made in"),
    Told("strata_corrected", "factor=level where a wrong stratum was noted; the draw stays as it was"),
    Told("forced", "Y where the draw was forced to arms that could be served"),
    Told("remarks", "the statistician's words"),
)
COLUMNS = "columns.csv"


def blinded_transfer(data: StudyData) -> tuple[ExportFile, ...]:
    """The blinded file, and what its columns mean."""
    rows = (_row(BLINDED, facts) for facts in _facts(data))
    return (
        csv_file("randomization_blinded.csv", [one.name for one in BLINDED], rows),
        csv_file(COLUMNS, ("column", "meaning"), BLINDED),
    )


def unblinded_transfer(data: StudyData, secret: Treatments) -> tuple[ExportFile, ...]:
    """The unblinded file, and what its columns mean."""
    rows = (_row(UNBLINDED, {**facts, **_treatment(secret, facts["randomization"])}) for facts in _facts(data))
    return (
        csv_file("randomization_unblinded.csv", [one.name for one in UNBLINDED], rows),
        csv_file(COLUMNS, ("column", "meaning"), UNBLINDED),
    )


def flags(draw: DrawFact, local: str) -> tuple[str, ...]:
    """What to look at in a randomization, in a fixed order; `local` is the day at the site when it was booked."""
    late = ("late_entry",) if local != draw.on_day.isoformat() else ()
    return (*late, *dict.fromkeys(draw.remarks))


def levels_text(levels: Mapping[str, str]) -> str:
    """factor=level, separated by semicolons, in the order of the factors' codes."""
    return ";".join(f"{factor}={level}" for factor, level in sorted(levels.items()))


def _facts(data: StudyData) -> list[dict[str, str]]:
    people = {one.number: one for one in data.subjects}
    kits: dict[str, list[str]] = {}
    for given in data.given:
        kits.setdefault(given.subject, []).append(given.kit)
    zones, told = data.zones, []
    for draw in data.draws:
        zone = zones[draw.subject]
        told.append(
            {
                "protocol": data.study.protocol,
                "mode": data.study.mode,
                "site": people[draw.subject].site,
                "subject": draw.subject,
                "stage": str(draw.stage),
                "randomization": draw.number,
                "randomized_on": day(draw.on_day),
                "booked_at": moment(draw.at, zone),
                "zone": people[draw.subject].zone,
                "version": str(draw.version),
                "strata_as_entered": levels_text(draw.levels),
                "replaces": draw.replaces,
                "flags": ";".join(flags(draw, day(draw.at.astimezone(zone).date()))),
                "kits": ";".join(sorted(kits.get(draw.subject, ()))),
            }
        )
    return told


def _treatment(secret: Treatments, randomization: str) -> dict[str, str]:
    drawn = secret.drawn[randomization]
    corrected = {factor: level for _, _, levels in drawn.remarks for factor, level in levels.items()}
    return {
        "assignment": str(drawn.assignment_number),
        "arm": drawn.arm,
        "arm_name": drawn.arm_name,
        "method": drawn.method,
        "stratum_as_used": drawn.stratum,
        "strata_corrected": levels_text(corrected),
        "forced": "Y" if drawn.forced else "",
        "remarks": " | ".join(text for _, text, _ in drawn.remarks),
    }


def _row(columns: tuple[Told, ...], facts: Mapping[str, str]) -> list[str]:
    return [facts[column.name] for column in columns]
