"""Activation: what each site and country needs, what is missing; approvals recorded, confirmed, withdrawn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from pydantic import ValidationError

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotFound, Refusal
from irt.reads.blinded_activation import ActivationBoard, CountryActivation, SiteActivation, activation_board
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.blinded_versions import versions_of
from irt.reads.site_approvals import ApprovalRecord
from irt.services.site_approvals import (
    ConfirmSiteApproval,
    RecordSiteApproval,
    WithdrawSiteApproval,
    confirm_site_approval,
    record_site_approval,
    withdraw_site_approval,
)
from irt.states.records import SiteStatus, VersionStatus
from irt.states.table import words
from irt.study.activation import TWO_PERSONS, ApprovalOf, ApprovalState, state_on, words_of
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import may, study_of
from web.blinded.typed import day_in, hash_in, reason_in, signing_in, whole_in
from web.forms import Fields

NAVIGATION = "Dashboard"
SITES_SHOWN = 50
SHOWS = (
    ("all", "All"),
    ("missing", "Something missing"),
    ("ready", "Ready to open"),
    ("ending", "Ends soon"),
    ("later", "A later version waits"),
)
WORDS = {kind: words_of(kind) for kind in ApprovalOf}
_MAY, _VIEW = Permission.RECORD_SITE_APPROVAL, Permission.VIEW_STUDY_LIFE


@dataclass(frozen=True)
class ActivationView(BlindedView):
    """A page of the sites, and every approval, newest first."""

    study_id: int
    asked: bool
    funnel: tuple[tuple[str, int], ...]
    sites: tuple[SiteActivation, ...]
    records: tuple[ApprovalRecord, ...]
    found: int
    page: int
    last_page: int
    search: str
    show: str
    may_record: bool
    whole: bool
    shows: tuple[tuple[str, str], ...] = SHOWS
    words: Mapping[ApprovalOf, str] = field(default_factory=lambda: WORDS)
    two_persons: frozenset[ApprovalOf] = TWO_PERSONS


@dataclass(frozen=True)
class CountriesView(BlindedView):
    """Countries with what the study asks of them; `kinds` heads the columns."""

    countries: tuple[CountryActivation, ...]
    kinds: tuple[str, ...]
    whole: bool


@dataclass(frozen=True)
class RecordView(BlindedView):
    """The form for one approval."""

    study_id: int
    kinds: tuple[tuple[str, str], ...]
    countries: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str], ...]
    command_key: str
    typed: Mapping[str, str]
    refusal: str = ""


@dataclass(frozen=True)
class ApprovalView(BlindedView):
    """One approval before its second person."""

    study_id: int
    one: ApprovalRecord
    words: str
    waits: bool
    own: bool
    role: str
    code_needed: bool
    command_key: str
    typed: Mapping[str, str]
    refusal: str = ""


class ActivationPages(Controller):
    """Approvals of one study."""

    path = "/activation"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self,
        desk: NamedDependency[Desk],
        page: FromQuery[int] = 1,
        search: FromQuery[str] = "",
        show: FromQuery[str] = "all",
    ) -> Response[Any]:
        """The board of sites."""
        study_id = study_of(desk, _VIEW)
        if study_id is None:
            return go("/switch")
        view = _view(_board(desk, study_id), page, search.strip(), show, may(desk, _MAY, study_id))
        return desk.page("life/activation.html", view, "Activation", NAVIGATION, study_id=study_id)

    @get("/countries", sync_to_thread=True)
    def show_countries(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """The regulatory page: each country with its approvals and licences."""
        study_id = study_of(desk, _VIEW)
        if study_id is None:
            return go("/switch")
        board = _board(desk, study_id)
        kinds = tuple(words_of(kind) for kind in board.asked.country) if board.asked else ()
        view = CountriesView(board.countries, kinds, board.whole)
        return desk.page("life/countries.html", view, "Approvals by country", NAVIGATION, study_id=study_id)

    @get("/{study_id:int}/record", sync_to_thread=True)
    def new(self, desk: NamedDependency[Desk], study_id: FromPath[int]) -> Response[str]:
        """An empty form."""
        return _form(desk, study_id, {})

    @post("/{study_id:int}/record", sync_to_thread=True)
    def record(self, desk: NamedDependency[Desk], study_id: FromPath[int], data: Fields) -> Response[Any]:
        """Records it."""
        try:
            desk.press(record_site_approval, _asked(desk, study_id, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _form(desk, study_id, data, refusal)
        return go("/activation")

    @get("/{study_id:int}/{number:int}", sync_to_thread=True)
    def show_one(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[int]
    ) -> Response[str]:
        """One approval, with the panel that confirms it."""
        return _one(desk, study_id, number, {})

    @post("/{study_id:int}/{number:int}", sync_to_thread=True)
    def decide(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[int], data: Fields
    ) -> Response[Any]:
        """Confirms it under a signature, or withdraws it with a reason."""
        key = data.get("command_key", "")
        try:
            if data.get("decision") == "withdraw":
                aside = WithdrawSiteApproval(study_id=study_id, number=number, reason=reason_in(data))
                desk.press(withdraw_site_approval, aside, key)
            else:
                confirmed = ConfirmSiteApproval(
                    study_id=study_id,
                    number=number,
                    document_hash=hash_in(data, "document_hash"),
                    signing=signing_in(data),
                )
                desk.press(confirm_site_approval, confirmed, key)
        except Refusal as refusal:
            return _one(desk, study_id, number, data, refusal)
        return go(f"/activation/{study_id}/{number}")


def _board(desk: Desk, study_id: int) -> ActivationBoard:
    with desk.store.reading() as connection:
        return activation_board(connection, desk.who.actor, study_id, desk.now)


def _view(board: ActivationBoard, page: int, search: str, show: str, may_record: bool) -> ActivationView:
    wanted = search.casefold()
    found = [
        one
        for one in board.sites
        if wanted in f"{one.site} {one.name} {one.country}".casefold() and _is_shown(one, show)
    ]
    last_page = max((len(found) + SITES_SHOWN - 1) // SITES_SHOWN, 1)
    page = min(max(page, 1), last_page)
    return ActivationView(
        study_id=board.study_id,
        asked=board.asked is not None,
        funnel=board.funnel,
        sites=tuple(found[(page - 1) * SITES_SHOWN : page * SITES_SHOWN]),
        records=tuple(reversed(board.records)),
        found=len(found),
        page=page,
        last_page=last_page,
        search=search,
        show=show if show in dict(SHOWS) else "all",
        may_record=may_record,
        whole=board.whole,
    )


def _is_shown(one: SiteActivation, show: str) -> bool:
    if show == "missing":
        return bool(one.missing)
    if show == "later":
        return bool(one.goes_on_to)
    if show == "ready":
        return one.ready and one.status == SiteStatus.PLANNED
    return bool(one.ending) if show == "ending" else True


def _asked(desk: Desk, study_id: int, data: Mapping[str, str]) -> RecordSiteApproval:
    if data.get("kind") not in list(ApprovalOf):
        raise BadInput("Say what was granted or made ready. Nothing was recorded.")
    until = data.get("valid_until", "")
    facts = {
        "study_id": study_id,
        "kind": data["kind"],
        "site": data.get("site", "").strip() or None,
        "country": data.get("country", "") or None,
        "granted_on": day_in(data.get("granted_on", ""), desk.now.date()),
        "valid_until": day_in(until, date.max) if until else None,
        "version": whole_in(data["version"], "the version") if data.get("version") else None,
        "reference": data.get("reference", "").strip(),
        "document_hash": hash_in(data, "document_hash"),
    }
    try:
        return RecordSiteApproval.model_validate(facts)
    except ValidationError:
        raise BadInput("Name the document in at most 200 characters. Nothing was recorded.") from None


def _form(desk: Desk, study_id: int, typed: Mapping[str, str], refusal: Refusal | None = None) -> Response[str]:
    desk.who.actor.require(_MAY, study_id)
    board = _board(desk, study_id)
    with desk.store.reading() as connection:
        lines = versions_of(connection, desk.who.actor, study_id)
    later = [one.number for one in lines if one.follows and one.status != VersionStatus.RETIRED]
    versions = tuple((str(number), f"Version {number}") for number in later)
    view = RecordView(
        study_id=study_id,
        kinds=tuple((str(kind), said) for kind, said in WORDS.items()),
        countries=tuple((one.code, one.name) for one in board.countries),
        versions=versions,
        command_key=desk.key(),
        typed=dict(typed),
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    return desk.page(
        "life/record_approval.html", view, "Record an approval", NAVIGATION, study_id=study_id, status_code=status
    )


def _one(
    desk: Desk, study_id: int, number: int, typed: Mapping[str, str], refusal: Refusal | None = None
) -> Response[str]:
    grant = desk.who.actor.require(_MAY, study_id)
    board = _board(desk, study_id)
    one = next((each for each in board.records if each.facts.number == number), None)
    if one is None:
        raise NotFound(f"The study has no approval {number}. Check the number.")
    with desk.store.reading() as connection:
        code_needed = code_will_be_needed(connection, desk.who.actor, study_id)
    view = ApprovalView(
        study_id=study_id,
        one=one,
        words=WORDS[one.facts.kind].capitalize(),
        waits=state_on(one.facts, one.facts.granted_on, 0) == ApprovalState.UNCONFIRMED,
        own=one.recorded_by_id == desk.who.actor.account_id,
        role=words(grant.role),
        code_needed=code_needed,
        command_key=desk.key(),
        typed={name: value for name, value in typed.items() if name not in ("password", "code")},
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    return desk.page(
        "life/approval.html", view, f"Approval {number}", NAVIGATION, study_id=study_id, status_code=status
    )
