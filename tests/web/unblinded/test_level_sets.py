"""The buttons Preview, Propose the change, and the decision on levels of many places."""

from irt.blinding.roles import Role
from irt.tables.secret import ResupplySetting
from irt.tables.study import OperationalChange
from tests.cast import PASSWORD
from tests.web.browser import Browser
from tests.web.parcels import house_of
from tests.web.world import World

FIGURES = {"minimum": "7", "maximum": "21", "type_PEN-A": "yes", "type_PEN-P": "yes"}


def form(world: World) -> tuple[Browser, str]:
    """The supply manager's form."""
    browser, page = world.signed_in("supply_manager.all"), f"/supply/levels/{world.study_id}/many"
    browser.get(page)
    return browser, page


def looked(browser: Browser, page: str, file: str = "", **typed: str) -> str:
    """Sends the choice, with a file or without; the page."""
    held = browser.form(f"{page}/look").fields
    fields = {**{name: value for name, value in held.items() if name != "file"}, **typed}
    files = {"file": ("levels.csv", file.encode(), "text/csv")} if file else {"file": ("", b"", "text/csv")}
    browser.answer = browser.client.post(f"{page}/look", data=fields, files=files, follow_redirects=True)
    return str(browser.text)


def test_sites_of_a_country_are_changed_together(world: World) -> None:
    """Chosen by filter, looked at, proposed, and approved by another unblinded person as one change."""
    browser, page = form(world)
    text = looked(browser, page, country="GB", **FIGURES)
    assert all(words in text for words in ("Site 1001", "15 to 30", "7 to 21", "Were the planner run now"))
    browser.press(page, reason="Few subjects")
    assert "You proposed this change" in browser.text
    assert house_of(world).rows(ResupplySetting, minimum=7) == []
    (change,) = house_of(world).rows(OperationalChange)
    world.office.hire("sam", (Role.SUPPLY_MANAGER, {"study_id": world.study_id}))
    second = world.signed_in("sam")
    address = f"/supply/levels/{world.study_id}/sets/{change['id']}"
    assert "Open" in second.get("/supply/levels").text
    second.get(address)
    second.press(address, meaning="approve", password=PASSWORD)
    rows = house_of(world).rows(ResupplySetting, minimum=7)
    assert len(rows) == 2 * len({row["site_id"] for row in rows}) > 2


def test_a_file_is_read_or_refused_with_its_line(world: World) -> None:
    """Any scope in one table; what cannot be is named."""
    browser, page = form(world)
    text = looked(browser, page, "country,kit_type,minimum,maximum\nGB,PEN-A,8,9\n,PEN-P,8,9\n")
    assert "8 to 9" in text
    assert "Line 2" in looked(browser, page, "country,kit_type,minimum,maximum\nGB,PEN-A,x,9\n")
    assert "not a kit type" in looked(browser, page, "kit_type,minimum,maximum\nPEN-X,1,9\n")
    assert "Choose kit types" in looked(browser, page)
    assert world.signed_in("supply_planner.all").get(page).status_code == 403
