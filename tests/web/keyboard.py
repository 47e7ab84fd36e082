"""Hands on a keyboard and a scanner, in a real browser."""

from playwright.sync_api import Page, expect

from tests.cast import PASSWORD


def sign_in(tab: Page, address: str, username: str, landing: str) -> None:
    """Signs in by keyboard and comes to this page."""
    tab.goto(f"{address}/sign-in?next={landing}")
    expect(tab.get_by_label("User name")).to_be_focused()
    tab.keyboard.type(username)
    tab.keyboard.press("Tab")
    tab.keyboard.type(PASSWORD)
    tab.keyboard.press("Enter")
    expect(tab).to_have_url(f"{address}{landing}")


def scan(tab: Page, code: str) -> None:
    """What a scanner sends once the page has put the focus where it belongs."""
    expect(tab.locator(":focus")).to_have_count(1)
    tab.keyboard.type(code)
    tab.keyboard.press("Enter")
