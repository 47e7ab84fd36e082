"""What keeps somebody out of a page, as axe finds it."""

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
BETTER = (*WCAG, "best-practice")
"""WCAG 2.2 A and AA, and axe's best practices."""

# What is well is told by rule alone: to describe every element that passed takes longer than to examine it.
# Contrast takes longer than all other rules together. It is kept how each element looked when it was measured.
_RUN = """async ([tags, again]) => {
  const style = element => { const worn = getComputedStyle(element);
    return [worn.color, worn.backgroundColor, worn.backgroundImage, worn.opacity, worn.fontSize, worn.fontWeight,
            worn.textShadow, element.checkVisibility()].join() };
  const looks = new Map();
  for (const element of document.querySelectorAll('body, body *'))
    looks.set(element, `${looks.get(element.parentElement) ?? ''}|${style(element)}`);
  const before = again && window.looksMeasured || new Map();
  const changed = [...looks.keys()].filter(element => before.get(element) !== looks.get(element));
  window.looksMeasured = looks;
  const resultTypes = ['violations'], contrast = 'color-contrast';
  const rules = {[contrast]: {enabled: !before.size}};
  const runs = [await axe.run({runOnly: {type: 'tag', values: tags}, resultTypes, rules})];
  if (before.size && changed.length)
    runs.push(await axe.run({include: changed}, {runOnly: {type: 'rule', values: [contrast]}, resultTypes}));
  return {violations: runs.flatMap(found => found.violations),
          passes: runs.flatMap(found => found.passes.map(rule => rule.id))} }"""


def barriers(tab: Page, tags: tuple[str, ...] = BETTER, *, again: bool = False) -> AxeResults:
    """What breaks these rules on a page as it stands; AssertionError where axe had nothing to examine.

    `again`, as at another width: contrast is measured only where something looks otherwise than it did last.
    """
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(AXE_SCRIPT)
    found = AxeResults(tab.evaluate(_RUN, [list(tags), again]))
    assert found.response["passes"], f"{tab.url}: nothing was examined"
    return found
