"""Questions to the bench as they are kept, asked the same way from its pages and by other systems."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from irt.blinding.unblinding import Path
from irt.errors import BadInput
from irt.randomization.assessment.assess import DOSE_FINDING, NotAssessable
from irt.randomization.assessment.usual_designs import title, usual_designs
from irt.randomization.bench_work import BenchKind, design_record
from irt.randomization.catalogue import entry_of, method_of
from irt.randomization.design import Design, design_of
from irt.randomization.outcomes_file import read_outcomes
from irt.reads.unblinded_known_arms import USUAL, known_arms, known_on
from irt.reads.unblinded_trial import trial_record
from irt.services.bench import StartBenchWork

SUBJECTS_MAX = 20_000
COMPARED_MAX = 2_000
TRIALS_MAX = 100_000
STRATA_MAX = 200
KNOWN_MAX = 40
_TITLE_MAX = 200


def assessment(
    study_id: int, design: Design, subjects: int, trials: int | None, rates: list[float] | None
) -> StartBenchWork:
    """The operating characteristics of one design; a named refusal where it cannot be used or has none."""
    method_of(design, subjects)
    if design.method in DOSE_FINDING:
        raise NotAssessable(
            f"{design.method} finds a dose and has no such figures. Its table stands under Dose finding."
        )
    asked = {"design": design_record(design), "n": subjects, "trials": trials, "rates": rates}
    return _question(study_id, BenchKind.ASSESSMENT, f"{title(design)}, n = {subjects}", asked)


def comparison(
    study_id: int,
    arms: Sequence[str],
    ratio: Sequence[Any],
    size: tuple[int, int],
    trials: int | None,
    own: Design | None,
) -> StartBenchWork:
    """The usual designs side by side, and one's own where it is named; `size` is subjects and strata."""
    subjects, strata = size
    plain = design_of({"method": "complete", "arms": list(arms), "ratio": list(ratio) or None})
    if own is not None:
        entry_of(own)
    usual = len(usual_designs(plain.arms, plain.ratio))
    asked = {
        "n": subjects,
        "strata": strata,
        "arms": list(plain.arms),
        "ratio": list(plain.ratio),
        "trials": trials,
        "design": None if own is None else design_record(own),
    }
    words = f"{usual} designs, n = {subjects}, {strata} {'stratum' if strata == 1 else 'strata'}"
    return _question(study_id, BenchKind.COMPARISON, words, asked)


def outcomes_test(
    connection: Connection, study_id: int, text: str, statistic: str, trials: int | None
) -> StartBenchWork:
    """The re-randomization test of outcomes in a CSV text, by the study's own draws."""
    record = trial_record(connection, study_id)
    outcomes = read_outcomes(text, {each["subject"] for each in record["subjects"]})
    for each in record["subjects"]:
        each["outcome"] = outcomes.get(each["subject"])
    asked = record | {"statistic": statistic, "trials": trials}
    words = f"Re-randomization test of {statistic}, {len(outcomes)} subjects"
    return _question(study_id, BenchKind.TEST, words, asked)


def guesses(
    connection: Connection, study_id: int, also: Sequence[int], paths: Sequence[Path] = USUAL
) -> StartBenchWork:
    """What a reader could guess who knows the arms told on these paths and the randomizations named besides."""
    record = trial_record(connection, study_id)
    subjects = len(record["subjects"])
    if len(also) > KNOWN_MAX or not all(1 <= number <= subjects for number in also):
        raise BadInput(
            f"Name up to {KNOWN_MAX} randomizations from 1 to {subjects:,}, as 3, 7. Nothing was started."
        )
    known = sorted({*known_on(known_arms(connection, study_id), paths), *also})
    if not known:
        raise BadInput("No arm became known. Nothing was started. Name randomizations to suppose known.")
    words = f"What {len(known)} known {'arm tells' if len(known) == 1 else 'arms tell'}"
    return _question(study_id, BenchKind.GUESSES, words, record | {"known": known})


def _question(study_id: int, kind: BenchKind, words: str, asked: dict[str, Any]) -> StartBenchWork:
    return StartBenchWork(study_id=study_id, kind=kind, title=words[:_TITLE_MAX], asked=asked)
