"""A place's licence for controlled drugs: put forward by one person, approved by another, from a day on."""

from datetime import date

from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput
from irt.reads.licences import licence_on
from irt.services.operational_changes import ChangeProposed, Proposal, put_forward
from irt.services.supply_study import depot_ids, lock_study, site_numbered
from irt.services.work import Work
from irt.study.operations import ChangeKind


class ProposeLicence(SQLModel):
    """The licence of a site or of a depot, by its number and its last day."""

    study_id: int
    site: str | None = None
    depot: str | None = None
    number: str = Field(min_length=1, max_length=60)
    valid_until: date
    effective_from: date
    reason: str


def propose_licence(work: Work, ask: ProposeLicence) -> ChangeProposed:
    """Puts a licence forward; approved, controlled drugs may be sent from and to the place while it holds."""
    work.actor.require(Permission.ACTIVATE_SITE, ask.study_id)
    study = lock_study(work, ask.study_id)
    if (ask.site is None) == (ask.depot is None):
        raise BadInput("Name the site or the depot that holds the licence. Nothing was proposed.")
    if ask.valid_until < ask.effective_from or not ask.number.strip():
        raise BadInput("Enter the licence's number, and a last day after its first. Nothing was proposed.")
    site = None if ask.site is None else site_numbered(work, study.id, ask.site)
    depots = depot_ids(work, study.id)
    if ask.depot is not None and ask.depot not in depots:
        raise BadInput(f"{ask.depot} is not a depot of this study. Nothing was proposed.")
    depot_id = None if ask.depot is None else depots[ask.depot]
    known = work.row(licence_on(depot_id, None if site is None else site.id, ask.effective_from))
    place = {"site": ask.site, "depot": ask.depot}
    facts = {**place, "number": ask.number.strip(), "valid_until": ask.valid_until.isoformat()}
    held = None if known is None else {"number": known["number"], "valid_until": known["valid_until"].isoformat()}
    before = None if held is None else {**place, **held}
    name = f"site {ask.site}" if site else f"depot {ask.depot}"
    proposal = Proposal(
        kind=ChangeKind.CONTROLLED_LICENCE,
        record=f"licence for controlled drugs of {name}",
        facts=facts,
        before=before,
        effective_from=ask.effective_from,
        site=site,
    )
    return put_forward(work, study, proposal, ask.reason)
