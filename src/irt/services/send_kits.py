"""Kits for one site by name or by the study's list, whatever counts as stock there: first stock, orders by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from irt.errors import Refusal
from irt.reads.asking import Asking
from irt.reads.inventory import network_view
from irt.services.audit_draft import AuditDraft
from irt.services.raise_shipments import raise_shipments
from irt.services.supply_study import SupplyStudy, site_numbered
from irt.services.work import Work
from irt.supply.planner import ProposedShipment, SiteView
from irt.supply.resupply import Formula, Need, needs_by_hand, share_out


class SiteNotSupplied(Refusal):
    """The site is not active, or supply to it has stopped."""

    def __init__(self, site: str, stopped: bool) -> None:
        why = (
            "Supply to it has stopped."
            if stopped
            else "It is not active, or it is a satellite that its main site supplies."
        )
        super().__init__(f"Nothing can be sent to site {site}. {why} Nothing was booked.")


class DepotCannotSend(Refusal):
    """The depot has not what was asked for, or may not send it there."""

    def __init__(self, depot: str) -> None:
        super().__init__(
            f"The depot {depot} cannot send what was asked for. Nothing was booked. Ask the supply manager."
        )


class WayBarred(Refusal):
    """An import licence or a shipper keeps the kits off the way to the site that day."""

    def __init__(self, site: str, why: str) -> None:
        super().__init__(f"Nothing can be sent to site {site}: {why}. Nothing was booked. Ask the supply manager.")


@dataclass(frozen=True, slots=True)
class SendKits:
    """Kits by type for a site; `whole` sends all of it or nothing."""

    site: str
    kits: Mapping[str, int]
    raised_by: str
    why: str
    whole: bool = False
    needs_approval: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """The shipments, and kits by type that they hold."""

    shipments: list[str]
    kits: Mapping[str, int]


def send_kits(work: Work, study: SupplyStudy, order: SendKits) -> Sent:
    """Raises the shipments from the site's depot and audits them; first stock that lacks is left to the night.

    SiteNotSupplied, WayBarred and DepotCannotSend stop orders by hand.
    """
    first = order.raised_by == "initial"
    try:
        found = look_up(work, study, order)
    except SiteNotSupplied:
        if first:
            return Sent([], {})
        raise
    if found.kept_off and not first:
        raise WayBarred(order.site, found.kept_off)
    sent = found.sent
    if not first and (not sent or (order.whole and sent != dict(order.kits))):
        raise DepotCannotSend(found.site.depot)
    raised = raise_shipments(
        work,
        study,
        found.proposals,
        [found.site],
        raised_by=order.raised_by,
        needs_approval=order.needs_approval,
    )
    _audit(work, study, order, raised.numbers, sent)
    return Sent(raised.numbers, sent)


@dataclass(frozen=True, slots=True)
class Found:
    """What the depot would pick for an order, and what keeps it off the way."""

    site: SiteView
    needs: list[Need]
    proposals: list[ProposedShipment]
    dispatch_on: date

    @property
    def sent(self) -> dict[str, int]:
        """Kits by type that would go."""
        return {need.kit_type: need.granted.total() for need in self.needs if need.granted.total()}

    @property
    def kept_off(self) -> str:
        """The licence or shipper that keeps kits off; empty where none does."""
        barred = self.site.barred
        return next((need.why if need.kit_type in barred else need.limit for need in self.needs if _kept(need)), "")


def look_up(work: Work, study: SupplyStudy, order: SendKits) -> Found:
    """What the site's depot would pick for an order now; SiteNotSupplied where nothing may be sent there."""
    day = work.at.date()
    network = network_view(work.connection, Asking(study.id, study.definition, day, work.at, order.site))
    site = network.sites[0] if network.sites else None
    if site is None or site.stopped(day):
        raise SiteNotSupplied(order.site, site is not None)
    needs = needs_by_hand(site, day, order.kits, order.why)
    proposals = share_out(network, needs, day, Formula(order.raised_by, "wanted = the kits that were asked for"))
    return Found(site, needs, proposals, site.calendar.dispatch_on(day, site.past_cut_off))


def _kept(need: Need) -> bool:
    return need.kit_type in need.site.barred or bool(need.limit)


def _audit(work: Work, study: SupplyStudy, order: SendKits, numbers: list[str], sent: Mapping[str, int]) -> None:
    site = site_numbered(work, study.id, order.site)
    work.audit(
        AuditDraft(
            act="kits_ordered",
            record_kind="site",
            record=order.site,
            study_id=study.id,
            site_id=site.id,
            zone=site.zone,
            new={"shipments": numbers, "kits": sum(sent.values()), "raised_by": order.raised_by},
            reason=order.why,
            secret={"asked": dict(order.kits), "sent": dict(sent)},
        )
    )
