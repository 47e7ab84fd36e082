"""The bar of the checklist: where a study file asks for it, the first site in production waits for named lines."""

from sqlalchemy import bindparam, select

from irt.errors import Refusal
from irt.reads.gates import overrides_of
from irt.reads.go_live import go_live_facts
from irt.services.studies import definition_of
from irt.services.work import Work
from irt.states.records import Mode
from irt.study.checklist import Line, checklist_of
from irt.tables.columns import table_of
from irt.tables.study import SiteVersion, Study


class ChecklistOpen(Refusal):
    """Lines of the checklist that the study file names are open, and nobody overrode them."""

    def __init__(self, version: int, lines: tuple[Line, ...]) -> None:
        named = " ".join(f"{line.asks}: {'; '.join(line.open[:_TOLD])}." for line in lines)
        super().__init__(
            f"Version {version} may not go live yet. Nothing was activated. {named} "
            "Subjects under treatment, dispensing and shipments go on as they are."
        )


_TOLD = 3
_STUDIES, _OPENED = table_of(Study), table_of(SiteVersion)
_MODE = select(_STUDIES.c.mode).where(_STUDIES.c.id == bindparam("study_id"))
_IN_FORCE_SOMEWHERE = (
    select(_OPENED.c.id)
    .where(_OPENED.c.study_id == bindparam("study_id"), _OPENED.c.version_number == bindparam("version"))
    .limit(1)
)


def require_checklist(work: Work, study_id: int, version: int, site: str) -> None:
    """ChecklistOpen, naming each line, before the first site of a version; other sites' matters do not count."""
    rules = definition_of(work, study_id, version).activation
    if rules is None or not rules.checklist:
        return
    if work.one("study", _MODE, study_id=study_id)["mode"] != Mode.PRODUCTION:
        return
    if work.row(_IN_FORCE_SOMEWHERE, study_id=study_id, version=version) is not None:
        return
    today = work.at.date()
    overrides = overrides_of(work.connection, study_id)
    if any(each.version == version and each.ends_on >= today for each in overrides):
        return
    facts = go_live_facts(work.connection, study_id, version, work.at)
    if blocking := checklist_of(facts.at_site(site)).blocking:
        raise ChecklistOpen(version, blocking)
