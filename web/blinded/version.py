"""One protocol version: what it changed, read whole by those who prepare it, and approved under a signature."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotFound, Refusal
from irt.reads.blinded_acceptance import tells_life
from irt.reads.blinded_drafts import VersionRecord, version_record
from irt.reads.blinded_impact import reads_whole_impact
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.blinded_versions import VersionLine, versions_of
from irt.services.approve_version import ApproveVersion, WithdrawVersion, approve_version, withdraw_version
from irt.services.foresee_amendment import foreseen
from irt.states.records import VersionStatus
from irt.states.table import words
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import may
from web.blinded.typed import reason_in, signing_in
from web.blinded.versions import door_of
from web.forms import Fields


@dataclass(frozen=True)
class VersionView(BlindedView):
    """One version; `record` and its signature panel for those who prepare it. Passwords are never given back.

    `tells_life`: the reader may see its acceptance; `tells_impact`: for whom something changes. `impact`: the hash
    of what a draft changes, which its approver signs with it.
    """

    study_id: int
    version: VersionLine
    unblinded: bool
    record: VersionRecord | None
    draft: bool
    oneself: bool
    tells_life: bool
    tells_impact: bool
    role: str
    code_needed: bool
    meaning: str
    command_key: str
    impact: str = ""
    refusal: str = ""


class VersionPage(Controller):
    """One version of one study."""

    path = "/versions/{study_id:int}/{number:int}"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get(sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[int]) -> Response[str]:
        """What it changed; for those who prepare it the specification, its digest and its signature panel."""
        return _page(desk, study_id, number)

    @post(sync_to_thread=True)
    def decide(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[int], data: Fields
    ) -> Response[Any]:
        """Signs the approval, or sets the draft aside with a reason."""
        key = data.get("command_key", "")
        try:
            if data.get("decision") == "withdraw":
                aside = WithdrawVersion(study_id=study_id, version=number, reason=reason_in(data))
                desk.press(withdraw_version, aside, key)
            elif data.get("decision") == "sign":
                seen = data.get("impact") or None
                signed = ApproveVersion(study_id=study_id, version=number, impact=seen, signing=signing_in(data))
                desk.press(approve_version, signed, key)
            else:
                raise BadInput("The decision is missing. Nothing was decided. Press a button of the page.")
        except Refusal as refusal:
            return _page(desk, study_id, number, refusal)
        return go(f"/versions/{study_id}/{number}")


def _page(desk: Desk, study_id: int, number: int, refusal: Refusal | None = None) -> Response[str]:
    actor = desk.who.actor
    loads = actor.grant_for(Permission.CONFIGURE_STUDY, study_id, None)
    grant = loads or actor.grant_for(Permission.APPROVE_STUDY, study_id, None)
    with desk.store.reading() as connection:
        versions = versions_of(connection, actor, study_id)
        version = next((one for one in versions if one.number == number), None)
        if version is None:
            raise NotFound(f"The study has no version {number} that you can read. Check the number.")
        record = version_record(connection, study_id, number) if grant else None
        code_needed = code_will_be_needed(connection, actor, study_id)
    draft = version.status == VersionStatus.DRAFT
    foretold = (
        foreseen(desk.store, actor, desk.now, study_id, number) if grant and draft and version.follows else None
    )
    view = VersionView(
        study_id=study_id,
        version=version,
        unblinded=actor.unblinded_in(study_id) and may(desk, Permission.VIEW_SUPPLY, study_id),
        record=record,
        draft=draft,
        impact=foretold.hash if foretold else "",
        oneself=loads is not None or (record is not None and record.line.loaded_by_id == actor.account_id),
        tells_life=tells_life(actor, study_id),
        tells_impact=reads_whole_impact(actor, study_id),
        role=words(grant.role) if grant else "",
        code_needed=code_needed,
        meaning=Meaning.APPROVE,
        command_key=desk.key(),
        refusal=refusal.sentence if refusal else "",
    )
    return desk.page(
        "versions/version.html",
        view,
        f"Version {number}",
        door_of(desk, study_id),
        study_id=study_id,
        status_code=refusal.status_code if refusal else 200,
    )
