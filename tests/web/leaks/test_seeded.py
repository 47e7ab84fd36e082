"""Every seeded leak is found by its field in a trial of the size that the linter asks for."""

import random
from dataclasses import replace

import pytest

from irt.blinding.leaks.judge import Judged, Verdict
from irt.blinding.leaks.power import subjects_for_limit
from irt.reads.unblinded_truth import TrueArm, TrueContent
from tests.builders_supply import the_lipid_study
from tests.web.leaks.test_sheet import letter, paper
from web.leaks.caller import Answer
from web.leaks.collect import Looking
from web.leaks.letters import sheet_of_letters
from web.leaks.lint import Linted, NothingToKeep, gather, verdicts
from web.leaks.material import Material, Owner, Truth
from web.leaks.prove import prove
from web.leaks.seeded import SHOWN
from web.leaks.sheet import sheet_of

SUBJECTS = round(1.06 * subjects_for_limit())
SITES = 40
CODES = {
    "L01",
    "L02",
    "L03",
    "L04",
    "L05",
    "L06",
    "L07",
    "L08",
    "L09",
    "L11",
    "L12",
    "L16",
    "L17",
    "L18",
    "L19",
    "L20",
    "L24",
    "L31",
    "L32",
}


def _invented() -> Linted:
    """Subjects with two kits each and as many free kits, as pages show them; arms are chance alone."""
    chance = random.Random(9)
    numbers = iter(chance.sample(range(10_000, 99_999), 3 * SUBJECTS))
    arms, contents, seen = [], [], Material()
    for place in range(SUBJECTS):
        site, subject = f"{1001 + place % SITES}", f"{1001 + place % SITES}-{place:04}"
        arm = chance.choice("AP")
        arms.append(TrueArm(subject, site, arm))
        kits = [next(numbers) for _ in range(2)]
        contents += [TrueContent(str(kit), "PEN", f"PEN-{arm}", subject, "subject") for kit in kits]
        contents.append(TrueContent(str(next(numbers)), "PEN", f"PEN-{chance.choice('AP')}", "", site))
        seen.subjects[subject] = {
            "page | Randomization no.": [str(chance.randrange(10_000, 99_999))],
            "page | size of the answer": [str(1200 + chance.randrange(40))],
            "page | visits[].kits[]": [str(kit) for kit in kits],
            "page | Dose level": [chance.choice(["Q2W", "QM"])],
        }
    for one in contents:
        seen.kits[one.number] = {
            "list | number": [one.number],
            "list | expiry": [chance.choice(["2027-12-31", "2028-05-31"])],
            "list | place in the list": [f"{chance.random():.4f}"],
            "list | status": [chance.choice(["available", "assigned"])],
        }
    return Linted(Looking(seen), Truth.of(arms, contents), the_lipid_study())


@pytest.fixture(scope="module")
def invented() -> Linted:
    return _invented()


@pytest.fixture(scope="module")
def clean(invented: Linted) -> dict[str, Judged]:
    return verdicts(invented, seed=1)


def test_without_a_leak_it_passes(clean: dict[str, Judged]) -> None:
    """Neither subjects nor kits are told apart, and there are enough of both."""
    assert {name: (each.verdict, each.named) for name, each in clean.items()} == {
        "subjects": (Verdict.PASS, ()),
        "kits": (Verdict.PASS, ()),
    }


def test_every_seeded_leak_is_found(invented: Linted, clean: dict[str, Judged]) -> None:
    """By a field that the leak changed, among as many tests as a whole trial has."""
    whole = {name: _with_tests(each, 700) for name, each in clean.items()}
    proofs = prove(invented, whole, seed=1)
    assert [proof.words for proof in proofs if not proof.found] == []
    assert len(proofs) == len(SHOWN) >= 20
    assert {proof.code for proof in proofs} >= CODES


def test_a_letter_and_a_paper_that_tell_are_found_where_they_are_read(invented: Linted) -> None:
    """Real letters and real PDFs with a word more for one arm: both are named, by their own fields."""
    some = dict([*invented.truth.arms.items()][:150])
    told = {n: f"{n} today" if one.arm == "A" else n for n, one in some.items()}
    letters = sheet_of_letters([letter(words) for words in told.values()])
    papers = sheet_of(Answer(200, "application/pdf", paper(*told.values())))
    for sheet, field in ((letters, "letter words"), (papers, "line of the paper")):
        seen, truth = Material(), Truth(some, {})
        seen.take("site", Owner(), sheet, truth)
        judged = verdicts(Linted(Looking(seen), truth, invented.definition), seed=1)["subjects"]
        assert f"site | {field}" in {each.field for each in judged.named}


def _with_tests(judged: Judged, tests: int) -> Judged:
    return replace(judged, tests=tests)


def test_an_open_study_has_no_blind() -> None:
    """It is refused by name before anything is carried out."""
    study = the_lipid_study()
    opened = study.model_copy(update={"study": study.study.model_copy(update={"blinding": "open"})})
    with pytest.raises(NothingToKeep, match="no blind"):
        gather(None, opened, None, None, 1)  # type: ignore[arg-type]
