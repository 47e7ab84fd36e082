"""Minimization over real subjects: the shared stroke trial where it is at hand, a small file else."""

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from irt.randomization.assessment.real_covariates import (
    DISTANCES,
    Minimized,
    UnreadableSubjects,
    minimize_real,
    read_subjects,
)
from irt.randomization.design import Design, Factor
from irt.randomization.marginal_rule import MarginalRule

STROKE = Path(__file__).parents[5] / "shared" / "data" / "ist" / "enrolment_1991_1994.csv"
SEX, FELT = Factor("sex", ("F", "M")), Factor("conscious", ("F", "D", "U"))
SUBTYPE = Factor("stroke_subtype", ("TACS", "PACS", "LACS", "POCS", "OTH"))
INFARCT = Factor("visible_infarct", ("Y", "N"))


def minimized(factors: tuple[Factor, ...], file: Path, trials: int, people: int) -> tuple[Minimized, ...]:
    """Every distance with p = 0.8."""
    design = Design("minimization", ("A", "B"), (1, 1), {"p": "4/5"}, factors)
    rule = MarginalRule((1, 1), (Fraction(1),) * len(factors), Fraction(4, 5))
    return minimize_real(design, rule, read_subjects(file, factors)[:people], trials, 1)


def test_a_small_file(tmp_path: Path) -> None:
    """Every distance is told, with margins near balance and errors beside the figures."""
    file = tmp_path / "subjects.csv"
    with file.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["number", "sex", "conscious"])
        rows.writerows([number, "FM"[number % 2], "FDU"[number % 3]] for number in range(60))
    told = minimized((SEX, FELT), file, 100, 60)
    assert [each.distance for each in told] == list(DISTANCES)
    for each in told:
        record = each.record()
        assert each.margins["sex"][0] < 4
        assert each.margins["conscious"][0] < 4
        assert record["overall"]["standard_error"] > 0
        assert 0.5 < record["correct_guesses_share"]["directional"]["mean"] <= 0.8
        assert each.deterministic == 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("sex,age\nF,1\n", "no column conscious"),
        ("sex,conscious\n", "no subjects"),
        ("sex,conscious\nF,X\n", "Line 2"),
    ],
)
def test_files_that_do_not_fit(tmp_path: Path, text: str, sentence: str) -> None:
    """A missing column, no subjects, an unknown level: each by name, nothing simulated."""
    file = tmp_path / "subjects.csv"
    file.write_text(text)
    with pytest.raises(UnreadableSubjects, match=sentence):
        read_subjects(file, (SEX, FELT))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """Named as such."""
    with pytest.raises(UnreadableSubjects, match="cannot be read"):
        read_subjects(tmp_path / "none.csv", (SEX,))


@pytest.mark.skipif(not STROKE.exists(), reason=f"{STROKE.name} is not here")
def test_the_stroke_trial() -> None:
    """A thousand real patients: every distance keeps each factor level, and is as guessable as p."""
    told = minimized((SEX, FELT, SUBTYPE, INFARCT), STROKE, 20, 1000)
    for each in told:
        assert each.overall[0] < 10
        assert all(margin < 12 for margin, _ in each.margins.values())
        assert 0.7 < each.directional[0] <= 0.8
        assert 0.5 < each.convergence[0] < each.directional[0]
