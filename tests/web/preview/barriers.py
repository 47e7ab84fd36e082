"""What keeps somebody out of a page, as axe finds it."""

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
ALL = 1_000_000
"""Of everything, as long proofs do."""
BETTER = (*WCAG, "best-practice")
"""WCAG 2.2 A and AA, and axe's best practices."""

# What is well is told by rule alone: to describe every element that passed takes longer than to examine it.
# Contrast takes longer than all other rules together, and follows from how an element and all around it look: of
# elements that look alike a few are measured, and none again whose look was measured before.
_RUN = """async ([tags, again, few]) => {
  const style = element => { const worn = getComputedStyle(element);
    return [worn.color, worn.backgroundColor, worn.backgroundImage, worn.opacity, worn.fontSize, worn.fontWeight,
            worn.textShadow, worn.position, element.checkVisibility()].join() };
  const says = element => element.matches('input, select, textarea') ||
    [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const measured = again && window.looksMeasured || new Set(), looks = new Map(), alike = new Map();
  for (const element of document.querySelectorAll('body, body *')) {
    const look = `${looks.get(element.parentElement) ?? ''}|${style(element)}`;
    looks.set(element, look);
    if (says(element) && !measured.has(look)) alike.set(look, [...(alike.get(look) ?? []), element].slice(0, few));
  }
  window.looksMeasured = new Set([...measured, ...alike.keys()]);
  const resultTypes = ['violations'], contrast = 'color-contrast', include = [...alike.values()].flat();
  const others = {type: 'tag', values: tags}, alone = {type: 'rule', values: [contrast]};
  const runs = [await axe.run({runOnly: others, resultTypes, rules: {[contrast]: {enabled: false}}})];
  if (include.length) runs.push(await axe.run({include}, {runOnly: alone, resultTypes}));
  return {violations: runs.flatMap(found => found.violations),
          passes: runs.flatMap(found => found.passes.map(rule => rule.id))} }"""


def barriers(tab: Page, tags: tuple[str, ...] = BETTER, *, again: bool = False, alike: int = 2) -> AxeResults:
    """What breaks these rules on a page as it stands; AssertionError where axe had nothing to examine.

    `again`, as at another width: contrast is measured only of what looks otherwise than all that was measured.
    `alike`: of how many elements that look alike.
    """
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(AXE_SCRIPT)
    found = AxeResults(tab.evaluate(_RUN, [list(tags), again, alike]))
    assert found.response["passes"], f"{tab.url}: nothing was examined"
    return found
