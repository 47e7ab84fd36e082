"""Every named problem, provoked by one small edit of a good file, with its path and line."""

import pytest

from irt.study.check import CHECKS, StudyRefused, check, open_study
from tests.irt.study.edits import NAMES, edited, text_of
from tests.irt.study.mistakes import D1_P, EDITS

WARNINGS = {
    "TooManyStrata", "UnusedFactor", "UnequalMinimization", "ArmWithoutCohort",
    "UnusedKitType", "UndeclaredSham", "NotAllArmsOnSite", "NoResupplySetting", "HoldTooShort", "LotNeverShipped",
    "KitTypeWithoutLot", "GroupWithoutCommodity", "ItemWithoutGoods", "OverlappingWindows",
    "VisitAfterScreening", "CapNeverReached",
    "CapBelowPlan",
    "CohortCapDiffers", "NothingIsBlinded", "NothingPredicted",
}  # fmt: skip


@pytest.mark.parametrize(("name", "path", "words", "study", "old", "new"), EDITS)
def test_one_edit_is_found_with_its_path_and_line(name, path, words, study, old, new):
    """The problem is named at its path, on the line where the words stand, and says whether it refuses."""
    text = edited(study, (old, new))
    report = check(text, study)
    found = [problem for problem in report.problems if (problem.name, problem.path) == (name, path)]
    assert found, [(problem.name, problem.path) for problem in report.problems]
    assert words in text.splitlines()[found[0].line - 1]
    assert found[0].severity == ("warning" if name in WARNINGS else "error")
    assert (report.definition is None) == bool(report.errors)


@pytest.mark.parametrize("study", NAMES)
def test_the_fixtures_pass(study):
    """Without errors, and with no warning but the unequal minimization that is meant."""
    report = check(text_of(study), study)
    assert report.definition is not None
    meant = {"ist": ["UnequalMinimization"]}
    assert [problem.name for problem in report.problems] == meant.get(study, [])


def test_unlike_kits_are_one_problem():
    """Arms whose kits share no blinding group are told once, not at every visit."""
    group = "blinding_groups:\n  - {code: VIAL, name: Vial, storage: 2-8C}\n"
    text = edited(
        "fourier",
        ("blinding_groups:\n", group),
        (
            "contents: one pre-filled pen, placebo 1 mL\n    blinding_group: PEN",
            "contents: x\n    blinding_group: VIAL",
        ),
    )
    assert [problem.name for problem in check(text).errors] == ["ArmsShareNoGroup"]


def test_a_move_that_is_sham_without_a_word():
    """A move that changes the kits of one arm only has to say in which arms it is sham."""
    text = edited(
        "escalation",
        ("blinding: open", "blinding: double"),
        ("blinded_lot: T2501", "blinded_lot: B1"),
        ("blinded_lot: T2601", "blinded_lot: B2"),
        ("all_arms_on_site: false", "all_arms_on_site: true"),
        ("mg_per_kg: 6,", "mg_per_kg: 8,"),
    )
    found = [problem for problem in check(text).problems if problem.name == "UndeclaredSham"]
    assert [(problem.path, "D08" in problem.sentence) for problem in found] == [("titration[0]", True)]


def test_a_dispensing_rule_before_randomization_knows_no_arm():
    """A run-in visit is dispensed alike to all: a rule for one arm there is refused."""
    text = edited(
        "fourier",
        ("day: 28, window_after_days: 77}", "day: 28, window_after_days: 77, dispenses: true, treatment_days: 28}"),
        ("dispensing:\n", "dispensing:\n  - {visits: [STAB], arms: [P], kits: [{kit_type: PEN-P}]}\n"),
    )
    assert [(p.name, p.path) for p in check(text).errors] == [("ArmBeforeRandomization", "dispensing[0]")]


def test_sites_capped_below_the_plan():
    """Caps on every site that together hold fewer subjects than are planned."""
    caps = "".join(f'  - {{scope: site, key: "{site}", subjects: 4}}\n' for site in (4012, 4025, 4031, 4048, 4056))
    text = edited("escalation", ("caps:\n", "caps:\n" + caps))
    found = [problem for problem in check(text).problems if problem.name == "CapBelowPlan"]
    assert [(problem.severity, problem.path) for problem in found] == [("warning", "caps")]
    assert "20" in found[0].sentence


def test_a_kit_type_without_a_lot():
    """A size that packs some kit types and forgets one."""
    text = text_of("activ6").replace("kit_type: K-METF-P, kits: 2200", "kit_type: K-METF-A, kits: 2200")
    names = [(problem.name, problem.path) for problem in check(text).problems]
    assert ("KitTypeWithoutLot", "sizes.full.lots") in names


