"""Sites: as listed, or invented in the numbers of a size, always the same."""

from zoneinfo import ZoneInfo

import pytest

from irt.study.network import Size
from irt.study.sites import sites_of
from tests.irt.study.edits import study_of

COUNTS = [
    ("fourier", "full", 1242, 49), ("fourier", "small", 124, 20), ("ist", "full", 467, 36), ("ist", "small", 47, 8),
    ("activ6", "full", 104, 1), ("activ6", "small", 9, 1),
    ("escalation", "full", 5, 1), ("escalation", "small", 5, 1),
]  # fmt: skip


@pytest.mark.parametrize(("name", "size", "sites", "countries"), COUNTS)
def test_as_many_sites_as_the_size_says(name, size, sites, countries):
    """Their number and their countries; each number and each name once; each with a zone that exists."""
    found = sites_of(study_of(name), size)
    assert len(found) == sites
    assert len({site.country for site in found}) == countries
    assert len({site.number for site in found}) == len({site.name for site in found}) == sites
    assert all(ZoneInfo(site.zone or "") for site in found)
    assert found == sites_of(study_of(name), size)


def test_numbers_are_digits_in_blocks_of_a_country():
    """The 14th site of the first country is 1014; a large country takes several blocks."""
    found = sites_of(study_of("fourier"), "full")
    assert found[13].number == "1014"
    american = [site.number for site in found if site.country == "US"]
    assert (american[0], american[98], american[99], american[-1]) == ("4101", "4199", "4201", "4318")
    assert all(site.number.isdigit() for site in found)


def test_a_country_has_the_same_numbers_in_both_sizes():
    """The small size is the beginning of the full one in each country."""
    full = {site.number: site.country for site in sites_of(study_of("fourier"), "full")}
    small = {site.number: site.country for site in sites_of(study_of("fourier"), "small")}
    assert small.items() <= full.items()


def test_listed_sites_take_the_zone_of_their_country():
    """A site's own zone where it has one, else the country's."""
    zones = {site.number: site.zone for site in sites_of(study_of("escalation"), "full")}
    assert zones["4048"] == "America/Los_Angeles"
    assert zones["4025"] == "America/New_York"


def test_a_size_the_study_does_not_have():
    """No such size, no sites."""
    assert sites_of(study_of("ist").model_copy(update={"sizes": {}}), "full") == ()


def test_names_stay_unique_beyond_the_list():
    """With more sites than there are pairs of words, no name comes twice."""
    huge = study_of("ist").model_copy(update={"sizes": {"full": Size(planned_subjects=1, sites={"GB": 5000})}})
    assert len({site.name for site in sites_of(huge, "full")}) == 5000
