"""The page of dose finding: its button Show the table, and what it says at the end of an escalation."""

import pytest

from tests.web.browser import Browser
from tests.web.unblinded.people import statistician
from tests.web.world import World

ADDRESS = "/randomization/dose-finding"
OBSERVED = "dose,subjects,toxicities\n10 mg,3,0\n20 mg,6,1\n40 mg,12,4\n80 mg,3,3\n"
TYPED = {"arms": "10 mg, 20 mg, 40 mg, 80 mg", "n": "6", "param-target": "0.3"}


def opened(world: World, method: str = "boin") -> Browser:
    """The page with the settings of a method."""
    browser = statistician(world)
    browser.get("/randomization/designs")
    assert f'href="{ADDRESS}"' in browser.text
    browser.get(f"{ADDRESS}?method={method}")
    return browser


def test_the_table_of_full_cohorts(world: World) -> None:
    """Liu and Yuan's boundaries for target 0.3, to be printed; a number that cannot be reached is a dash."""
    browser = opened(world)
    browser.press(ADDRESS, **TYPED)
    row = browser.text.split('<th scope="row" class="irt-num">6</th>')[1].split("</tr>")[0]
    assert [part.split("<")[0] for part in row.split('class="irt-num">')[1:]] == ["1", "3", "4"]
    assert "escalate at a rate of 0.236 or less, de-escalate at 0.359 or more" in browser.text
    assert "data-irt-print" in browser.text
    assert "The dose at the end" not in browser.text


def test_the_dose_at_the_end(world: World) -> None:
    """With its reason, and each dose's isotonic rate; what was typed stays."""
    browser = opened(world)
    browser.press(ADDRESS, **TYPED, observed=OBSERVED)
    assert "Recommended: 40 mg. Its isotonic rate of toxicity is the nearest to the target." in browser.text
    assert "0.335" in browser.text
    assert 'value="10 mg, 20 mg, 40 mg, 80 mg"' in browser.text
    assert "20 mg,6,1" in browser.text


def test_three_plus_three(world: World) -> None:
    """Its own setting, no target, and no closing."""
    browser = opened(world, "three_plus_three")
    assert 'name="param-highest"' in browser.text
    assert 'name="param-target"' not in browser.text
    browser.press(ADDRESS, arms="1, 2", n="6", observed="dose,subjects,toxicities\n1,3,0\n2,3,2\n")
    assert "The escalation has not come to its end, so that no dose is recommended yet." in browser.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"n": "0"}, "The number of subjects at a dose is a whole number from 1 to 100."),
        ({"param-target": ""}, "boin needs its setting target."),
        ({"param-target": "2"}, "The rates of boin rise"),
        ({"observed": "1;2"}, "The doses need the columns dose, subjects and toxicities"),
    ],
)
def test_what_cannot_be_told_is_refused_on_the_page(world: World, typed: dict[str, str], words: str) -> None:
    """And what was typed stays."""
    browser = opened(world)
    browser.press(ADDRESS, **TYPED | typed)
    assert browser.answer.status_code == 400
    assert words in browser.text
    assert 'value="10 mg, 20 mg, 40 mg, 80 mg"' in browser.text


def test_blinded_people_are_not_let_in(world: World) -> None:
    """Neither to the page nor to its button; the study is not even named to them."""
    browser = world.signed_in("supply_planner.all")
    assert browser.get(f"{ADDRESS}?study={world.study_id}").status_code == 403
    assert "Doses" not in browser.text
