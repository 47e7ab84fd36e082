"""Destruction: kits that both have verified, the destroyer's certificate as it is, and quality's signature."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_destruction import DestructionPage, KitToDestroy, destruction_page, paper_of
from irt.reads.blinded_register import names_controlled
from irt.reads.blinded_signing import code_will_be_needed
from irt.services.destroy_kits import PAPER_MAX_BYTES, DestroyKits, destroy_kits
from irt.states.table import words
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import study_of
from web.blinded.typed import day_in, signing_in, whole_in, witness_in
from web.downloads import file_answer, file_name
from web.forms import Uploads, words_in
from web.frame import mode_of

_TYPED = ("certificate", "destroyer", "on_day")


@dataclass(frozen=True)
class DestructionView(BlindedView):
    """What may be destroyed, and what was."""

    page: DestructionPage
    said: str = ""


@dataclass(frozen=True)
class CertificateView(BlindedView):
    """The kits chosen, with the form for the certificate; passwords and files are never given back."""

    study_id: int
    kits: tuple[KitToDestroy, ...]
    role: str
    code_needed: bool
    command_key: str
    today: str
    meaning: str = Meaning.DECIDE_QUALITY
    typed: dict[str, str] = field(default_factory=dict)
    refusal: str = ""
    needs_witness: bool = False

    @property
    def numbers(self) -> str:
        """The kit numbers as the form carries them."""
        return " ".join(kit.number for kit in self.kits)


class DestructionPages(Controller):
    """The end of kits, for people who decide on quality."""

    path = "/quality/destruction"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], done: FromQuery[str] = "") -> Response[Any]:
        """Verified kits by place, and the certificates."""
        study_id = study_of(desk, Permission.DECIDE_QUALITY)
        if study_id is None:
            return go("/switch")
        desk.who.actor.require(Permission.DECIDE_QUALITY, study_id)
        with desk.store.reading() as connection:
            page = destruction_page(connection, study_id)
        view = DestructionView(page, "The destruction is booked" if done == "true" else "")
        return desk.page("quality/destruction.html", view, "Destruction", "Quality", study_id=study_id)

    @get("/book", sync_to_thread=True)
    def ask(self, desk: NamedDependency[Desk], study: FromQuery[int | None] = None) -> Response[Any]:
        """The kits ticked, and the form for the certificate."""
        if study is None:
            return go("/quality/destruction")
        return _page(desk, study, {"kits": " ".join(desk.request.query_params.getall("kit", []))})

    @post("/book", sync_to_thread=True)
    def book(self, desk: NamedDependency[Desk], data: Uploads) -> Response[Any]:
        """Keeps the certificate to the byte and signs; the password is checked in this very request."""
        typed = words_in(data)
        study_id = whole_in(typed.get("study", ""), "the study")
        try:
            ask = _asked(desk, study_id, typed, data.get("paper"))
            desk.press(destroy_kits, ask, typed.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, typed, refusal)
        return go("/quality/destruction?done=true")

    @get("/{study_id:int}/papers/{certificate_id:int}", sync_to_thread=True)
    def paper(self, desk: NamedDependency[Desk], study_id: int, certificate_id: int) -> Response[bytes]:
        """A certificate as it was handed in, to take away; no browser opens it as a page."""
        desk.who.actor.require(Permission.DECIDE_QUALITY, study_id)
        with desk.store.reading() as connection:
            name, content = paper_of(connection, study_id, certificate_id)
        kept = PurePath(name)
        mode = mode_of(desk.who, desk.who.place, desk.request.app.state.installation.settings.mode)
        suffix = "".join(letter for letter in kept.suffix[1:6] if letter.isascii() and letter.isalnum()) or "bin"
        return file_answer(content, file_name(kept.stem, mode, desk.now, suffix), "application/octet-stream")


def _asked(desk: Desk, study_id: int, typed: Mapping[str, str], file: object) -> DestroyKits:
    numbers = typed.get("kits", "").split()
    certificate, destroyer = typed.get("certificate", "").strip(), typed.get("destroyer", "").strip()
    if not numbers or not certificate or not destroyer or len(certificate) > 64 or len(destroyer) > 200:
        raise BadInput("Name the kits, the certificate's number and who destroyed them. Nothing was booked.")
    paper = file.file.read(PAPER_MAX_BYTES + 1) if isinstance(file, UploadFile) else b""
    if not isinstance(file, UploadFile) or not paper:
        raise BadInput("The certificate's file is missing. Nothing was booked. Choose it again.")
    if len(paper) > PAPER_MAX_BYTES:
        raise BadInput(f"The file is larger than {PAPER_MAX_BYTES:,} bytes. Nothing was booked.")
    return DestroyKits(
        study_id=study_id,
        certificate=certificate,
        destroyer=destroyer,
        on_day=day_in(typed.get("on_day", ""), desk.now.date()),
        file_name=(file.filename or "certificate")[-200:],
        paper=paper,
        kits=numbers,
        signing=signing_in(typed),
        witness=witness_in(typed),
    )


def _page(desk: Desk, study_id: int, data: Mapping[str, str], refusal: Refusal | None = None) -> Response[Any]:
    grant = desk.who.actor.require(Permission.DECIDE_QUALITY, study_id)
    numbers = set(data.get("kits", "").split())
    with desk.store.reading() as connection:
        waiting = destruction_page(connection, study_id).kits
        needs_witness = names_controlled(connection, study_id, numbers)
        code_needed = code_will_be_needed(connection, desk.who.actor, study_id)
    view = CertificateView(
        study_id=study_id,
        kits=tuple(kit for kit in waiting if kit.number in numbers),
        role=words(grant.role),
        code_needed=code_needed,
        command_key=desk.key(),
        today=desk.now.date().isoformat(),
        typed={name: data.get(name, "") for name in _TYPED},
        refusal=refusal.sentence if refusal else "",
        needs_witness=needs_witness,
    )
    status = refusal.status_code if refusal else 200
    return desk.page(
        "quality/certificate.html", view, "Destruction", "Quality", study_id=study_id, status_code=status
    )
