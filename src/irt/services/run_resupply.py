"""A run of the planner over the network: shipments are proposed, their kits reserved, the reasons kept."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.reads.asking import Asking
from irt.reads.inventory import network_view
from irt.reads.regional import regional_view
from irt.reads.unblinded_plans import plan_to_keep
from irt.services.audit_draft import AuditDraft
from irt.services.notices import write_night_notices
from irt.services.raise_shipments import raise_shipments
from irt.services.send_items import ride_along
from irt.services.supply_study import SupplyStudy, lock_study
from irt.services.work import Work
from irt.supply.calendar import is_review_day
from irt.supply.planner import NetworkView, ResupplyPlanner
from irt.supply.planners import StandIn, planner_of, settings_of
from irt.tables.shipment import ResupplyRun


class RunResupply(SQLModel):
    """The day to plan for; `needs_approval` lets shipments wait for the supply manager.

    A `night` plans on the study's review days only; a person plans whenever they wish, if need be for one site, or
    for one regional depot.
    """

    study_id: int
    day: date
    consolidate: bool | None = None
    needs_approval: bool = False
    night: bool = False
    site: str | None = None
    depot: str | None = None


class ResupplyDone(SQLModel):
    """The shipments of one run: to sites, then to regional depots, each in order of depot and place.

    `notice`: why another planner than the study's own supplied it.
    """

    sites_considered: int
    depots_considered: int = 0
    shipments: list[str]
    kits: int
    notice: str = ""


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
        if ask.site is not None and ask.depot is not None:
            raise BadInput("Name a site or a depot, not both. Nothing was planned.")
        asking = Asking(study.id, study.definition, ask.day, work.at, ask.site)
        run = _Run(work, study, ask, planner_of(study.definition, planner))
        network = network_view(work.connection, asking)
        done = ResupplyDone(sites_considered=0, shipments=[], kits=0)
        if ask.depot is None:
            run.plan(network, done)
            done.sites_considered = len(network.sites)
            done.shipments += ride_along(work, study, ask.day, network.sites, done.shipments, ask.needs_approval)
        # Sites first: what they are sent is gone when their depot is looked at.
        if ask.depot is not None or (network.regional and ask.site is None):
            regional = regional_view(work.connection, asking, network, ask.depot)
            run.plan(regional, done, to_depots=True)
            done.depots_considered = len(regional.sites)
        if isinstance(run.planner, StandIn):
            done.notice = f"{run.planner.name} instead of {run.planner.instead_of}: {run.planner.why}"
        _record_run(work, study, ask.day, run.planner.name, done)
        if ask.night and study.definition.notices:
            write_night_notices(work, study, f"{ask.day:%d %b %Y}", done.shipments, done.sites_considered)
        return done

    return run_resupply


@dataclass(frozen=True, slots=True)
class _Run:
    """One run over a study, with its planner."""

    work: Work
    study: SupplyStudy
    ask: RunResupply
    planner: ResupplyPlanner

    def plan(self, network: NetworkView, done: ResupplyDone, *, to_depots: bool = False) -> None:
        """Plans the places of a network, raises the shipments, and counts them."""
        settings = settings_of(self.study.definition, self.ask.consolidate) | self._earlier()
        raised = raise_shipments(
            self.work,
            self.study,
            self.planner.plan(network, self.ask.day, settings),
            network.sites,
            needs_approval=self.ask.needs_approval,
            to_depots=to_depots,
        )
        done.shipments += raised.numbers
        done.kits += raised.kits

    def _earlier(self) -> dict[str, Any]:
        """The plan that the optimizer goes on from, problem and plan in their files, where the study says so."""
        part = self.study.definition.resupply
        keep = part.planning.earlier.keep
        if part.method != "optimizer" or keep == "never":
            return {}
        found = plan_to_keep(self.work.connection, self.study.id, approved=keep == "approved")
        return {} if found is None else {"earlier": (json.dumps(found[1].problem), found[1].plan)}


def _record_run(work: Work, study: SupplyStudy, day: date, planner: str, done: ResupplyDone) -> None:
    counts = {"sites_considered": done.sites_considered, "shipments_proposed": len(done.shipments)}
    work.append(ResupplyRun, **study.owner, day=day, planner=planner, **counts, at=work.at)
    work.audit(
        AuditDraft(
            act="resupply_run",
            record_kind="resupply_run",
            record=day.isoformat(),
            study_id=study.id,
            new={"planner": planner, **counts, **_regional(done), "kits": done.kits, **_notice(done)},
        )
    )


def _notice(done: ResupplyDone) -> dict[str, str]:
    return {"notice": done.notice} if done.notice else {}


def _regional(done: ResupplyDone) -> dict[str, int]:
    return {"depots_considered": done.depots_considered} if done.depots_considered else {}
