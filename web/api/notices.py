"""Notices by e-mail over the API: previews for every kind of reader, and the word that lets them leave."""

from dataclasses import dataclass

from irt.blinding.roles import Permission
from irt.reads.blinded_notices import NoticeLine, notice_lines
from irt.services.notices import judge_notice
from web.api.operations import Caller, Now, Records, StudyId, command, question

_MAY = Permission.APPROVE_STUDY


@dataclass(frozen=True)
class NoticesPage:
    """Every notice that the study asks for."""

    items: tuple[NoticeLine, ...]


@question("/studies/{study_id:int}/notices", _MAY, "The notices of a study, previewed")
def list_notices(study_id: StudyId, caller: Caller, store: Records, now: Now) -> NoticesPage:
    """Each letter as its readers would get it, who they are, and whether it may leave."""
    caller.require(_MAY, study_id)
    with store.reading() as connection:
        return NoticesPage(notice_lines(connection, study_id, now))


OPERATIONS = (
    list_notices,
    command(
        "/notices/judge",
        judge_notice,
        _MAY,
        "Approve or withdraw the wording of a notice",
        {"study_id": 1, "kind": "delivery_expected", "wording": "9f" * 32, "granted": True},
    ),
)
