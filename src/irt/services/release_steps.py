"""One step of a lot's route signed, refused or withdrawn; a country may use the lot while its last step stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping, bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.release_steps import SIGNED_WITH
from irt.errors import BadInput, NotFound, Refusal
from irt.reads.release_routes import steps_of_lot, walk_to
from irt.services.audit_draft import AuditDraft
from irt.services.close_country import take_out_of_shipments
from irt.services.release_lot import (
    LotExpired,
    approve_country,
    lot_to_release,
    mark_released,
    release_kits,
)
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.site_kits import need_reason
from irt.services.supply_study import SupplyStudy, lock_study
from irt.services.work import Work
from irt.states.release import OF_WHOLE_ROUTE, ReleaseStepKind, StepOutcome, step_words
from irt.study.release import ReleaseRoute
from irt.supply.release_route import arrived, refuse_step
from irt.tables.columns import table_of
from irt.tables.kit import LotApproval
from irt.tables.release import ReleaseStep
from irt.tables.secret import ReleaseReason


class SignReleaseStep(SQLModel):
    """A step of a lot: about the batch for a route, else for countries. Refused or withdrawn it needs a reason."""

    study_id: int
    lot: str
    kind: ReleaseStepKind
    outcome: StepOutcome = StepOutcome.SIGNED
    route: str = ""
    countries: list[str] = []
    reason: str = ""
    signing: Signing = Field(exclude=True)


class ReleaseStepSigned(SQLModel):
    """Where the lot may be used since this signature, where no more, and how many kits became usable."""

    lot: str
    kind: ReleaseStepKind
    outcome: StepOutcome
    opened: list[str]
    closed: list[str]
    kits: int
    taken_out: int = Field(description="kits left at their depots that were reserved for shipments there")


class NoRoutes(Refusal):
    """The study releases its lots with one signature."""

    def __init__(self) -> None:
        super().__init__(
            "This study has no release routes. Nothing was signed. Release the lot with one signature."
        )


_MEANINGS = {
    ReleaseStepKind.QP_CERTIFICATION: Meaning.CERTIFY_LOT,
    ReleaseStepKind.QUALITY_RELEASE: Meaning.RELEASE_LOT,
    ReleaseStepKind.IMPORT_RELEASE: Meaning.APPROVE,
    ReleaseStepKind.COUNTRY_APPROVAL: Meaning.APPROVE,
    ReleaseStepKind.RELEASE_TO_TRIAL: Meaning.RELEASE_LOT,
}
_ACTS = {
    StepOutcome.SIGNED: "release_step_signed",
    StepOutcome.REFUSED: "release_step_refused",
    StepOutcome.WITHDRAWN: "release_step_withdrawn",
}
_APPROVALS = table_of(LotApproval)
_OPEN = select(_APPROVALS.c.id).where(
    _APPROVALS.c.blinded_lot_id == bindparam("lot_id"),
    _APPROVALS.c.country == bindparam("country"),
    _APPROVALS.c.ended_by_id.is_(None),
)
_END = (
    update(_APPROVALS)
    .where(
        _APPROVALS.c.blinded_lot_id == bindparam("lot_id"),
        _APPROVALS.c.country == bindparam("in_country"),
        _APPROVALS.c.ended_by_id.is_(None),
    )
    .values(ended_by_id=bindparam("step_id"))
)


@dataclass(frozen=True, slots=True)
class _Target:
    """For whom the step is: a country of its route, or, with none, the whole route."""

    route: ReleaseRoute
    country: str | None

    @property
    def words(self) -> str:
        return self.country or f"route {self.route.code}"


def sign_release_step(work: Work, ask: SignReleaseStep) -> ReleaseStepSigned:
    """Signs one step in its turn, and opens or closes the countries that depend on it."""
    grant = work.actor.require(SIGNED_WITH[ask.kind], ask.study_id)
    reason = "" if ask.outcome == StepOutcome.SIGNED else need_reason(ask.reason)
    study = lock_study(work, ask.study_id)
    if not study.definition.release_routes:
        raise NoRoutes
    lot = lot_to_release(work, study, ask.lot)
    if ask.outcome == StepOutcome.SIGNED and work.at.date() > lot["expiry"]:
        raise LotExpired(f"Lot {ask.lot} expired on {lot['expiry']}. The step was not signed.")
    targets = _targets(study, ask)
    written = steps_of_lot(work.connection, study.id, lot["id"])
    for target in targets:
        walked = walk_to(target.route, target.country or "", written)
        refuse_step(walked, ask.kind, ask.outcome, work.actor.account_id, target.words)
    content = release_step_content(ask, lot)
    meaning = meaning_of(ask.kind, ask.outcome)
    signature_id = sign_record(work, ask.signing, Signable(meaning, "lot", ask.lot, content, study.id), grant)
    for target in targets:
        _write(work, study, lot["id"], target, ask, reason, signature_id)
    opened, closed = _settle(work, study, lot["id"], targets, signature_id)
    kits = _make_usable(work, lot) if opened else 0
    taken_out = take_out_of_shipments(work, study.id, lot["id"], closed)
    work.audit(
        AuditDraft(
            act=_ACTS[ask.outcome],
            record_kind="lot",
            record=ask.lot,
            study_id=study.id,
            new={
                "step": step_words(ask.kind),
                "for": [target.words for target in targets],
                "opened": opened,
                "closed": closed,
                "kits": kits,
                "taken_out": taken_out,
                "signature": signature_id,
            },
            secret={"reason": reason} if reason else None,
        )
    )
    return ReleaseStepSigned(
        lot=ask.lot,
        kind=ask.kind,
        outcome=ask.outcome,
        opened=opened,
        closed=closed,
        kits=kits,
        taken_out=taken_out,
    )


def release_step_content(ask: SignReleaseStep, lot: RowMapping) -> dict[str, object]:
    """What is signed: the step, for whom, how it ended, and the expiry on the label as it was read; never why."""
    return {
        "step": ask.kind,
        "outcome": ask.outcome,
        "route": ask.route,
        "countries": sorted(ask.countries),
        "expiry": lot["expiry"].isoformat(),
    }


def _targets(study: SupplyStudy, ask: SignReleaseStep) -> list[_Target]:
    if ask.kind in OF_WHOLE_ROUTE:
        route = next((one for one in study.definition.release_routes if one.code == ask.route), None)
        if route is None:
            raise NotFound(
                f"This study has no release route {ask.route}. Nothing was signed. Choose one of its own."
            )
        return [_Target(route, None)]
    if not ask.countries:
        raise BadInput("No country is named. Nothing was signed. Choose the countries that you sign for.")
    return [_Target(_route_to(study, country), country) for country in sorted(set(ask.countries))]


def _route_to(study: SupplyStudy, country: str) -> ReleaseRoute:
    known = {one.code for one in study.definition.countries}
    route = study.definition.route_to(country) if country in known else None
    if route is None:
        raise BadInput(f"{country} is not a country of this study. Nothing was signed. Choose another one.")
    return route


def meaning_of(kind: ReleaseStepKind, outcome: StepOutcome) -> Meaning:
    """What the signature says."""
    if outcome == StepOutcome.SIGNED:
        return _MEANINGS[kind]
    return Meaning.REJECT if outcome == StepOutcome.REFUSED else Meaning.WITHDRAW


def _write(
    work: Work,
    study: SupplyStudy,
    lot_id: int,
    target: _Target,
    ask: SignReleaseStep,
    reason: str,
    signature_id: int,
) -> None:
    step_id = work.record(
        ReleaseStep,
        **study.owner,
        blinded_lot_id=lot_id,
        route=target.route.code,
        kind=ask.kind,
        country=target.country,
        outcome=ask.outcome,
        signature_id=signature_id,
        at=work.at,
        account_id=work.actor.account_id,
    )
    if reason:
        work.append(ReleaseReason, **study.owner, step_id=step_id, reason=reason)


def _settle(
    work: Work, study: SupplyStudy, lot_id: int, targets: Sequence[_Target], signature_id: int
) -> tuple[list[str], list[str]]:
    """Opens the countries whose last step stands now and closes those where it stands no more."""
    written = steps_of_lot(work.connection, study.id, lot_id)
    last_step = max(step.id for step in written.values())
    opened, closed = [], []
    for route, country in _touched(study, targets):
        usable = arrived(walk_to(route, country, written))
        was_usable = work.row(_OPEN, lot_id=lot_id, country=country) is not None
        if usable and not was_usable:
            approve_country(work, study, lot_id, country, signature_id)
            opened.append(country)
        elif was_usable and not usable:
            work.run(_END, {"lot_id": lot_id, "in_country": country, "step_id": last_step})
            closed.append(country)
    return opened, closed


def _touched(study: SupplyStudy, targets: Sequence[_Target]) -> Iterable[tuple[ReleaseRoute, str]]:
    whole = {target.route.code for target in targets if target.country is None}
    named = {target.country for target in targets}
    for country in study.definition.countries:
        route = study.definition.route_to(country.code)
        if route is not None and (country.code in named or route.code in whole):
            yield route, country.code


def _make_usable(work: Work, lot: RowMapping) -> int:
    if lot["released_on"] is None:
        mark_released(work, lot["id"], work.at.date())
    return release_kits(work, lot["id"])
