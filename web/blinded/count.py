"""A physical count: scan everything on the shelf, then explain what differs from the record."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import Refusal
from irt.reads.blinded_count import Compared, as_scanned, compare, last_count
from irt.reads.blinded_sites import WorkSite, not_found
from irt.services.count_stock import CountStock, count_stock
from irt.supply.barcode import kit_number_in
from web.blinded.desk import Desk, desk_of, go
from web.forms import Fields
from web.my_sites import SITES_AT_ONCE, sites_of

_SCAN, _COMPARE = "stock/count.html", "stock/compare.html"
REASON = "reason-"
"""The field of the reason for one number; `reason-all` is for every number that has none of its own."""


@dataclass(frozen=True)
class SiteChoice(BlindedView):
    """The sites a person may count at."""

    sites: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True)
class CountView(BlindedView):
    """A count under way: what was scanned, latest first; what is expected stays hidden."""

    site_id: int
    study: str
    site: str
    scanned: tuple[str, ...]
    command_key: str
    last_counted: datetime | None
    accepted: bool = True
    title: str = ""
    sentence: str = ""

    @property
    def draft(self) -> str:
        """The numbers as they travel with the form."""
        return ",".join(self.scanned)


@dataclass(frozen=True)
class CompareView(BlindedView):
    """The three lists; each difference takes a reason or another scan."""

    site_id: int
    study: str
    site: str
    scanned: tuple[str, ...]
    lists: Compared
    command_key: str
    reasons: dict[str, str] = field(default_factory=dict)
    title: str = ""
    sentence: str = ""
    refusal: str = ""

    @property
    def draft(self) -> str:
        """The numbers as they travel with the form."""
        return ",".join(self.scanned)


@dataclass(frozen=True)
class SheetView(BlindedView):
    """The count sheet on paper: empty lines alone, for what is expected is not told here."""

    study: str
    site: str
    day: date
    lines: int = 30


@dataclass(frozen=True)
class CountedView(BlindedView):
    """What was booked."""

    study: str
    site: str
    matched: int
    differences: int


class CountPages(Controller):
    """Counting the stock of one site."""

    path = "/stock/count"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], site: FromQuery[int | None] = None) -> Response[Any]:
        """An empty count; where the person works at several sites, the choice of one."""
        sites = _sites(desk)
        if site is None and len(sites) > 1:
            choice = SiteChoice(tuple((one.site_id, one.study, f"{one.site} · {one.name}") for one in sites))
            return desk.page("stock/count_where.html", choice, "Count", "Stock")
        here = sites[0] if site is None else _one(sites, site)
        return _page(desk, here, _count_view(desk, here, ()))

    @get("/sheet", sync_to_thread=True)
    def sheet(self, desk: NamedDependency[Desk], site: FromQuery[int]) -> Response[str]:
        """The sheet to print."""
        here = _one(_sites(desk), site)
        view = SheetView(here.study, here.site, here.today(desk.now))
        return desk.page(
            "stock/count_sheet.html", view, "Count sheet", "Stock", study_id=here.study_id, site_id=here.site_id
        )

    @post("/scan", status_code=200, sync_to_thread=True)
    def scan(self, desk: NamedDependency[Desk], data: Fields) -> Response[str]:
        """One scan; anything that is a number is taken, for what is expected is not told here."""
        here, scanned = _here(desk, data), _numbers(data, "scanned")
        if (taken_out := data.get("out", "")) in scanned:
            scanned = tuple(number for number in scanned if number != taken_out)
            view = replace(_count_view(desk, here, scanned), title=f"{taken_out} is taken out of the count")
            return _page(desk, here, view)
        number = kit_number_in(data.get("code", ""))
        if number is None:
            words = ("This is not a kit number", "Scan the code on the kit, or type its digits.")
            view = replace(_count_view(desk, here, scanned), accepted=False, title=words[0], sentence=words[1])
            return _page(desk, here, view)
        said = f"{number} was counted before" if number in scanned else f"{number} is counted"
        return _page(desk, here, replace(_count_view(desk, here, as_scanned((*scanned, number))), title=said))

    @post("/compare", status_code=200, sync_to_thread=True)
    def compare(self, desk: NamedDependency[Desk], data: Fields) -> Response[str]:
        """Ends the scanning and shows the three lists; a further scan or removal is compared anew."""
        here, scanned = _here(desk, data), _numbers(data, "scanned")
        number, taken_out = kit_number_in(data.get("code", "")), data.get("out", "")
        again = as_scanned((*scanned, number or ""))
        again = tuple(one for one in again if one != taken_out)
        title = f"{number} is counted" if number else ""
        if data.get("code", "").strip() and number is None:
            title = "This is not a kit number"
        view = replace(_compare_view(desk, here, again, data), title=title)
        return _page(desk, here, view, _COMPARE)

    @post("/", sync_to_thread=True)
    def confirm(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Books the count with the reason of each difference."""
        here, scanned = _here(desk, data), _numbers(data, "scanned")
        reasons = _reasons(data)
        ask = CountStock(study_id=here.study_id, site=here.site, scanned=list(scanned), reasons=reasons)
        try:
            counted = desk.press(count_stock, ask, data.get("command_key", ""))
        except Refusal as refusal:
            view = replace(_compare_view(desk, here, scanned, data), refusal=refusal.sentence)
            return _page(desk, here, view, _COMPARE, status_code=refusal.status_code)
        return go(
            f"/stock/count/done?site={here.site_id}&matched={counted.matched}"
            f"&differences={len(counted.differences)}"
        )

    @get("/done", sync_to_thread=True)
    def done(
        self,
        desk: NamedDependency[Desk],
        site: FromQuery[int],
        matched: FromQuery[int],
        differences: FromQuery[int],
    ) -> Response[str]:
        """What was booked, and the way on."""
        here = _one(_sites(desk), site)
        view = CountedView(here.study, here.site, matched, differences)
        return _page(desk, here, view, "stock/counted.html", "Counted")


