"""Somebody who watches a person's screen: each page is audited on desk and phone, and its complaints kept."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.cast import PASSWORD
from tests.web.preview.barriers import WCAG, barriers

Theme = Literal["light", "dark"]
TABS_MAX = 40
SCANNER_MS = 5
"""Between two keys of a scanner."""


@dataclass
class Person:
    """One person at one screen, with everything the browser complained of."""

    context: BrowserContext
    tab: Page
    address: str
    pictures: Path | None
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def at(cls, context: BrowserContext, address: str, pictures: Path | None) -> "Person":
        """A person in front of a fresh browser."""
        person = cls(context, context.new_page(), address, pictures)
        person.tab.on("console", person._hear)
        person.tab.on("pageerror", lambda fault: person.complaints.append(str(fault)))
        return person

    def _hear(self, message: Any) -> None:
        # A refusal is an answer like any other; the browser notes its status as an error of the network.
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            self.complaints.append(message.text)

    def open(self, path: str) -> None:
        """Goes to an address."""
        self.tab.goto(f"{self.address}{path}")

    def sign_in(self, username: str, password: str = PASSWORD) -> None:
        """From the first page, by keyboard."""
        self.open("/sign-in")
        expect(self.tab.get_by_label("User name")).to_be_focused()
        self.tab.keyboard.type(username)
        self.tab.keyboard.press("Tab")
        expect(self.tab.get_by_label("Password")).to_be_focused()
        self.tab.keyboard.type(password)
        with self.tab.expect_navigation():
            self.tab.keyboard.press("Enter")

    def tab_to(self, wanted: Locator) -> None:
        """Presses Tab until the focus is there."""
        for _ in range(TABS_MAX):
            if wanted.evaluate("one => one === document.activeElement"):
                return
            self.tab.keyboard.press("Tab")
        pytest.fail(f"{wanted} is not reached by {TABS_MAX} tabs")

    def scan(self, code: str) -> None:
        """A scanner's burst of keys, wherever the focus is."""
        self.tab.evaluate(
            """async ([code, gap]) => { for (const key of [...code, 'Enter']) {
                 const field = document.activeElement;
                 const press = new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true});
                 const went = field.dispatchEvent(press);
                 if (went && key === 'Enter') { if (field.form) field.form.requestSubmit(); }
                 else if (went && 'value' in field) field.value += key;
                 await new Promise(next => setTimeout(next, gap)); } }""",
            [code, SCANNER_MS],
        )

    def look(self, name: str) -> None:
        """Audits the page as it stands: on a desk in light, on a phone in dark; for pictures in all four guises."""
        faults = [fault for width, theme in self._guises() for fault in self._faults(name, width, theme)]
        self._dress(1280, "light")
        if faults or self.complaints:
            pytest.fail("\n".join([*faults, *self.complaints]))

    def _guises(self) -> list[tuple[int, Theme]]:
        every: list[tuple[int, Theme]] = [(1280, "light"), (390, "dark"), (1280, "dark"), (390, "light")]
        return every[:2] if self.pictures is None else every

    def _dress(self, width: int, theme: Theme) -> None:
        self.tab.set_viewport_size({"width": width, "height": 900})
        # Colours change at once: an audit in the middle of a change would see neither the one nor the other.
        self.tab.emulate_media(color_scheme=theme, reduced_motion="reduce")

    def _faults(self, name: str, width: int, theme: Theme) -> list[str]:
        self._dress(width, theme)
        guise = f"{name}-{width}-{theme}"
        if self.pictures is not None:
            self.tab.screenshot(path=self.pictures / f"{guise}.png", full_page=True)
        found = barriers(self.tab, WCAG)
        # The audit leaves empty style attributes behind, which the next swap would copy against the policy.
        self.tab.evaluate("document.querySelectorAll('[style=\"\"]').forEach(one => one.removeAttribute('style'))")
        sideways = self.tab.evaluate("document.documentElement.scrollWidth - innerWidth")
        return [
            *(f"{guise}: {_told(violation)}" for violation in found.response["violations"]),
            *([f"{guise} scrolls sideways by {sideways} px"] if sideways > 0 else []),
        ]


def _told(violation: dict[str, Any]) -> str:
    return f"{violation['id']}: {[node['html'][:200] for node in violation['nodes']]}"
