"""What was planned, as datasets: arms, elements, visits, and a few lines on the trial itself."""

from collections.abc import Iterator, Sequence

from irt.exports.arms import Arms
from irt.exports.course import CODES, FOLLOW_UP, NAMES, RUN_IN, SCREENING, TREATMENT
from irt.exports.dataset import Cell
from irt.exports.facts import StudyFact
from irt.exports.sdtm_designs import IG_VERSION
from irt.study.visits import Visit

Record = dict[str, Cell]
SDTM_VERSION = "2.0"
_BLINDS = {"open": "OPEN LABEL", "single": "SINGLE BLIND", "double": "DOUBLE BLIND"}
_BEGINS = {
    SCREENING: "Screening number given",
    RUN_IN: "Run-in begun",
    TREATMENT: "Randomization",
    FOLLOW_UP: "Study treatment stopped",
}
_ENDS = {
    SCREENING: "Run-in, randomization or screen failure",
    RUN_IN: "Randomization or run-in failure",
    TREATMENT: "Study treatment stopped, or end of participation",
    FOLLOW_UP: "End of participation",
}
_ORDER = (SCREENING, RUN_IN, TREATMENT, FOLLOW_UP)


def trial_arms(arms: Arms) -> Iterator[Record]:
    """TA: each arm's elements in order."""
    for code, name in arms.planned:
        for place, epoch in enumerate(_ORDER, start=1):
            element = arms.element(code) if epoch == TREATMENT else (CODES[epoch], NAMES[epoch])
            yield {
                "ARMCD": code,
                "ARM": name,
                "TAETORD": place,
                "ETCD": element[0],
                "ELEMENT": element[1],
                "TABRANCH": f"Randomized to {name}" if epoch == RUN_IN else "",
                "TATRANS": "Only where the study has a run-in" if epoch == SCREENING else "",
                "EPOCH": epoch,
            }


def trial_elements(arms: Arms) -> Iterator[Record]:
    """TE: every element once; treatment has one for each arm, where arms may be told."""
    treatment = dict.fromkeys(arms.element(code) for code, _ in arms.planned)
    for epoch in _ORDER:
        for code, name in treatment if epoch == TREATMENT else [(CODES[epoch], NAMES[epoch])]:
            yield {"ETCD": code, "ELEMENT": name, "TESTRL": _BEGINS[epoch], "TEENRL": _ENDS[epoch]}


def trial_visits(visits: Sequence[Visit]) -> Iterator[Record]:
    """TV: the schedule, in its order; days count from randomization, which is day 1."""
    for place, visit in enumerate(visits, start=1):
        again = f", then every {visit.repeat.every_days} days" if visit.repeat else ""
        yield {
            "VISITNUM": float(place),
            "VISIT": visit.name,
            "VISITDY": visit.day + 1 if visit.anchor == "randomization" else None,
            "TVSTRL": f"{visit.day} days after {visit.anchor}{again}",
        }


def trial_summary(study: StudyFact, arms: Arms) -> Iterator[Record]:
    """TS: what this system knows of the trial. The number of arms is told to those alone who may know arms."""
    told = [
        ("SDTIGVER", "SDTM IG Version", IG_VERSION),
        ("SDTMVER", "SDTM Version", SDTM_VERSION),
        ("TITLE", "Trial Title", study.title),
        ("SPONSOR", "Clinical Study Sponsor", study.sponsor),
        ("TBLIND", "Trial Blinding Schema", _BLINDS[study.blinding]),
        ("RANDOM", "Trial is Randomized", "Y"),
    ]
    if arms.secret is not None:
        told.append(("NARMS", "Planned Number of Arms", str(len(arms.secret.arms))))
    for code, name, value in told:
        yield {"TSSEQ": 1, "TSPARMCD": code, "TSPARM": name, "TSVAL": value}
