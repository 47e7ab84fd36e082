"""The statistician's long questions: plain values in, plain values out, so that both can be kept."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Any

from irt.randomization.assessment.assess import Question, assess
from irt.randomization.assessment.chooser import Compared, best, compare
from irt.randomization.assessment.plots import imbalance_law, plane
from irt.randomization.assessment.sequences import Tell
from irt.randomization.assessment.strata import even_sizes
from irt.randomization.assessment.usual_designs import title, usual_designs
from irt.randomization.catalogue import cautions
from irt.randomization.code_break_work import after_code_breaks, path_after_code_breaks
from irt.randomization.design import Design, design_of
from irt.randomization.redrawing import Allocated
from irt.randomization.rerandomization import TRIALS, Verdict, rerandomize, rerandomize_path
from irt.randomization.scheme import UnusablePlan
from irt.randomization.scores import Statistic
from irt.randomization.study_path import TRIALS as PATH_TRIALS
from irt.randomization.study_path import path_in
from irt.randomization.trial_law import TrialLaw

SEED = 0
"""Of simulations on the bench: the same question has the same answer."""
KEPT = (
    "Each draw is made again as it was asked for, by the version that made it. Levels, eligible arms and agents, "
    "each subject's response and the moment it became known stay; forced draws keep their arm."
)


class BenchKind(StrEnum):
    """What is asked on the bench."""

    ASSESSMENT = "assessment"
    COMPARISON = "comparison"
    TEST = "test"
    GUESSES = "guesses"


def work_out(kind: BenchKind, asked: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    """The answer, JSON-able; a named refusal where there is none."""
    match kind:
        case BenchKind.ASSESSMENT:
            return _assessment(asked, tell)
        case BenchKind.COMPARISON:
            return _comparison(asked, tell)
        case BenchKind.TEST:
            return _test(asked, tell)
        case BenchKind.GUESSES:
            return _guesses(asked, tell)


def design_record(design: Design) -> dict[str, Any]:
    """A design as its file says it, JSON-able."""
    factors = [{"name": f.name, "levels": list(f.levels), "weight": str(f.weight)} for f in design.factors]
    return {
        "method": design.method,
        "arms": list(design.arms),
        "ratio": list(design.ratio),
        "params": dict(design.params),
        "factors": factors,
    }


def law_record(law: TrialLaw) -> dict[str, Any]:
    """A study's law, JSON-able; its factors know their levels."""
    return {"design": design_record(law.design), "strata": list(law.strata), "planned": law.planned}


def law_in(asked: Mapping[str, Any]) -> TrialLaw:
    """The law that a record tells."""
    told = asked["law"]
    return TrialLaw(design_of(told["design"]), tuple(told["strata"]), told["planned"])


def _assessment(asked: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    design = design_of(asked["design"])
    question = Question(asked["n"], asked.get("trials"), SEED, asked.get("rates"))
    figures = assess(design, question, tell).figures
    return {
        "title": title(design),
        "n": asked["n"],
        **figures.record(),
        "cautions": [caution.sentence for caution in cautions(design)],
        "svg": imbalance_law(figures, title(design)),
    }


def _comparison(asked: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    subjects, ratio, own = asked["n"], tuple(asked["ratio"]), asked.get("design")
    designs: Sequence[Design] = usual_designs(tuple(asked["arms"]), ratio)
    if own is not None:
        designs = (design_of(own), *designs)
    sizes = even_sizes(subjects, asked["strata"]) if asked["strata"] > 1 else ()
    compared, left_out = compare(designs, Question(subjects, asked.get("trials"), SEED), sizes, tell)
    if not compared:
        raise UnusablePlan(left_out[0].why)
    leading = best(compared)
    return {
        "n": subjects,
        "strata": max(len(sizes), 1),
        "designs": [_line(each, each in leading) for each in compared],
        "left_out": [{"design": each.title, "why": each.why} for each in left_out],
        "svg": plane(compared),
    }


def _line(each: Compared, unbeaten: bool) -> dict[str, Any]:
    return {
        "design": each.title,
        "method": each.design.method,
        "unbeaten": unbeaten,
        "balance": each.balance,
        "predictability": each.predictability,
        "drift": each.drift,
        **each.figures.record(),
    }


def _guesses(asked: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    if "path" not in asked:
        return after_code_breaks(law_in(asked), asked["subjects"], asked["known"], tell)
    return path_after_code_breaks(path_in(asked["path"]), asked["known"], tell) | {"kept": KEPT}


def _test(asked: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    if "path" in asked:
        return _path_test(asked, tell)
    law, statistic = law_in(asked), asked["statistic"]
    subjects = [_allocated(law, each) for each in asked["subjects"]]
    method = law.method()
    found = rerandomize(method, subjects, _statistic(statistic), asked.get("trials") or TRIALS, SEED, tell)
    compared = sum(each.outcome is not None for each in subjects)
    told = {"design": title(law.design), "strata": list(law.strata)}
    return told | _verdict(found, statistic, len(subjects), compared)


def _path_test(asked: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    path, statistic = path_in(asked["path"]), asked["statistic"]
    outcomes = [None if each["outcome"] is None else Fraction(each["outcome"]) for each in asked["subjects"]]
    trials = asked.get("trials") or PATH_TRIALS
    found = rerandomize_path(path, outcomes, _statistic(statistic), trials, SEED, tell)
    compared = sum(outcome is not None for outcome in outcomes)
    told = {"design": "the study's own draws, made again", "strata": [], "kept": KEPT}
    return told | _verdict(found, statistic, len(outcomes), compared)


def _verdict(found: Verdict, statistic: str, subjects: int, compared: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        "statistic": statistic,
        "subjects": subjects,
        "compared": compared,
        "observed": float(found.observed),
        "p_value": float(found.p_value),
        "exact": found.exact,
        "one_arm_only": float(found.one_arm_only),
    }
    if not found.exact:
        return told | {"trials": found.histories, "monte_carlo_error": found.error}
    return told | {"p_value_exact": str(found.p_value)} if isinstance(found.p_value, Fraction) else told


def _statistic(word: str) -> Statistic:
    """One of the words that a form offers."""
    return "ranks" if word == "ranks" else "rates" if word == "rates" else "means"


def _allocated(law: TrialLaw, subject: Mapping[str, Any]) -> Allocated:
    told = subject["outcome"]
    outcome = None if told is None else Fraction(told)
    return Allocated(law.design.arms.index(subject["arm"]), outcome, law.levels(subject["levels"]))
