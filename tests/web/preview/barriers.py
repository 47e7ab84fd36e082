"""What keeps somebody out of a page, as axe finds it."""

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
BETTER = (*WCAG, "best-practice")
"""WCAG 2.2 A and AA, and axe's best practices."""

# What is well is told by rule alone: to describe every element that passed takes longer than to examine it.
_RUN = """async tags => {
  const found = await axe.run({runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})
  return {violations: found.violations, passes: found.passes.map(rule => rule.id)} }"""


def barriers(tab: Page, tags: tuple[str, ...] = BETTER) -> AxeResults:
    """What breaks these rules on a page as it stands; AssertionError where axe had nothing to examine."""
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(AXE_SCRIPT)
    found = AxeResults(tab.evaluate(_RUN, list(tags)))
    assert found.response["passes"], f"{tab.url}: nothing was examined"
    return found
