"""The configurator's page: studies with their versions, and a study file checked and loaded as a draft."""

from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotAllowed, Refusal
from irt.reads.blinded_drafts import VersionLine, versions_reached
from irt.services.amend_study import AmendStudy, amend_study
from irt.services.load_study import LoadStudy, load_study
from irt.states.records import Mode
from irt.study.check import check, open_study
from irt.study.problems import Problem
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import day_in, whole_in
from web.forms import Fields

SIZES = (("full", "full"), ("small", "small"))


@dataclass(frozen=True)
class ConfigurationView(BlindedView):
    """Versions of the reader's studies, and the study file as typed with what the check found."""

    versions: tuple[VersionLine, ...]
    may_load: bool
    studies: tuple[tuple[str, str], ...]
    modes: tuple[tuple[str, str], ...]
    sizes: tuple[tuple[str, str], ...]
    today: str
    command_key: str
    checked: bool = False
    problems: tuple[Problem, ...] = ()
    refusal: str = ""
    typed: dict[str, str] = field(default_factory=dict)

    @property
    def errors(self) -> int:
        """Problems that keep the file from being loaded."""
        return sum(problem.severity == "error" for problem in self.problems)


class ConfigurationPages(Controller):
    """Study files."""

    path = "/configuration"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[str]:
        """The versions there are, and an empty form."""
        return _page(desk)

    @post("/", sync_to_thread=True, status_code=200)
    def check_or_load(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Says every problem of the file, or loads it as a draft: of a new study, or of one that is there."""
        _require_configurator(desk.who.actor)
        text = data.get("text", "")
        if not text.strip():
            return _page(
                desk, 400, refusal="The study file is empty. Nothing was checked. Paste the file.", typed=data
            )
        report = check(text)
        if data.get("step") not in ("load", "amend") or report.errors:
            return _page(desk, checked=True, problems=report.problems, typed=data)
        key = data.get("command_key", "")
        try:
            if data["step"] == "amend":
                amended = desk.press(amend_study, _amendment(text, data), key)
                return go(f"/versions/{amended.study_id}/{amended.version}")
            loaded = desk.press(load_study, _asked(desk, text, data), key)
        except Refusal as refusal:
            return _page(desk, refusal.status_code, refusal=refusal.sentence, typed=data)
        return go(f"/versions/{loaded.study_id}/{loaded.version}")


def _require_configurator(actor: Actor) -> None:
    """NotAllowed for everybody who configures no study."""
    grants = (g for g in actor.grants if g.covers(Permission.CONFIGURE_STUDY, g.study_id, None))
    if not any(True for _ in grants):
        raise NotAllowed("Your role cannot do this. Ask the study coordinator.")


def _asked(desk: Desk, text: str, data: dict[str, str]) -> LoadStudy:
    size, mode = data.get("size", ""), data.get("mode", "")
    if size not in dict(SIZES) or mode not in list(Mode):
        raise BadInput("The size or the mode is missing. Nothing was loaded. Choose both.")
    return LoadStudy(
        definition=open_study(text).model_dump(mode="json"),
        size=size,
        mode=Mode(mode),
        effective_from=day_in(data.get("from", ""), desk.now.date()),
    )


def _studies(actor: Actor, versions: tuple[VersionLine, ...]) -> tuple[tuple[str, str], ...]:
    """The studies that the person may amend, by number and name."""
    mine = (one for one in versions if actor.grant_for(Permission.CONFIGURE_STUDY, one.study_id, None))
    return tuple({str(one.study_id): f"{one.protocol} ({one.mode})" for one in mine}.items())


def _amendment(text: str, data: dict[str, str]) -> AmendStudy:
    definition = open_study(text).model_dump(mode="json")
    if not data.get("study"):
        raise BadInput("The study is missing. Nothing was loaded. Choose the one to amend.")
    return AmendStudy(study_id=whole_in(data["study"], "the study"), definition=definition)


def _page(desk: Desk, status_code: int = 200, **shown: Any) -> Response[str]:
    actor = desk.who.actor
    _require_configurator(actor)
    with desk.store.reading() as connection:
        versions = versions_reached(connection, actor)
    view = ConfigurationView(
        versions=versions,
        may_load=actor.grant_for(Permission.CONFIGURE_STUDY, None, None) is not None,
        studies=_studies(actor, versions),
        modes=tuple((str(mode), str(mode)) for mode in Mode),
        sizes=SIZES,
        today=desk.now.date().isoformat(),
        command_key=desk.key(),
        **shown,
    )
    return desk.page("configuration/configuration.html", view, "Study files", "Studies", status_code=status_code)
