"""The seals of a pack, printed by the safety desk in two halves that are sealed and kept apart."""

from dataclasses import dataclass
from typing import Any, Literal

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotAllowed, Refusal
from irt.reads.blinded_outage import PackView, pack_named
from irt.reads.blinded_signing import code_will_be_needed
from irt.services.opening_words import OpeningWordsTold, TellOpeningWords, tell_opening_words
from irt.states.table import words
from web.blinded.desk import Desk
from web.blinded.typed import signing_in
from web.blinded.unblinding import mode_of_study
from web.downloads import file_answer, mark_of, prefix_of
from web.forms import Fields
from web.pdf import Masthead, Sheets
from web.unblinded.open_desk import open_desk_of

HALVES = (
    ("pages", "The pages: every treatment with a word"),
    ("slips", "The slips: the word that opens each page"),
)


@dataclass(frozen=True)
class SealsView(BlindedView):
    """What is to be printed, and the panel that signs it; nothing of what is under the seals."""

    pack: PackView
    role: str
    code_needed: bool
    command_key: str
    halves: tuple[tuple[str, str], ...] = HALVES
    meaning: str = Meaning.TELL_OPENING_WORDS
    refusal: str = ""


class OutageSealPages(Controller):
    """Printing the seals of one pack."""

    path = "/outage/{study_id:int}/{number:str}/seals"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: int, number: str) -> Response[Any]:
        """Which half, and the signature panel."""
        return _page(desk, study_id, number)

    @post("/", status_code=200, sync_to_thread=True)
    def take(self, desk: NamedDependency[Desk], study_id: int, number: str, data: Fields) -> Response[Any]:
        """One half as a paper, told once for a signature."""
        try:
            ask = TellOpeningWords(
                study_id=study_id, number=number, half=_half(data.get("half", "")), signing=signing_in(data)
            )
            told = desk.press(tell_opening_words, ask, data.get("command_key", ""))
            if not told.pages and not told.slips and told.seals:
                raise BadInput("This was printed by an earlier press. Nothing is told twice. Sign once more.")
        except Refusal as refusal:
            return _page(desk, study_id, number, refusal)
        mode = mode_of_study(desk, study_id)
        name = f"{prefix_of(mode)}seals-{told.pack}-{told.half}.pdf"
        return file_answer(_paper(desk, told, mark_of(mode)), name, "application/pdf")


def _half(typed: str) -> Literal["pages", "slips"]:
    if typed == "pages":
        return "pages"
    if typed == "slips":
        return "slips"
    raise BadInput("Choose the pages or the slips. Nothing was told.")


def _page(desk: Desk, study_id: int, number: str, refusal: Refusal | None = None) -> Response[Any]:
    actor = desk.who.actor
    grant = actor.require(Permission.BREAK_CODE, study_id)
    if grant.site_id is not None:
        raise NotAllowed("Seals are printed by the safety desk, not at a site. Call it.")
    with desk.store.reading() as connection:
        pack = pack_named(connection, actor, study_id, number)
        needed = code_will_be_needed(connection, actor, study_id)
    view = SealsView(
        pack=pack,
        role=words(grant.role),
        code_needed=needed,
        command_key=desk.key(),
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    return desk.page(
        "outage/seals.html", view, f"Seals of {number}", "Outage", study_id=study_id, status_code=status
    )


def _paper(desk: Desk, told: OpeningWordsTold, mark: str) -> bytes:
    """A sheet for each seal, so that each goes into an envelope of its own."""
    title = f"Pack {told.pack}, site {told.site}: {told.half}"
    sheets = Sheets(Masthead(title, "Fold, seal, number the envelope", desk.who.printed_name, desk.now, mark))
    _practice(sheets, told)
    for place, page in enumerate(told.pages, start=1):
        _next_sheet(sheets, place, f"Seal {page.number}, subject {page.subject}")
        sheets.sentence("Find the word that stands on the slip of this number. Beside it stands the treatment.")
        sheets.rows(("Word", "Treatment"), page.lines, (1, 3))
    for place, slip in enumerate(told.slips, start=1):
        _next_sheet(sheets, place, f"Seal {slip.number}, subject {slip.subject}")
        sheets.sentence("The word that opens the page of this number:")
        sheets.heading(slip.word)
    return sheets.paper()


def _practice(sheets: Sheets, told: OpeningWordsTold) -> None:
    """The first sheet of each half: no subject's, to practise with."""
    if told.practice is None:
        return
    sheets.heading("Practice seal 0: of no subject")
    if told.half == "pages":
        sheets.sentence("Find the word that stands on practice slip 0. Type what stands beside it.")
        sheets.rows(("Word", "To type"), told.practice.lines, (1, 3))
        return
    sheets.sentence("The word that opens practice page 0:")
    sheets.heading(told.practice.word)


def _next_sheet(sheets: Sheets, place: int, words: str) -> None:
    if place:
        sheets.add_page()
    sheets.heading(words)
