"""The row of the header stays on one line: seldom words move behind "More", and none is lost."""

import re
from dataclasses import replace

import pytest

from irt.blinding.roles import Role
from tests.web.preview.pages import FRAMES
from tests.web.world import World
from web.navigation import NavigationItem

_ROW = 8


def _item(label: str, seldom: bool) -> NavigationItem:
    return NavigationItem(label, f"/{label}", seldom=seldom)


@pytest.mark.parametrize("count", range(12))
def test_seldom_words_move_only_when_the_row_is_full(count: int) -> None:
    """Up to eight words stand in the row; of more, the seldom ones go behind "More", in their order."""
    items = tuple(_item(f"word-{place}", place % 2 == 0) for place in range(count))
    frame = replace(FRAMES["worklist"], navigation=items)
    moved = () if count <= _ROW else items[::2]
    assert frame.more_navigation == moved
    assert frame.main_navigation == tuple(item for item in items if item not in moved)
    assert frame.phone_navigation == frame.main_navigation[:4]


def test_the_supply_managers_row_is_short_and_whole(world: World) -> None:
    """Eight words with "More"; each page of the menu stands in it once, and the one open now is named."""
    world.office.hire("somebody", (Role.SUPPLY_MANAGER, {"study_id": world.study_id}))
    browser = world.signed_in("somebody")
    row = re.search(r'<nav class="irt-nav".*?</nav>', browser.get("/history").text, re.DOTALL)
    sheet = re.search(r'<nav class="irt-menu-nav".*?</nav>', browser.text, re.DOTALL)
    assert row is not None
    assert sheet is not None
    main, more = row[0].split("<details", 1)
    assert main.count("<a ") + 1 <= _ROW
    assert "More: History" in more
    doors = re.findall(r'<a href="([^"]+)"', row[0])
    assert sorted(doors) == sorted(re.findall(r'<a href="([^"]+)"', sheet[0]))