def _sites(desk: Desk) -> tuple[WorkSite, ...]:
    with desk.store.reading() as connection:
        return sites_of(connection, desk.who, Permission.COUNT_STOCK)[:SITES_AT_ONCE]


def _one(sites: tuple[WorkSite, ...], site_id: int) -> WorkSite:
    found = next((site for site in sites if site.site_id == site_id), None)
    if found is None:
        raise not_found("site of yours")
    return found


def _here(desk: Desk, data: dict[str, str]) -> WorkSite:
    typed = data.get("site", "")
    return _one(_sites(desk), int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0)


def _numbers(data: dict[str, str], name: str) -> tuple[str, ...]:
    return as_scanned(data.get(name, "").split(","))


def _typed(data: dict[str, str]) -> dict[str, str]:
    return {
        name.removeprefix(REASON): reason.strip()
        for name, reason in data.items()
        if name.startswith(REASON) and reason.strip()
    }


def _reasons(data: dict[str, str]) -> dict[str, str]:
    """By number: its own reason, or the one for all that differed when the page was made."""
    typed = _typed(data)
    for_all = typed.pop("all", "")
    differing = _numbers(data, "differing") if for_all else ()
    return {**dict.fromkeys(differing, for_all), **typed}


def _count_view(desk: Desk, site: WorkSite, scanned: tuple[str, ...]) -> CountView:
    with desk.store.reading() as connection:
        last = last_count(connection, site)
    return CountView(site.site_id, site.study, site.site, scanned, desk.key(), last)


def _compare_view(desk: Desk, site: WorkSite, scanned: tuple[str, ...], data: dict[str, str]) -> CompareView:
    with desk.store.reading() as connection:
        lists = compare(connection, site, scanned, desk.now)
    return CompareView(site.site_id, site.study, site.site, scanned, lists, desk.key(), _typed(data))


def _page(
    desk: Desk,
    site: WorkSite,
    view: BlindedView,
    template: str = _SCAN,
    title: str = "Count",
    status_code: int = 200,
) -> Response[str]:
    if desk.wants_part:
        return desk.part(template, "work", view, status_code)
    return desk.page(
        template, view, title, "Stock", study_id=site.study_id, site_id=site.site_id, status_code=status_code
    )
