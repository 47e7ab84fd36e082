"""A site chooses the columns of its accountability log, their order and their names."""

from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.services.audit_draft import AuditDraft
from irt.services.supply_study import site_numbered
from irt.services.work import Work
from irt.supply.pharmacy_log import FIELDS, layout_of
from irt.tables.pharmacy_log import LogLayout


class LogColumn(SQLModel):
    """One column; without a heading it has its own."""

    field: str
    heading: str = ""


class SaveLogLayout(SQLModel):
    """The columns in their order."""

    study_id: int
    site: str
    columns: list[LogColumn] = Field(min_length=1, max_length=len(FIELDS))


class LogLayoutSaved(SQLModel):
    """The headings as they stand now."""

    site: str
    headings: list[str]


def save_log_layout(work: Work, ask: SaveLogLayout) -> LogLayoutSaved:
    """Keeps the layout; every log of the site from now on has it."""
    site = site_numbered(work, ask.study_id, ask.site)
    work.actor.require(Permission.COUNT_STOCK, ask.study_id, site.id)
    layout = layout_of((column.field, column.heading) for column in ask.columns)
    work.append(
        LogLayout,
        sponsor_id=site.sponsor_id,
        study_id=ask.study_id,
        site_id=site.id,
        columns=[list(column) for column in layout],
        at=work.at,
        account_id=work.actor.account_id,
    )
    headings = [column.heading for column in layout]
    work.audit(
        AuditDraft(
            act="log_layout_saved",
            record_kind="site",
            record=site.number,
            study_id=ask.study_id,
            site_id=site.id,
            zone=site.zone,
            new={"headings": headings},
        )
    )
    return LogLayoutSaved(site=site.number, headings=headings)
