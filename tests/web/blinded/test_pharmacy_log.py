"""The accountability log on its page, in the site's own columns, and as files that hold no formula."""

from io import BytesIO

from openpyxl import load_workbook

from tests.web.api.system import System
from tests.web.world import World

LOG = "/stock/log"


def test_a_site_chooses_its_columns(world: World) -> None:
    """Saved once, they are on the page, in CSV and in the workbook; other sites keep theirs."""
    browser = world.signed_in("pharmacist.0")
    assert f'href="{LOG}"' in browser.get("/stock").text
    assert "Every kit that was ever here" in browser.get(LOG).text
    action = f"{LOG}/columns"
    empty = {name: "" for name in browser.form(action).fields if name.startswith("place-")}
    assert "Give at least one column a place" in browser.press(action, **empty).text
    mine = {**empty, "place-lot": "1", "heading-lot": "=Batch", "place-kit": "2", "heading-kit": "Med. ID"}
    browser.press(action, **mine)
    assert "The columns are saved" in browser.text
    fields = browser.form(f"{LOG}/export").fields
    text = browser.send(f"{LOG}/export", {**fields, "form": "csv", "format": "csv"}).text
    assert text.lstrip("\ufeff").splitlines()[0] == "'=Batch,Med. ID"
    book = load_workbook(
        BytesIO(browser.send(f"{LOG}/export", {**fields, "form": "xlsx", "format": "xlsx"}).content)
    )
    first = next(book.active.iter_rows(values_only=True))
    assert first == ("=Batch", "Med. ID")
    assert book.active["A1"].data_type == "s"
    pdf = browser.send(f"{LOG}/export", {**fields, "form": "pdf"})
    assert pdf.content.startswith(b"%PDF-")
    assert "=Batch" not in world.signed_in("pharmacist.1").get(LOG).text
    system = System.of(world, "pharmacist.0")
    site = world.sites[0][0]
    shown = system.asks(f"/studies/{world.study_id}/sites/{site}/log").json()
    assert shown["headings"] == ["=Batch", "Med. ID"]
    assert len(shown["items"]) == len(text.splitlines()) - 1


def test_a_monitor_reads_and_chooses_nothing(world: World) -> None:
    """The list, and no form; another site's log is no log of mine."""
    browser = world.signed_in("monitor.0")
    assert "Save the columns" not in browser.get(LOG).text
    assert browser.get(f"{LOG}?site={world.sites[1][1]}").status_code == 404
