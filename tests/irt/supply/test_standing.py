"""Whether a site is low, asked of all sites at once, is what the full explanation of each would say."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.reads.unblinded_supply import group_names, level_rows
from irt.study.definition import StudyDefinition
from irt.supply.planner import Level, LotStock, OnTheWay, SiteView
from irt.supply.planners import explain_by, settings_of
from irt.supply.standing import missing_by_group, missing_by_type
from tests.builders_supply import the_lipid_study

DAY = date(2026, 3, 2)
LIPID = the_lipid_study()
PREDICTIVE = LIPID.model_copy(
    update={"resupply": LIPID.resupply.model_copy(update={"method": "predictive", "trigger_days": 20})}
)
CODES = ("PEN-A", "PEN-P")


@st.composite
def sites(draw: st.DrawFn) -> SiteView:
    """A site with levels, stock on both sides of its do-not-count window, kits under way, and need to come."""
    kits, code = st.integers(0, 9), st.sampled_from(CODES)
    days = st.integers(0, 60).map(lambda ahead: DAY + timedelta(days=ahead))
    minimum = {one: draw(kits) for one in CODES}
    return SiteView(
        number="1001",
        country="GB",
        label_group="all",
        depot="NLD",
        lead_time_days=3,
        stock=tuple(draw(st.lists(st.builds(LotStock, code, st.just("L1"), days, kits), max_size=4))),
        on_the_way=tuple(draw(st.lists(st.builds(OnTheWay, code, st.just("L1"), days, kits, days), max_size=3))),
        levels={one: Level(least, least + 5, 20, 40) for one, least in minimum.items()},
        dnc_days=dict.fromkeys(CODES, 30),
        expected_need={one: tuple(draw(st.lists(st.tuples(days, kits), max_size=2))) for one in CODES},
        in_screening=draw(st.integers(0, 3)),
        stops_on=draw(st.sampled_from([None, DAY])),
    )


@pytest.mark.parametrize("definition", [LIPID, PREDICTIVE], ids=["min_max", "predictive"])
@settings(deadline=None, derandomize=True, max_examples=60)
@given(site=sites())
def test_it_lacks_what_its_rows_tell(definition: StudyDefinition, site: SiteView) -> None:
    """By kit type and by blinding group, minimum less what counts; so it is low where a row is."""
    told = settings_of(definition)
    explained = explain_by(definition, site, DAY, told)
    by_type = missing_by_type(definition, site, DAY, told)
    by_group = missing_by_group(by_type, group_names(definition))
    for missing, grouped in ((by_type, False), (by_group, True)):
        rows = level_rows(definition, explained, grouped=grouped)
        assert missing == {row.name: row.minimum - row.considered for row in rows}
        assert any(kits > 0 for kits in missing.values()) == any(row.low for row in rows)
