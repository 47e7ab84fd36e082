"""Plans side by side, why a consignment and why not another, as the supply manager asks."""

from irt.reads.unblinded_plans import runs
from tests.web.planned import a_kept_plan
from tests.web.world import World


def test_two_plans_stand_side_by_side(world: World) -> None:
    """Beside the plan it builds on without being asked; each measure with its difference, changes by kind."""
    first = a_kept_plan(world)
    second = a_kept_plan(world, days=(1, 3), parent=first)
    browser = world.signed_in("supply_manager.all")
    page = browser.get(f"/supply/optimizer/{second}/compare").text
    assert all(words in page for words in ("Against plan 1", "Total cost", "Gap to bound", "Other day", "Carbon"))
    beside = browser.get(f"/supply/optimizer/{first}/compare").text
    assert "Against plan" not in beside
    assert "Against plan 2" in browser.get(f"/supply/optimizer/{first}/compare?with-2=yes").text


def test_a_consignment_says_why(world: World) -> None:
    """What it is for, until when it could wait, what each other way costs or what forbids it."""
    number = a_kept_plan(world)
    page = world.signed_in("supply_manager.all").get(f"/supply/optimizer/{number}/consignments/0").text
    assert "first needed on 25 Mar 2026" in page
    assert "as late as 20 Mar 2026" in page
    assert all(words in page for words in ("Drop it", "Leave on", "Visits at site 1001"))


def test_one_more_is_priced_or_forbidden(world: World) -> None:
    """A consignment of both pens costs its journey, box and kits; one pen alone would break the blinding."""
    number = a_kept_plan(world)
    browser = world.signed_in("supply_manager.all")
    asked = f"/supply/optimizer/{number}/reasons?lane=NLD%3E1001&temp=2-8C&day=2026-03-24"
    page = browser.get(f"{asked}&kits-PEN-A=1&kits-PEN-P=1").text
    assert "It would cost +1," in page
    assert "The plan does without it" in page
    assert "Forbidden: Blinding" in browser.get(f"{asked}&kits-PEN-A=1").text
    assert browser.get(asked).status_code == 400
    assert "Say how many kits" in browser.text


def test_rules_are_asked_for_beside_a_plan(world: World) -> None:
    """One run for each ticked rule on the plan's own problem, each on its page; none ticked is refused."""
    first = a_kept_plan(world)
    browser = world.signed_in("supply_manager.all")
    address = f"/supply/optimizer/{first}/compare"
    page = browser.get(address).text
    assert all(words in page for words in ("Rules beside it", "Min/max by category", "Predictive by category"))
    assert browser.press(f"{address}/rules").status_code == 200
    assert "watch or stop it" in browser.get(address).text
    with world.store.reading() as connection:
        lines = [line for line in runs(connection, world.study_id) if line.rule]
    tuned = {"min_max", "min_max_by_category", "predictive", "predictive_by_category"}
    assert {(line.rule, line.beside) for line in lines} == {(rule, first) for rule in tuned}
    browser.get(address)
    assert browser.press(f"{address}/rules").status_code == 400
    assert "No rule is ticked" in browser.text


def test_a_rule_stands_beside_its_plan_unasked(world: World) -> None:
    """By its name, with its carbon by lane and its place in the picture; the table can be taken away."""
    first = a_kept_plan(world)
    second = a_kept_plan(world, days=(1, 3), settings={"method": "min_max", "beside": first})
    browser = world.signed_in("supply_manager.all")
    address = f"/supply/optimizer/{first}/compare"
    page = browser.get(address).text
    assert all(words in page for words in ("Against min/max", "Carbon by lane", "Cost against service"))
    text = browser.press(f"{address}/export", format="csv", **{f"with-{second}": "yes"}).text
    assert "Group,Measure,Unit,Min/max,Plan 1" in text
    assert "Carbon by lane,NLD>1001,grams" in text
    assert "A rule, not optimized" in browser.get(f"/supply/optimizer/{second}").text
