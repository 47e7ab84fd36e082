"""Takes pictures of the invented pages: `python -m tests.web.preview.pictures FOLDER [PAGE ...]`."""

import sys
from pathlib import Path

from tests.web.preview import pages
from tests.web.preview.browser import browser
from tests.web.preview.server import preview_server

WIDTHS = (1280, 834, 390)


def take(folder: Path, names: list[str]) -> None:
    """One picture a page, width and theme; touch below 1000 px."""
    with preview_server() as address, browser() as running:
        for width in WIDTHS:
            context = running.new_context(viewport={"width": width, "height": 900}, has_touch=width < 1000)
            tab = context.new_page()
            for name in names:
                for theme in ("light", "dark"):
                    tab.goto(f"{address}/{name}?theme={theme}", wait_until="networkidle")
                    tab.screenshot(path=folder / f"{name}-{width}-{theme}.png", full_page=True)
            context.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]), sys.argv[2:] or list(pages.FRAMES))
