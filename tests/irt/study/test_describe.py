"""The readable specification: whole for those who know, and blind by construction for all others."""

import re
from html.parser import HTMLParser

import pytest

from irt.errors import IntegrityFault
from irt.study.blinded import blinded_study
from irt.study.describe import describe_blinded, describe_unblinded
from irt.study.pool import ServedStudy
from irt.study.randomization_plan import PermutedBlocks
from irt.study.release import ReleaseRoute
from tests.irt.study.edits import NAMES, study_of
from tests.irt.study.worlds import arm_labels, rearranged, swapped

LAYOUTS = ("markdown", "html")
BLINDED = ("fourier", "activ6")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", BLINDED)
def test_two_worlds_read_the_same(name, layout):
    """With the arm labels swapped everywhere, the blinded text is byte-identical, the unblinded is not."""
    here = study_of(name)
    there = swapped(here, arm_labels(here))
    assert there != here
    assert describe_blinded(blinded_study(there), layout) == describe_blinded(blinded_study(here), layout)
    assert describe_unblinded(there, layout) != describe_unblinded(here, layout)


@pytest.mark.parametrize("name", BLINDED)
def test_restricted_parts_do_not_show(name):
    """Other ratios, stock levels, lots and lanes, and everything in another order: the same blinded text."""
    here = study_of(name)
    assert blinded_study(rearranged(here)) == blinded_study(here)


def test_other_blocks_do_not_show():
    """Another block size is another study to those who know, and the same to those who do not."""
    here = study_of("fourier")
    plan = PermutedBlocks(method="permuted_block", block_sizes=(8,), strata=("ldl",))
    there = here.model_copy(update={"randomization": plan})
    assert describe_blinded(blinded_study(there)) == describe_blinded(blinded_study(here))
    assert "Block sizes: 8 (weight 1)" in describe_unblinded(there)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", BLINDED)
def test_no_restricted_word_in_the_blinded_text(name, layout):
    """No arm, kit type, lot, depot or stock level by name; no method of randomization."""
    study = study_of(name)
    words = set(re.split(r"[\s|<>;,]+", describe_blinded(blinded_study(study), layout)))
    lots = {word for size in study.sizes.values() for lot in size.lots for word in (lot.lot, lot.blinded_lot)}
    secret = {arm.code for arm in study.arms} | {kit_type.code for kit_type in study.kit_types} | lots
    assert not secret & words
    assert not {"permuted", "blocks", "Block", "minimization", "m:1", "Arms", "Lots", "Depots", "Lanes"} & words


def test_arms_that_differ_cannot_be_told_blind():
    """A definition with unlike arms has no blinded form at all."""
    here = study_of("fourier")
    more = here.dispensing[0].model_copy(update={"kits": here.dispensing[2].kits})
    with pytest.raises(IntegrityFault):
        blinded_study(here.model_copy(update={"dispensing": (more, *here.dispensing[1:])}))


@pytest.mark.parametrize("name", NAMES)
def test_the_unblinded_text_is_whole(name):
    """Every arm, factor, visit, kit type, depot, cohort and blinded lot is in it, under a warning."""
    study = study_of(name)
    text = describe_unblinded(study)
    parts = (
        study.arms,
        study.factors,
        study.visits,
        study.kit_types,
        study.depots,
        study.cohorts,
        study.dose_levels,
    )
    assert all(f"| {part.code} |" in text for group in parts for part in group)
    assert all(lot.blinded_lot in text for size in study.sizes.values() for lot in size.lots)
    assert "UNBLINDED" in text.splitlines()[2]


def test_routes_and_pools_are_told():
    """The steps of a route to everybody, the kit types of a pool to the unblinded alone."""
    routes = (ReleaseRoute(code="eu", regions=("EU",)), ReleaseRoute(code="us", countries=("US",)))
    served = (ServedStudy(protocol="NB-9", kit_types={"PEN-A": "PEN-1"}),)
    definition = study_of("fourier").model_copy(update={"release_routes": routes, "serves": served})
    blind, whole = describe_blinded(blinded_study(definition)), describe_unblinded(definition)
    assert "QP certification; country approval; release to the trial by another person" in blind
    assert ("PEN-A as PEN-1" in whole, "NB-9" in blind) == (True, False)


def test_the_blinded_text_says_what_a_site_needs():
    """Windows, repeats, kits by looks, caps and conduct, in words."""
    text = describe_blinded(blinded_study(study_of("fourier")))
    repeat = "randomization + 252, every 84 days, without a fixed end"
    for line in (
        f"| W36 | Maintenance visit | {repeat} | -7 / +7 | yes |",
        "| W12 | QM | - | PEN | 9 |",
        "| stratum region=EU | 17900 | randomized | stops |",
        "- Signed order before kits are assigned: yes",
        "- Screening again: once, 30 days later or more",
    ):
        assert line in text.splitlines()


def test_a_dose_by_weight_is_not_counted():
    """Where the weight decides, the blinded table says so."""
    assert "| RAND | - | IVM400 | IVM400 | by body weight |" in describe_blinded(blinded_study(study_of("activ6")))


@pytest.mark.parametrize("name", NAMES)
def test_markdown_tables_are_rectangular(name):
    """Each table has as many cells in every row as headings."""
    widths = 0
    for line in describe_unblinded(study_of(name)).splitlines():
        if not line.startswith("|"):
            widths = 0
            continue
        cells = len(re.findall(r"(?<!\\)\|", line))
        assert widths in (0, cells), line
        widths = cells


def test_names_cannot_break_out():
    """A name with a pipe or a tag stays text in both layouts."""
    here = study_of("fourier")
    name = 'Week | <script>alert("x")</script>'
    visit = here.visits[3].model_copy(update={"name": name})
    there = blinded_study(here.model_copy(update={"visits": (*here.visits[:3], visit, *here.visits[4:])}))
    assert "<script>" not in describe_blinded(there, "html")
    markdown = describe_blinded(there)
    assert "<script>" not in markdown
    assert r"Week \| " in markdown


class _Tags(HTMLParser):
    """Checks that what is opened is closed, in order."""

    def __init__(self):
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_well_formed(name):
    """One heading of the first rank, a language, tables with column headings, every tag closed."""
    page = describe_unblinded(study_of(name), "html")
    tags = _Tags()
    tags.feed(page)
    assert not tags.open
    assert tags.seen.count("h1") == 1
    assert '<html lang="en">' in page
    assert '<th scope="col">Code</th>' in page
