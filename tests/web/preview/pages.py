"""The invented pages: who looks at them and which template draws them."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from irt.blinding.views import BlindedView, UnblindedView
from irt.states.records import Mode
from web import charts
from web.frame import Frame, NavigationItem
from web.render import TEMPLATES, fragment_in, page_in, template_environment

NOW = datetime(2026, 6, 16, 7, 46, tzinfo=UTC)
_environment = template_environment(Path(__file__).parent / "templates", TEMPLATES / "shared")


def _weeks(count: int) -> list[date]:
    return [date(2026, 6, 16) + timedelta(weeks=week) for week in range(count)]


_environment.globals.update(charts=charts, date=date, weeks=_weeks)


def _navigation(current: str) -> tuple[NavigationItem, ...]:
    words = {
        "Worklist": "worklist",
        "Subjects": "subjects",
        "Stock": "stock",
        "Shipments": "shipment",
        "Returns": "returns",
        "History": "history",
    }
    return tuple(
        NavigationItem(word, f"/{icon}", 10 if word == "Worklist" else None, word == current, icon)
        for word, icon in words.items()
    )


def _frame(title: str, current: str) -> Frame:
    return Frame(
        environment=Mode.PRODUCTION,
        title=title,
        zone="Europe/Copenhagen",
        now=NOW,
        release="1.0.0",
        help_phone="+45 00 00 00 00",
        csrf_token="invented",
        study="LARKSPUR-3",
        site="Site 1014 · Harbour University Hospital",
        user="Site pharmacist",
        role="Site 1014 · blinded",
        navigation=_navigation(current),
    )


_SUPPLY = tuple(
    NavigationItem(word, f"/{word.lower()}", 11 if word == "Exceptions" else None, word == "Overview", icon)
    for word, icon in {
        "Overview": "chart",
        "Exceptions": "exceptions",
        "Shipments": "shipment",
        "Stock": "stock",
        "Plans": "plan",
        "Lots": "relabel",
        "Network": "network",
        "Reports": "document",
    }.items()
)

FRAMES: dict[str, Frame] = {
    "worklist": _frame("Worklist", "Worklist"),
    "dispense": _frame("Dispense 1014-0037", "Worklist"),
    "dispense-ready": _frame("Dispense 1014-0037", "Worklist"),
    "subject": _frame("Subject 1014-0037", "Subjects"),
    "forms": replace(_frame("Randomize 1014-0037", "Subjects"), environment=Mode.TEST),
    "signin": replace(_frame("Sign in", ""), user="", study="", site="", navigation=(), environment=Mode.TRAINING),
    "supply": replace(
        _frame("Supply overview", ""),
        user="Supply manager A",
        role="unblinded supply",
        site="All sites",
        zone="UTC",
        navigation=_SUPPLY,
    ),
}


@dataclass(frozen=True)
class InventedView(BlindedView):
    """The preview's templates carry their own data."""

    ready: bool = False


@dataclass(frozen=True)
class InventedSecretView(UnblindedView):
    """The same, for the unblinded preview."""


def page(name: str, theme: str = "light") -> str:
    """One preview page as a browser gets it."""
    frame = replace(FRAMES[name], theme=theme, path=f"/{name}")
    view = InventedSecretView() if name == "supply" else InventedView(ready=name == "dispense-ready")
    template = "dispense" if name == "dispense-ready" else name
    return page_in(_environment, f"{template}.html", view, frame)


def scan_answer(code: str) -> str:
    """What the dispensing page answers to a scan: a fragment, or a whole page when the session has ended."""
    if code == "000000":
        return page("signin")
    view = InventedView(ready=code == "650331")
    return fragment_in(_environment, "dispense.html", "work", view, FRAMES["dispense"])
