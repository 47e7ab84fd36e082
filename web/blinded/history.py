"""The history of a study, a site or one record: what was done, by whom, when and why."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Controller, MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from irt.blinding.eyes import blinded_eyes
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_history import (
    EXPORTED_MAX,
    History,
    HistoryEntry,
    HistoryFilters,
    exported_history,
    history,
)
from irt.reads.blinded_people import Place, place_in
from irt.services.note_export import NoteExport, note_export
from irt.services.start_jobs import StartVerification, start_verification
from irt.services.store import Store
from web.downloads import file_name, table_answer, table_in
from web.formats import stamp
from web.forms import Fields
from web.frame import frame_for
from web.press import new_key, press
from web.render import blinded_page
from web.session import Who

_HEADS = ("Entry", "Time", "Time (UTC)", "Person", "What", "Record", "Changes", "Reason", "Release", "Hash")
_WORDS = ("person", "record", "kind", "act", "at")
_DAYS = ("from", "to")


@dataclass(frozen=True)
class HistoryView(BlindedView):
    """A page of the history with the filters as typed."""

    history: History
    typed: dict[str, str]
    filtered: bool
    first: int
    previous_href: str
    next_href: str
    command_key: str
    message: str = ""
    records_href: str = ""


class TooManyToExport(Refusal):
    """An export is one file that opens in a spreadsheet."""


class HistoryPages(Controller):
    """The history page and its export."""

    path = "/history"

    @get("/", sync_to_thread=True)
    def show(
        self, request: Request[Any, Any, Any], store: NamedDependency[Store], who: NamedDependency[Who]
    ) -> Response[Any]:
        """One page of entries, newest first."""
        asked = {name: value.strip() for name, value in request.query_params.items()}
        place = _place(store, who, asked)
        if place is None:
            return Redirect("/switch", status_code=303)
        typed = {name: asked.get(name, "") for name in (*_WORDS, *_DAYS)}
        filters, message = _filters(place, asked)
        with store.seen_with(blinded_eyes(who.actor)).reading() as connection:
            found = history(connection, who.actor, filters)
        view = _view(found, typed, _stays(asked), new_key(store), message)
        view = replace(view, records_href=f"/studies/{place.study_id}/records")
        frame = frame_for(who, request, "History", "History", place=place)
        return Response(blinded_page("history/history.html", view, frame), media_type=MediaType.HTML)

    @post("/verify", sync_to_thread=True)
    def verify(
        self,
        store: NamedDependency[Store],
        now: NamedDependency[datetime],
        who: NamedDependency[Who],
        data: Fields,
    ) -> Response[Any]:
        """Starts a verification of the study's whole history; its job tells how it goes."""
        place = _place(store, who, data)
        if place is None:
            return Redirect("/switch", status_code=303)
        ask = StartVerification(study_id=place.study_id)
        started = press(store, who, now, start_verification, ask, data.get("command_key", ""))
        return Redirect(f"/jobs/{started.job_id}", status_code=303)

    @post("/export", status_code=200, sync_to_thread=True)
    def export(
        self,
        store: NamedDependency[Store],
        now: NamedDependency[datetime],
        who: NamedDependency[Who],
        data: Fields,
    ) -> Response[Any]:
        """Exactly the filtered rows, as a file; that it was taken becomes part of the history."""
        place = _place(store, who, data)
        if place is None:
            return Redirect("/switch", status_code=303)
        filters, message = _filters(place, data)
        if message:
            raise BadInput(message)
        suffix = table_in(data)
        with store.seen_with(blinded_eyes(who.actor)).reading() as connection:
            entries = exported_history(connection, who.actor, filters)
        if len(entries) > EXPORTED_MAX:
            raise TooManyToExport("More than 50,000 entries match. Nothing was exported. Narrow the filters.")
        name = "-".join(["history", place.protocol, *([f"site-{place.site_number}"] if place.site_number else [])])
        chosen = {word: data[word] for word in (*_WORDS, *_DAYS) if data.get(word)}
        ask = NoteExport(
            study_id=place.study_id,
            site_id=place.site_id,
            file_name=file_name(name, place.mode, now, suffix),
            rows=len(entries),
            filters=chosen,
        )
        press(store, who, now, note_export, ask, data.get("command_key", ""))
        return table_answer(name, place.mode, now, _HEADS, map(_row, entries), suffix)


def _place(store: Store, who: Who, asked: dict[str, str]) -> Place | None:
    """The place the address names, else the one chosen; an address may be sent to a colleague."""
    study_id, site_id = _number(asked.get("study")), _number(asked.get("site"))
    if study_id is None:
        return who.place
    with store.seen_with(blinded_eyes(who.actor)).reading() as connection:
        found = place_in(connection, who.actor, study_id, site_id)
    if found is not None or site_id is not None:
        return found
    # A link to a record names its study alone; site people read it at the site they chose, else at their first.
    theirs = [who.place, *who.places]
    return next((place for place in theirs if place is not None and place.study_id == study_id), None)


def _number(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def _filters(place: Place, asked: dict[str, str]) -> tuple[HistoryFilters, str]:
    """The filters, and what could not be read of them."""
    filters = HistoryFilters(
        study_id=place.study_id,
        site_id=place.site_id,
        zone=place.zone,
        person=asked.get("person", ""),
        record=asked.get("record", ""),
        kind=asked.get("kind", ""),
        act=asked.get("act", ""),
        site=asked.get("at", ""),
        before=_number(asked.get("before")),
        after=_number(asked.get("after")),
    )
    try:
        return replace(filters, from_day=_day(asked.get("from")), to_day=_day(asked.get("to"))), ""
    except ValueError:
        return filters, "A day could not be read, so no day is filtered. Write it as 2026-06-16."


def _day(typed: str | None) -> date | None:
    return date.fromisoformat(typed) if typed else None


def _stays(asked: dict[str, str]) -> dict[str, str]:
    """What every link of the page keeps: the place and the filters, not the position."""
    return {name: asked[name] for name in ("study", "site", *_WORDS, *_DAYS) if asked.get(name)}


def _view(
    found: History, typed: dict[str, str], stays: dict[str, str], command_key: str, message: str
) -> HistoryView:
    return HistoryView(
        history=found,
        typed={"study": "", "site": "", **stays, **typed},
        filtered=any(typed.values()),
        first=found.newer + 1,
        previous_href=_href(stays, after=found.previous_after),
        next_href=_href(stays, before=found.next_before),
        command_key=command_key,
        message=message,
    )


def _href(stays: dict[str, str], **position: int | None) -> str:
    given = {name: str(value) for name, value in position.items() if value is not None}
    return f"/history?{urlencode({**stays, **given})}" if given else ""


def _row(entry: HistoryEntry) -> tuple[object, ...]:
    changes = "; ".join(f"{change.name}: {change.old} → {change.new}" for change in entry.changes)
    return (
        entry.sequence,
        stamp(entry.at, entry.zone, seconds=True),
        f"{entry.at:%Y-%m-%dT%H:%M:%SZ}",
        entry.person,
        entry.sentence,
        entry.record,
        changes,
        entry.reason,
        entry.release,
        entry.short_hash,
    )
