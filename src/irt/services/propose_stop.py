"""The day from which nothing more is sent to a site or a country: proposed by one person, approved by another."""

from datetime import date

from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput
from irt.services.operational_changes import ChangeProposed, Proposal, put_forward
from irt.services.supply_study import lock_study, site_numbered
from irt.services.work import Work
from irt.study.operations import ChangeKind


class ProposeStop(SQLModel):
    """One site or one country, and the day from which nothing is sent there; without a day, supply goes on."""

    study_id: int
    country: str | None = None
    site: str | None = None
    stops_on: date | None = None
    reason: str


def propose_stop(work: Work, ask: ProposeStop) -> ChangeProposed:
    """Puts a stop of supply forward, or its end; what was requested before is still sent."""
    work.actor.require(Permission.ACTIVATE_SITE, ask.study_id)
    study = lock_study(work, ask.study_id)
    if (ask.country is None) == (ask.site is None):
        raise BadInput("Name one country or one site. Nothing was proposed.")
    if ask.country is not None and ask.country not in {one.code for one in study.definition.countries}:
        raise BadInput(f"{ask.country} is not a country of this study. Nothing was proposed. Check it.")
    if ask.stops_on is not None and ask.stops_on < work.at.date():
        raise BadInput("Supply cannot stop on a day that has gone. Nothing was proposed. Choose today or later.")
    site = site_numbered(work, study.id, ask.site) if ask.site is not None else None
    proposal = Proposal(
        kind=ChangeKind.SUPPLY_STOP,
        record=f"supply of site {ask.site}" if site else f"supply of {ask.country}",
        facts={
            "country": ask.country,
            "site": ask.site,
            "stops_on": None if ask.stops_on is None else ask.stops_on.isoformat(),
        },
        before=None,
        effective_from=work.at.date(),
        site=site,
    )
    return put_forward(work, study, proposal, ask.reason)
