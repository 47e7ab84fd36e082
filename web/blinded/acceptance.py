"""Acceptance of a version: its scripts, runs that are kept with what was answered, each script signed by itself."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from pydantic import ValidationError

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotFound, Refusal
from irt.reads.blinded_acceptance import (
    VIEW,
    Acceptance,
    AcceptanceRun,
    AcceptanceScript,
    acceptance_of,
)
from irt.reads.blinded_people import place_in
from irt.reads.blinded_signing import code_will_be_needed
from irt.services.log_reading import LogReading, log_reading
from irt.services.uat import KeepUat, SignUat, keep_uat, sign_uat
from irt.states.records import Mode
from irt.states.table import words
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import may
from web.blinded.typed import signing_in
from web.blinded.versions import door_of
from web.downloads import table_answer, table_in
from web.forms import Fields, Uploads, text_in, words_in

HEADS = ("run", "script", "step", "do", "expected", "answered", "result", "signed", "by", "at", "evidence")
RESULTS = {True: "as expected", False: "otherwise", None: "by hand"}


@dataclass(frozen=True)
class AcceptanceView(BlindedView):
    """A version's scripts as the run that is looked at left them, and every run."""

    found: Acceptance
    run: AcceptanceRun | None
    scripts: tuple[AcceptanceScript, ...]
    may_keep: bool
    command_key: str
    refusal: str = ""


@dataclass(frozen=True)
class ScriptView(BlindedView):
    """One script of a run; `role`: in which the reader signs it, empty where they only read."""

    found: Acceptance
    run: AcceptanceRun
    script: AcceptanceScript
    role: str
    code_needed: bool
    command_key: str
    meaning: str = Meaning.APPROVE
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""


class AcceptancePages(Controller):
    """Acceptance of one version of one study."""

    path = "/versions/{study_id:int}/{number:int}/acceptance"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[int],
        run: FromQuery[int | None] = None,
    ) -> Response[str]:
        """Every script with its state in the newest run, or in the one that is asked for."""
        return _page(desk, study_id, number, run)

    @post("/", sync_to_thread=True)
    def keep(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[int], data: Uploads
    ) -> Response[Any]:
        """Keeps a run: what a program answered, from its file; else every step waits for a hand."""
        typed = words_in(data)
        try:
            kept = desk.press(keep_uat, _kept(study_id, number, data, typed), typed.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, number, None, refusal)
        return go(f"/versions/{study_id}/{number}/acceptance?run={kept.run}")

    @post("/export", status_code=200, sync_to_thread=True)
    def export(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[int], data: Fields
    ) -> Response[Any]:
        """Every step of every run as a file."""
        found = _found(desk, study_id, number)
        rows = [row for run in reversed(found.runs) for row in _rows(run)]
        said = f"acceptance of version {number}"
        desk.press(
            log_reading, LogReading(study_id=study_id, what=said, permission=VIEW, rows=len(rows)), desk.key()
        )
        with desk.store.reading() as connection:
            place = place_in(connection, desk.who.actor, study_id, None)
        name, mode = ("", Mode.PRODUCTION) if place is None else (f"-{place.protocol}", place.mode)
        return table_answer(f"acceptance{name}-{number}", mode, desk.now, HEADS, rows, table_in(data))

    @get("/{run:int}/{script:str}", sync_to_thread=True)
    def show_script(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[int],
        run: FromPath[int],
        script: FromPath[str],
    ) -> Response[str]:
        """One script, step by step, and the signature under it."""
        return _script_page(desk, _found(desk, study_id, number), run, script)

    @post("/{run:int}/{script:str}", sync_to_thread=True)
    def sign(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[int],
        run: FromPath[int],
        script: FromPath[str],
        data: Fields,
    ) -> Response[Any]:
        """Signs it as passed or failed, with what was seen."""
        try:
            ask = SignUat(
                study_id=study_id,
                run=run,
                script=script[:20],
                passed=_passed(data),
                evidence=_evidence(data),
                signing=signing_in(data),
            )
            desk.press(sign_uat, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _script_page(desk, _found(desk, study_id, number), run, script, data, refusal)
        return go(f"/versions/{study_id}/{number}/acceptance/{run}/{script}")


def _kept(study_id: int, number: int, data: Mapping[str, Any], typed: Mapping[str, str]) -> KeepUat:
    facts: dict[str, Any] = {"scripts": [], "scripts_hash": typed.get("scripts_hash", "")}
    try:
        if text := text_in(data, "answers"):
            told = json.loads(text)
            facts = {"scripts": told["scripts"], "scripts_hash": told["scripts_hash"]}
        return KeepUat.model_validate({"study_id": study_id, "version": number, **facts})
    except (ValidationError, ValueError, KeyError, TypeError):
        raise BadInput(
            "The file is not the answers.json that irt study uat wrote. Nothing was kept. Choose that file."
        ) from None


def _passed(data: Mapping[str, str]) -> bool:
    if data.get("result") not in ("passed", "failed"):
        raise BadInput("Say whether it passed. Nothing was signed.")
    return data["result"] == "passed"


def _evidence(data: Mapping[str, str]) -> str:
    said = data.get("evidence", "").strip()
    if not said or len(said) > 4000:
        raise BadInput("Say what you saw, in at most 4000 characters. Nothing was signed.")
    return said


def _rows(run: AcceptanceRun) -> Iterator[tuple[object, ...]]:
    for one in run.scripts:
        signed = one.signed
        under = ("passed" if signed.passed else "failed", signed.person, signed.at) if signed else ("", "", "")
        for step in one.steps:
            said = (step.number, step.do, step.expected, step.answer, RESULTS[step.passed])
            yield (run.number, one.code, *said, *under, signed.evidence if signed else "")


def _found(desk: Desk, study_id: int, number: int) -> Acceptance:
    with desk.store.reading() as connection:
        return acceptance_of(connection, desk.who.actor, study_id, number)


def _page(desk: Desk, study_id: int, number: int, run: int | None, refusal: Refusal | None = None) -> Response[str]:
    found = _found(desk, study_id, number)
    newest = found.runs[0] if found.runs else None
    shown = newest if run is None else found.run(run)
    view = AcceptanceView(
        found=found,
        run=shown,
        scripts=shown.scripts if shown else found.blank,
        may_keep=found.open_for_runs and may(desk, Permission.CONFIGURE_STUDY, study_id),
        command_key=desk.key(),
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    title = f"Acceptance of version {number}"
    door = door_of(desk, study_id)
    return desk.page("versions/acceptance.html", view, title, door, study_id=study_id, status_code=status)


def _script_page(
    desk: Desk,
    found: Acceptance,
    run: int,
    code: str,
    typed: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
) -> Response[str]:
    shown = found.run(run)
    script = next((one for one in shown.scripts if one.code == code), None)
    if script is None:
        raise NotFound(f"Run {run} has no script of that name. Check it.")
    actor, study_id = desk.who.actor, found.study_id
    with desk.store.reading() as connection:
        code_needed = code_will_be_needed(connection, actor, study_id)
    grant = None if script.signed else actor.grant_for(Permission.APPROVE_STUDY, study_id, None)
    view = ScriptView(
        found=found,
        run=shown,
        script=script,
        role=words(grant.role) if grant else "",
        code_needed=code_needed,
        command_key=desk.key(),
        typed={name: value for name, value in (typed or {}).items() if name not in ("password", "code")},
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    door = door_of(desk, study_id)
    title = f"{script.code} of run {run}"
    return desk.page("versions/acceptance_script.html", view, title, door, study_id=study_id, status_code=status)
