"""The invented pages hold what the interface promises, in a real browser under the strict policy."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.preview import pages
from tests.web.preview.barriers import ALL, barriers
from tests.web.preview.browser import browser
from tests.web.preview.server import preview_server

pytestmark = pytest.mark.browser

TARGETS_TOO_SMALL = """() => [...document.querySelectorAll('a, button, input, select, summary')]
  .filter(e => e.checkVisibility() && !e.closest('p, dd, .irt-message') && e.tagName !== 'DIALOG')
  .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
  .filter(([, r]) => r.width > 2 && (r.width < 24 || r.height < 24) && r.height !== 20)
  .map(([html, r]) => `${html} ${r.width}x${r.height}`)"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with preview_server() as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    ("width", "theme"),
    [
        (1280, "light"),
        pytest.param(390, "dark", marks=pytest.mark.slow),
        pytest.param(1280, "dark", marks=pytest.mark.slow),
        pytest.param(390, "light", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("name", pages.FRAMES)
def test_axe_finds_nothing(tab: Page, address: str, name: str, width: int, theme: str) -> None:
    """WCAG 2.2 A and AA, and axe's best practices: no violation, in both themes, on desk and phone."""
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto(f"{address}/{name}?theme={theme}")
    found = barriers(tab, alike=2 if (width, theme) == (1280, "light") else ALL)
    assert found.response["violations"] == [], found.generate_report()
    assert len(found.response["passes"]) > 10


PALE = """row => {
  const rows = [...Array(40).keys()].map(n => `<p class="${n === row ? 'pale' : ''}">Kit ${n}</p>`);
  const pale = '{color: #bbb; background: #fff}', style = new CSSStyleSheet();
  style.replaceSync(`.pale ${pale} @media (max-width: 400px) {.narrow ${pale}}`);
  document.adoptedStyleSheets.push(style);
  document.getElementById('main').innerHTML = `<h1>Kits</h1>${rows.join('')}<p class="narrow">On a phone</p>` }"""


def test_one_pale_line_among_many_is_found(tab: Page, address: str) -> None:
    """Of what looks alike a part is measured; whatever looks otherwise is seen, also at another width."""
    tab.goto(f"{address}/worklist")
    for row, at_first in ((33, ["color-contrast"]), (-1, [])):
        tab.evaluate(PALE, row)
        tab.set_viewport_size({"width": 1280, "height": 900})
        assert [each["id"] for each in barriers(tab).response["violations"]] == at_first
    tab.set_viewport_size({"width": 390, "height": 900})
    (found,) = barriers(tab, again=True).response["violations"]
    assert [node["target"] for node in found["nodes"]] == [[".narrow"]]


@pytest.mark.parametrize("name", pages.FRAMES)
def test_a_page_keeps_the_policy_and_fits(tab: Page, address: str, name: str) -> None:
    """No inline style or script and no foreign file, so that the browser complains of nothing.

    Everything to press measures 24 px at least, links inside a sentence apart (2.5.8). 320 px is a page of 1280 px
    at 400 %: only boxes made for it scroll sideways (1.4.10).
    """
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda fault: complaints.append(str(fault)))
    tab.goto(f"{address}/{name}", wait_until="networkidle")
    assert complaints == []
    assert tab.evaluate(TARGETS_TOO_SMALL) == []
    tab.set_viewport_size({"width": 320, "height": 800})
    assert tab.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize(("scheme", "canvas"), [("light", "rgb(244, 246, 248)"), ("dark", "rgb(15, 23, 28)")])
def test_the_theme_follows_the_system(tab: Page, address: str, scheme: str, canvas: str) -> None:
    """The theme "auto" needs no script: the browser's own colour scheme decides."""
    tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # the parametrized words are the literals
    tab.goto(f"{address}/worklist?theme=auto")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == canvas


def _record(tab: Page, before_the_page: bool = True) -> None:
    """Keeps what forms would send, instead of sending it; before or after the page's own handlers."""
    tab.evaluate(
        """capture => { window.sent = []; addEventListener('submit', event => {
             event.preventDefault(); event.stopImmediatePropagation();
             window.sent.push(new FormData(event.target).get('code')) }, capture) }""",
        before_the_page,
    )


def _leave_the_field(tab: Page) -> None:
    """Once the page has put the focus into the scan field, takes it out of there."""
    expect(tab.locator("#scan")).to_be_focused()
    tab.evaluate("document.activeElement.blur()")


def _type(tab: Page, code: str, gap_ms: float) -> None:
    """Types with exact gaps: each event carries the time it is said to have, however slow the machine is."""
    tab.evaluate(
        """([code, gap]) => { let at = performance.now(); for (const key of [...code, 'Enter']) {
             const field = document.activeElement;
             const press = new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true});
             Object.defineProperty(press, 'timeStamp', {value: at});
             const went = field.dispatchEvent(press);
             if (went && key.length === 1 && 'value' in field) field.value += key;
             at += gap } }""",
        [code, gap_ms],
    )


def test_a_scan_reaches_the_field_from_anywhere(tab: Page, address: str) -> None:
    """A burst of keys ending in Enter is a scan, wherever the focus is."""
    tab.goto(f"{address}/worklist")
    _leave_the_field(tab)
    _record(tab)
    _type(tab, "482917", 0)
    assert tab.evaluate("window.sent") == ["482917"]
    expect(tab.locator("#scan")).to_be_focused()


def test_a_scan_leaves_no_letters_in_another_field(tab: Page, address: str) -> None:
    """What the burst typed into the field under the focus is taken out again."""
    tab.goto(f"{address}/dispense")
    tab.evaluate("""() => { const note = document.createElement('input'); note.id = 'note'; note.value = 'kept';
                     document.getElementById('main').append(note); note.focus() }""")
    _record(tab)
    _type(tab, "650331", 0)
    assert tab.evaluate("document.getElementById('note').value") == "kept"
    assert tab.evaluate("window.sent") == ["650331"]


def test_a_scan_that_outruns_the_page_is_whole(tab: Page, address: str) -> None:
    """Where the focus comes to the scan field within the burst, the code is sent from its first letter on."""
    tab.goto(f"{address}/worklist")
    _leave_the_field(tab)
    _record(tab)
    tab.evaluate("""addEventListener('keydown', () => document.getElementById('scan').focus(), {once: true})""")
    _type(tab, "482917", 0)
    assert tab.evaluate("window.sent") == ["482917"]


def test_slow_keys_are_not_a_scan(tab: Page, address: str) -> None:
    """A person typing is left alone."""
    tab.goto(f"{address}/worklist")
    _leave_the_field(tab)
    _record(tab)
    _type(tab, "482917", 45)
    assert tab.evaluate("window.sent") == []


def test_a_scan_never_lands_in_a_password(tab: Page, address: str) -> None:
    """A burst into a password field stays a password."""
    tab.goto(f"{address}/dispense")
    tab.evaluate("""() => { const secret = document.createElement('input'); secret.type = 'password';
                     document.getElementById('main').append(secret); secret.focus() }""")
    _record(tab)
    _type(tab, "482917", 0)
    assert tab.evaluate("window.sent") == []
    assert tab.evaluate("document.activeElement.value") == "482917"


def test_slash_goes_to_the_scan_field(tab: Page, address: str) -> None:
    """One key brings the focus back to the work, and is not written into the field."""
    tab.goto(f"{address}/worklist")
    _leave_the_field(tab)
    tab.keyboard.press("/")
    expect(tab.locator("#scan")).to_be_focused()
    assert tab.input_value("#scan") == ""


def test_keys_can_be_switched_off(tab: Page, address: str) -> None:
    """WCAG 2.1.4: with the keys off, a slash is a slash; the list of keys says so."""
    tab.goto(f"{address}/worklist")
    _leave_the_field(tab)
    tab.keyboard.press("?")
    tab.wait_for_selector("#irt-keys[open]")
    tab.uncheck("#irt-keys-on")
    tab.keyboard.press("Escape")
    tab.reload()
    _leave_the_field(tab)
    tab.keyboard.press("/")
    tab.wait_for_timeout(150)
    assert tab.evaluate("document.activeElement.id") != "scan"


def test_escape_clears_the_scan(tab: Page, address: str) -> None:
    """Escape empties the field and keeps the focus there."""
    tab.goto(f"{address}/worklist")
    tab.fill("#scan", "4829")
    tab.keyboard.press("Escape")
    assert tab.input_value("#scan") == ""
    expect(tab.locator("#scan")).to_be_focused()


def test_a_confirm_that_cannot_work_says_why(tab: Page, address: str) -> None:
    """The button takes the focus, sends nothing, and tells its reason to everybody."""
    tab.goto(f"{address}/dispense")
    _record(tab, before_the_page=False)
    tab.evaluate(
        """() => { const form = document.createElement('form');
             form.id = 'hand-over'; form.method = 'post'; document.body.append(form);
             document.getElementById('confirm').setAttribute('form', 'hand-over') }"""
    )
    tab.focus("#confirm")
    tab.keyboard.press("Enter")
    expect(tab.locator("#announce")).to_contain_text("two kits are not checked")
    assert tab.evaluate("window.sent") == []


def test_the_focus_stands_on_confirm_when_all_is_checked(tab: Page, address: str) -> None:
    """After the last right scan one Enter is left."""
    tab.goto(f"{address}/dispense-ready")
    expect(tab.locator("#confirm")).to_be_focused()


def test_paper_keeps_the_environment_and_loses_the_buttons(tab: Page, address: str) -> None:
    """A print says where it comes from; nothing on it can be pressed."""
    tab.emulate_media(media="print")
    tab.goto(f"{address}/forms")
    assert tab.locator(".irt-strip").is_visible()
    assert "TEST environment" in tab.locator(".irt-print-head").inner_text()
    assert not tab.locator(".irt-bar, .btn").first.is_visible()


def _scan(tab: Page, code: str) -> None:
    tab.fill("#scan", code)
    tab.keyboard.press("Enter")


def test_a_wrong_scan_is_answered_and_scanning_goes_on(tab: Page, address: str) -> None:
    """The answer replaces the work in place; the field is empty again and has the focus."""
    tab.goto(f"{address}/dispense")
    _scan(tab, "731204")
    expect(tab.locator("#scan")).to_have_value("")
    expect(tab.locator("#scan")).to_be_focused()
    assert tab.url == f"{address}/dispense"


def test_the_last_right_scan_moves_the_focus_to_confirm(tab: Page, address: str) -> None:
    """One Enter after the last scan, also when only a part of the page was swapped."""
    tab.goto(f"{address}/dispense")
    _scan(tab, "650331")
    expect(tab.locator("#confirm")).to_be_focused()
    assert tab.get_attribute("#confirm", "aria-disabled") is None


def test_an_answer_that_is_a_page_replaces_the_page(tab: Page, address: str) -> None:
    """A sign-in page never ends up inside a panel."""
    tab.goto(f"{address}/dispense")
    _scan(tab, "000000")
    expect(tab.locator("h1")).to_have_text("Sign in")
    assert tab.locator("main").count() == 1
    assert tab.locator("#work").count() == 0


def test_the_idle_warning_comes_two_minutes_before(tab: Page, address: str) -> None:
    """The warning counts down, and staying keeps what was typed."""
    tab.clock.install()
    tab.goto(f"{address}/forms")
    tab.fill("#f-weight", "82")
    tab.clock.fast_forward(12 * 60 * 1000)
    expect(tab.locator("#irt-idle")).to_be_hidden()
    tab.clock.fast_forward(65 * 1000)
    expect(tab.locator("#irt-idle")).to_be_visible()
    tab.click("#irt-idle button")
    tab.clock.run_for(2000)
    expect(tab.locator("#irt-idle")).to_be_hidden()
    assert tab.input_value("#f-weight") == "82"
