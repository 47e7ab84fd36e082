"""Every answer of the API says in a header which mode it is about: no program takes a rehearsal for a trial."""

import re
from collections.abc import Collection

from litestar.concurrency import sync_to_thread
from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope
from litestar.utils.scope.state import ScopeState

from irt.blinding.actor import Actor
from irt.reads.named import modes_of
from irt.states.records import Mode
from web.api.problems import PATH
from web.installation import Installation

HEADER = "irt-mode"
_STUDY = re.compile(rb'"study_id"\s*:\s*(\d{1,9})\b')


async def mark_mode(message: Message, scope: Scope) -> None:
    """Completes the head of an answer of the API, refusals included."""
    if message["type"] != "http.response.start" or not scope["path"].startswith(f"{PATH}/v1/"):
        return
    installation: Installation = scope["litestar_app"].state.installation
    studies = _studies(scope)
    if unknown := studies - set(installation.modes):
        installation.modes.update(await sync_to_thread(_read, installation, unknown))
    modes = {installation.modes[study] for study in studies if study in installation.modes}
    MutableScopeHeaders.from_message(message)[HEADER] = _told(modes or {installation.settings.mode})


def _studies(scope: Scope) -> set[int]:
    """The study that was asked about, where the caller has a part in it; else all in which they have one."""
    caller: Actor | None = scope.get("state", {}).get("caller")
    if caller is None:
        return set()
    addressed = scope.get("path_params", {}).get("study_id")
    named = _in_body(scope) if addressed is None else int(addressed)
    # The mode of another's study would say that there is one.
    if named is not None and caller.reaches(named, None):
        return {named}
    return {grant.study_id for grant in caller.grants if grant.study_id is not None}


def _in_body(scope: Scope) -> int | None:
    body = ScopeState.from_scope(scope).body
    found = _STUDY.search(body) if isinstance(body, bytes) else None
    return None if found is None else int(found[1])


def _read(installation: Installation, studies: Collection[int]) -> dict[int, Mode]:
    with installation.store.reading() as connection:
        return modes_of(connection, studies)


def _told(modes: Collection[Mode]) -> str:
    """Production wherever one study is real, as on the pages."""
    return Mode.PRODUCTION if Mode.PRODUCTION in modes else min(modes)
