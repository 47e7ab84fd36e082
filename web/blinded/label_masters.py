"""Label masters: every version and where it stands, the form that writes the next one, the proof, the signature."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotFound, Refusal
from irt.labels.label import svg_label
from irt.labels.particulars import Packaging
from irt.labels.proof import proof_of
from irt.labels.sheet import sheet_of
from irt.labels.text import PLACEHOLDERS
from irt.reads.blinded_label_masters import (
    AskedParticular,
    MasterVersion,
    asked_particulars,
    label_master,
    label_masters,
)
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.blinded_sites import study_at
from irt.reads.blinded_supply import approved_version
from irt.services.label_masters import (
    DecideLabelMaster,
    ProofLabelMaster,
    WriteLabelMaster,
    decide_label_master,
    proof_label_master,
    write_label_master,
)
from irt.states.label_master import LabelMasterStatus
from irt.states.table import words
from irt.study.blinded import BlindedStudy
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import may, study_of
from web.blinded.typed import signing_in
from web.downloads import MEDIA_TYPES
from web.forms import Fields

NAVIGATION = "Labels"
PACKAGINGS = (("outer", "Outer packaging"), ("immediate", "Immediate packaging"))
MEANINGS = (("approve", "I approve"), ("reject", "I reject"))
_SAID = {
    "write": ("The text is saved", "It is a draft until its proof is drawn."),
    "proof": ("The proof is drawn", "Another person looks at it and signs."),
    "approve": ("The label is approved", "Kits of this country get it from now on."),
    "reject": ("The proof is rejected", "The next version starts as a draft."),
}


@dataclass(frozen=True)
class MastersView(BlindedView):
    """The masters of a study."""

    study_id: int
    masters: tuple[MasterVersion, ...]
    may_write: bool


@dataclass(frozen=True)
class FormView(BlindedView):
    """Where the label is for, and once that is chosen its text, particular by particular."""

    study_id: int
    countries: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, str], ...]
    typed: Mapping[str, str]
    command_key: str
    particulars: tuple[AskedParticular, ...] = ()
    refusal: str = ""
    packagings: tuple[tuple[str, str], ...] = PACKAGINGS
    placeholders: tuple[str, ...] = PLACEHOLDERS


@dataclass(frozen=True)
class MasterView(BlindedView):
    """One master: its newest version first, and what this person may do with it; passwords are never given back."""

    study_id: int
    versions: tuple[MasterVersion, ...]
    particulars: tuple[AskedParticular, ...]
    may_write: bool
    may_decide: bool
    own: bool
    role: str
    code_needed: bool
    command_key: str
    said: tuple[str, str] = ("", "")
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    meanings: tuple[tuple[str, str], ...] = MEANINGS

    @property
    def newest(self) -> MasterVersion:
        """The version that is worked on."""
        return self.versions[0]


class LabelMasterPages(Controller):
    """The labels of one study, for who writes and who approves them."""

    path = "/labels"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """Every master by country and language."""
        study_id = study_of(desk, Permission.WRITE_LABELS, Permission.APPROVE_LABELS)
        if study_id is None:
            return go("/switch")
        _require_reader(desk, study_id)
        with desk.store.reading() as connection:
            masters = label_masters(connection, study_id)
        view = MastersView(study_id, masters, may(desk, Permission.WRITE_LABELS, study_id))
        return desk.page("labels/masters.html", view, "Labels", NAVIGATION, study_id=study_id)

    @get("/{study_id:int}/write", sync_to_thread=True)
    def form(
        self,
        desk: NamedDependency[Desk],
        study_id: int,
        country: FromQuery[str] = "",
        language: FromQuery[str] = "",
        group: FromQuery[str] = "",
        packaging: FromQuery[str] = "outer",
    ) -> Response[Any]:
        """Where it is for; then the text, filled in with the version before where there is one."""
        where = {"country": country, "language": language, "group": group, "packaging": packaging}
        return _form(desk, study_id, where)

    @post("/{study_id:int}/write", sync_to_thread=True)
    def write(self, desk: NamedDependency[Desk], study_id: int, data: Fields) -> Response[Any]:
        """Saves the next version."""
        try:
            written = desk.press(write_label_master, _written(study_id, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _form(desk, study_id, data, refusal)
        return go(f"/labels/{study_id}/{written.number}?done=write")

    @get("/{study_id:int}/{number:str}", sync_to_thread=True)
    def one(
        self, desk: NamedDependency[Desk], study_id: int, number: str, done: FromQuery[str] = ""
    ) -> Response[Any]:
        """One master with all its versions."""
        return _page(desk, study_id, number, said=_SAID.get(done, ("", "")))

    @get("/{study_id:int}/{number:str}/{version:int}/proof/{paper:str}", sync_to_thread=True)
    def proof(
        self, desk: NamedDependency[Desk], study_id: int, number: str, version: int, paper: str
    ) -> Response[bytes]:
        """The label of a kit that does not exist, as svg or pdf."""
        _require_reader(desk, study_id)
        with desk.store.reading() as connection:
            versions = label_master(connection, study_id, number)
            study = study_at(connection, study_id, approved_version(connection, study_id))
        found = next((one for one in versions if one.version == version), None)
        if found is None or paper not in ("svg", "pdf"):
            raise NotFound("There is no such proof. Go back to the label.")
        label = proof_of(found.text, study, found.blinding_group)
        content = svg_label(label) if paper == "svg" else sheet_of([label], f"Proof {found.name}", desk.now)
        return Response(content, media_type=MEDIA_TYPES[paper], headers={"cache-control": "no-store"})

    @post("/{study_id:int}/{number:str}/{version:int}/proof", sync_to_thread=True)
    def draw(
        self, desk: NamedDependency[Desk], study_id: int, number: str, version: int, data: Fields
    ) -> Response[Any]:
        """Draws the proof; from then on the version waits for its signature."""
        ask = ProofLabelMaster(study_id=study_id, number=number, version=version)
        return _done(desk, study_id, number, data, lambda key: desk.press(proof_label_master, ask, key), "proof")

    @post("/{study_id:int}/{number:str}/{version:int}/decide", sync_to_thread=True)
    def decide(
        self, desk: NamedDependency[Desk], study_id: int, number: str, version: int, data: Fields
    ) -> Response[Any]:
        """Signs the text with its proof, or rejects it; the password is checked in this very request."""
        meaning = data.get("meaning", "")

        def press(key: str) -> Any:
            if meaning not in dict(MEANINGS):
                raise BadInput("Say whether you approve the label or reject it. Nothing was signed.")
            ask = DecideLabelMaster(
                study_id=study_id,
                number=number,
                version=version,
                granted=meaning == "approve",
                reason=data.get("reason", "").strip() or None,
                signing=signing_in(data),
            )
            return desk.press(decide_label_master, ask, key)

        return _done(desk, study_id, number, data, press, meaning)


def _done(
    desk: Desk,
    study_id: int,
    number: str,
    data: Mapping[str, str],
    press: Callable[[str], Any],
    done: str,
) -> Response[Any]:
    try:
        press(data.get("command_key", ""))
    except Refusal as refusal:
        return _page(desk, study_id, number, refusal=refusal, typed=data)
    return go(f"/labels/{study_id}/{number}?done={done}")


def _require_reader(desk: Desk, study_id: int) -> None:
    if not may(desk, Permission.WRITE_LABELS, study_id):
        desk.who.actor.require(Permission.APPROVE_LABELS, study_id)


def _page(
    desk: Desk,
    study_id: int,
    number: str,
    *,
    said: tuple[str, str] = ("", ""),
    refusal: Refusal | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response[Any]:
    _require_reader(desk, study_id)
    actor = desk.who.actor
    grant = actor.grant_for(Permission.APPROVE_LABELS, study_id, None)
    with desk.store.reading() as connection:
        versions = label_master(connection, study_id, number)
        code_needed = code_will_be_needed(connection, actor, study_id)
    newest = versions[0]
    view = MasterView(
        study_id=study_id,
        versions=versions,
        particulars=asked_particulars(newest.country, newest.packaging),
        may_write=may(desk, Permission.WRITE_LABELS, study_id),
        may_decide=grant is not None and newest.status == LabelMasterStatus.PROOF,
        own=newest.made_by(actor.account_id),
        role=words(grant.role) if grant else "",
        code_needed=code_needed,
        command_key=desk.key(),
        said=said,
        typed={name: (typed or {}).get(name, "") for name in ("meaning", "reason")},
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    title = f"Label {newest.name}"
    return desk.page("labels/master.html", view, title, NAVIGATION, study_id=study_id, status_code=status)


def _form(desk: Desk, study_id: int, typed: Mapping[str, str], refusal: Refusal | None = None) -> Response[Any]:
    desk.who.actor.require(Permission.WRITE_LABELS, study_id)
    with desk.store.reading() as connection:
        study = study_at(connection, study_id, approved_version(connection, study_id))
        before = label_masters(connection, study_id)
    chosen = _is_chosen(typed, study)
    view = FormView(
        study_id=study_id,
        countries=tuple((one.code, one.name) for one in study.countries),
        groups=tuple((one.code, one.name) for one in study.blinding_groups),
        typed={**(_known(before, typed) if chosen and refusal is None else {}), **typed},
        command_key=desk.key(),
        particulars=asked_particulars(typed["country"], Packaging(typed["packaging"])) if chosen else (),
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    return desk.page("labels/write.html", view, "Write a label", NAVIGATION, study_id=study_id, status_code=status)


def _is_chosen(typed: Mapping[str, str], study: BlindedStudy) -> bool:
    known = (
        typed.get("country") in {one.code for one in study.countries},
        typed.get("group") in {one.code for one in study.blinding_groups},
        typed.get("packaging") in {code for code, _ in PACKAGINGS},
    )
    return all(known) and bool(typed.get("language", ""))


def _known(before: tuple[MasterVersion, ...], typed: Mapping[str, str]) -> dict[str, str]:
    """The text of the newest version for the same place, as the form's fields."""
    where = (typed["country"], typed["language"], typed["group"], typed["packaging"])
    for one in before:
        if (one.country, one.language, one.blinding_group, one.packaging) == where:
            said = {f"text-{code}": text for code, text in one.particulars.items()}
            return {**said, **{f"omit-{code}": why for code, why in one.omitted.items()}}
    return {}


def _written(study_id: int, data: Mapping[str, str]) -> WriteLabelMaster:
    packaging = data.get("packaging", "")
    if packaging not in {code for code, _ in PACKAGINGS}:
        raise BadInput("Say whether it is the outer or the immediate packaging. Nothing was saved.")
    texts, omitted = (
        {name.removeprefix(start): said for name, said in data.items() if name.startswith(start) and said.strip()}
        for start in ("text-", "omit-")
    )
    return WriteLabelMaster(
        study_id=study_id,
        country=data.get("country", ""),
        language=data.get("language", "").strip().lower(),
        blinding_group=data.get("group", ""),
        packaging=Packaging(packaging),
        particulars=texts,
        omitted=omitted,
    )
