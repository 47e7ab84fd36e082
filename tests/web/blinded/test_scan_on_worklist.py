"""The button Open of the worklist's scan field: the right task opens by itself."""

from tests.web.browser import Browser
from tests.web.ward import Assigned, assigned, at, count, free_kit, screened, treated
from tests.web.world import World


def scan(browser: Browser, code: str) -> str:
    """Scans on the worklist."""
    browser.get("/worklist")
    return browser.press("/worklist/scan", code=code).text


def test_an_assigned_kit_opens_its_visit_with_the_kit_ticked(world: World) -> None:
    """The first scan of a dispensing counts."""
    given = assigned(world)
    browser = world.signed_in("pharmacist.0")
    page = scan(browser, given.kits[0])
    assert browser.path == given.address
    assert f"{given.kits[0]} is right. One more kit." in page


def test_a_subject_opens_the_subject(world: World) -> None:
    """By number or card."""
    subject = screened(world)
    browser = world.signed_in("pharmacist.0")
    scan(browser, subject)
    assert browser.path == at(world, subject)


def test_a_kit_of_a_subject_opens_its_return(world: World) -> None:
    """What comes back is counted there."""
    given = treated(world)
    browser = world.signed_in("pharmacist.0")
    scan(browser, given.kits[0])
    assert browser.path == at(world, given.subject, "returns")


def test_a_free_kit_says_what_it_is(world: World) -> None:
    """Nothing more than everybody may know."""
    kit = free_kit(world)
    page = scan(world.signed_in("pharmacist.0"), kit)
    assert f"{kit} is a kit of LARKSPUR-3 at site {world.sites[0][0]}" in page
    assert "It is free: assigned to nobody." in page


def test_what_is_not_known_here_says_so(world: World) -> None:
    """A number of another site reads like one that does not exist."""
    browser = world.signed_in("pharmacist.0")
    there: Assigned = assigned(world, site=1)
    for code in (there.kits[0], "00000"):
        assert f"{code} is not a kit of your sites" in scan(browser, code)
    assert "This is not a number of your sites" in scan(browser, there.subject)


def test_a_double_scan_books_once(world: World) -> None:
    """The same form sent twice ticks one kit, once."""
    given = assigned(world)
    browser = world.signed_in("pharmacist.0")
    browser.get("/worklist")
    form = {**browser.form("/worklist/scan").fields, "code": given.kits[0]}
    for _ in range(2):
        browser.send("/worklist/scan", form)
    assert count(world, "scan") == 1


def test_a_monitor_opens_nothing_with_it(world: World) -> None:
    """Kits are unknown to who does not dispense."""
    given = assigned(world)
    browser = world.signed_in("monitor.0")
    browser.get("/switch")
    token = browser.form("/account/theme").fields["_csrf_token"]
    answer = browser.send("/worklist/scan", {"_csrf_token": token, "command_key": "k", "code": given.kits[0]})
    assert f"{given.kits[0]} is not a kit of your sites" in answer.text
    assert count(world, "scan") == 0