MISTAKES = (
    ("phase: ", "phaze: "),
    ("ratio: 1}", "ratio: none}"),
    ("block_sizes: [4, 6]", "block_sizes: [4, 5]"),
    ("key: region=EU", "key: region=XX"),
    (D1_P, D1_P.replace("[D1]", "[D1, W99]")),
    ("dnc_days: 103", "dnc_days: 10"),
    ("zone: Europe/Oslo", "zone: Europe/Olso"),
    ("{minimum: 15, maximum: 30}", "{minimum: 35, maximum: 30}"),
    ("released: 2026-02-15", "released: soon"),
    ("order_required", "order_requierd"),
)


def test_every_mistake_in_one_run():
    """Ten mistakes of form and of sense come back together, in order of their lines."""
    problems = check(edited("fourier", *MISTAKES), "many").problems
    found = {(problem.name, problem.path) for problem in problems}
    assert found >= {
        ("UnknownKey", "study.phaze"),
        ("MissingKey", "study.phase"),
        ("NotAWholeNumber", "arms[0].ratio"),
        ("UnknownLevel", "caps[1].key"),
        ("UnknownVisit", "dispensing[1].visits[1]"),
        ("WindowOrder", "kit_types[0].windows"),
        ("UnknownZone", "countries[11].zone"),
        ("MinimumAboveMaximum", "resupply.study.PEN-A"),
        ("NotADate", "sizes.full.lots[8].released"),
        ("UnknownKey", "conduct.order_requierd"),
    }
    assert [problem.line for problem in problems] == sorted(problem.line for problem in problems)


def test_a_broken_part_accuses_nobody_else():
    """Nothing dangles because the part it names could not be read; paths keep their place in the file."""
    text = edited(
        "fourier", ("name: NBT-140, ratio: 1", "name: NBT-140, ratio: none"), (D1_P, D1_P.replace("[P]", "[Q]"))
    )
    assert [(problem.name, problem.path) for problem in check(text).problems] == [
        ("NotAWholeNumber", "arms[0].ratio"),
        ("UnknownArm", "dispensing[1].arms[0]"),
    ]


def test_paths_skip_nothing_that_was_cut_away():
    """Behind an entry that cannot be read, the others keep their number in the file."""
    text = edited("escalation", ('number: "4012"', "number: [1]"), ("America/Los_Angeles", "America/Los_Angles"))
    found = {(problem.name, problem.path) for problem in check(text).problems}
    assert ("UnknownZone", "sites[3].zone") in found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "NotAStudy"),
        ("- a\n- b\n", "NotAStudy"),
        ("just words", "NotAStudy"),
        ("a: [", "Unreadable"),
        ("a: *b", "Unreadable"),
    ],
)
def test_what_is_no_study_is_said_in_one_line(text, name):
    """An empty file, a list, a word and broken YAML: one problem, on line 1, and nothing raised."""
    report = check(text)
    assert [(problem.name, problem.line) for problem in report.problems] == [(name, 1)]
    assert report.definition is None


def test_an_unknown_key_suggests_the_nearest():
    """The key that was probably meant, or all keys where nothing is near."""
    near = check(edited("fourier", ("block_sizes:", "blok_sizes:"))).problems
    far = check(edited("fourier", ("block_sizes:", "zzz:"))).problems
    assert any("did you mean `block_sizes`?" in problem.sentence for problem in near)
    assert any("block_sizes, size_weights, strata" in problem.sentence for problem in far)


def test_a_refused_study_names_its_first_error():
    """Opening a file with errors raises one sentence: file, line, name, and how many more."""
    with pytest.raises(StudyRefused, match=r"^x\.yaml:\d+: MissingKey at study\.phase: .*, and 1 more$"):
        open_study(edited("fourier", ("phase: ", "phaze: ")), "x.yaml")


def test_every_check_says_what_it_holds():
    """Each check is a named function with a sentence for its docstring."""
    names = [one.find.__name__ for one in CHECKS]
    assert len(names) == len(set(names))
    assert all((one.find.__doc__ or "").strip() for one in CHECKS)


def test_a_satellite_abroad():
    """A main site supplies satellites of its own country only."""
    here = "Harbor Point University Hospital, country: "
    problems = check(edited("escalation", (f"{here}US", f'{here}GB, satellite_of: "4012"'))).problems
    assert ("SatelliteAbroad", "sites[1].satellite_of") in [(problem.name, problem.path) for problem in problems]
