"""A run of the planner over the network: shipments are proposed, their kits reserved, the reasons kept."""

from collections.abc import Callable
from datetime import date

from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.errors import Refusal
from irt.reads.inventory import Asking, network_view
from irt.services.audit_draft import AuditDraft
from irt.services.raise_shipments import raise_shipments
from irt.services.supply_study import SupplyStudy, lock_study
from irt.services.work import Work
from irt.supply.calendar import is_review_day
from irt.supply.planner import ResupplyPlanner
from irt.supply.planners import planner_of, settings_of
from irt.tables.shipment import ResupplyRun


class RunResupply(SQLModel):
    """The day to plan for; `needs_approval` lets shipments wait for the supply manager.

    A `night` plans on the study's review days only; a person plans whenever they wish, for one site if need be.
    """

    study_id: int
    day: date
    consolidate: bool | None = None
    needs_approval: bool = False
    night: bool = False
    site: str | None = None


class ResupplyDone(SQLModel):
    """The shipments of one run, in order of depot and site."""

    sites_considered: int
    shipments: list[str]
    kits: int


class NoReviewDay(Refusal):
    """The study's supply is not reviewed on this day."""

    def __init__(self, day: date, review_days: int) -> None:
        super().__init__(
            f"The supply of this study is reviewed every {review_days} days, and not on {day}. "
            "Nothing was planned. A supply manager can run the resupply by hand."
        )


def run_resupply_with(planner: ResupplyPlanner) -> Callable[[Work, RunResupply], ResupplyDone]:
    """The service with this planner, the rim names which; a study that predicts has its own."""

    def run_resupply(work: Work, ask: RunResupply) -> ResupplyDone:
        """Plans for a day, reserves the kits at their depots in the warehouse's order, and requests shipments."""
        work.actor.require(Permission.RUN_RESUPPLY, ask.study_id)
        study = lock_study(work, ask.study_id)
        review_days = study.definition.resupply.review_days
        if ask.night and not is_review_day(ask.day, review_days):
            raise NoReviewDay(ask.day, review_days)
        network = network_view(work.connection, Asking(study.id, study.definition, ask.day, work.at, ask.site))
        chosen = planner_of(study.definition, planner)
        proposals = chosen.plan(network, ask.day, settings_of(study.definition, ask.consolidate))
        raised = raise_shipments(work, study, proposals, network.sites, needs_approval=ask.needs_approval)
        done = ResupplyDone(sites_considered=len(network.sites), shipments=raised.numbers, kits=raised.kits)
        _record_run(work, study, ask.day, chosen.name, done)
        return done

    return run_resupply


def _record_run(work: Work, study: SupplyStudy, day: date, planner: str, done: ResupplyDone) -> None:
    counts = {"sites_considered": done.sites_considered, "shipments_proposed": len(done.shipments)}
    work.append(ResupplyRun, **study.owner, day=day, planner=planner, **counts, at=work.at)
    work.audit(
        AuditDraft(
            act="resupply_run",
            record_kind="resupply_run",
            record=day.isoformat(),
            study_id=study.id,
            new={"planner": planner, **counts, "kits": done.kits},
        )
    )
