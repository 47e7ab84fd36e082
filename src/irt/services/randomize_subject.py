"""Randomization: one irrevocable event. Check, draw, record; never edited, never repeated."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from sqlmodel import Field, SQLModel

from irt import __version__
from irt.blinding.audience import Audience
from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.services.draw_arm import Drawn, Wanted, draw_arm
from irt.services.later_randomizations import earlier_randomization, require_turn
from irt.services.outbox import write_outbox
from irt.services.require_approvals import require_approvals
from irt.services.start_run_in import require_run_in_over
from irt.services.subjects import LockedSubject, audit_subject, lock_subject, move_subject, refusals_concern
from irt.services.work import Work
from irt.states.subject import SubjectEvent, SubjectStatus
from irt.study.definition import StudyDefinition
from irt.tables.secret import TreatmentAssignment
from irt.tables.subject import Randomization


class RandomizeSubject(SQLModel):
    """A subject to randomize, with the factor levels as entered and confirmed."""

    study_id: int
    subject: str
    levels: dict[str, str] = Field(default={}, description="factor code -> level code, of the factors entered")
    dose_level: str | None = Field(default=None, description="where the study lets it be chosen")
    agents: list[str] = Field(
        default=[],
        description="agents the subject is eligible for, in a platform study; arms where one asks for them",
    )
    stage: int = Field(default=1, ge=1, le=9, description="the so-maniest randomization of the subject")
    replaces: str | None = Field(default=None, description="a subject of the site whose place this one takes")
    replacement_reason: str | None = Field(default=None, max_length=2000)
    weight_kg: Decimal | None = Field(default=None, description="where the first kits follow body weight")
    on_day: date


class RandomizationReceipt(SQLModel):
    """A randomization as a blinded person may know it."""

    study_id: int
    subject: str
    randomization_number: str
    at: datetime
    levels: dict[str, str]
    dose_level: str | None
    status: SubjectStatus


class AlreadyRandomized(Refusal):
    """The subject has its randomization; nothing was done twice."""

    def __init__(self, number: str, at: datetime) -> None:
        super().__init__(f"Already randomized at {at:%H:%M:%S} UTC as {number}; nothing was done twice.")


class ScreeningExpired(Refusal):
    """The screening is older than the protocol allows."""

    def __init__(self, last: date) -> None:
        super().__init__(
            f"The screening of this subject was valid until {last.isoformat()}. Nothing was drawn. "
            "Record a screening failure; the protocol says whether the subject may be screened again."
        )


def randomize_subject(work: Work, ask: RandomizeSubject) -> RandomizationReceipt:
    """Draws the subject's arm and records everything needed to derive it again; the answer is blinded."""
    subject = lock_subject(work, ask.study_id, ask.subject, Permission.RANDOMIZE)
    with refusals_concern(subject.about("randomization")):
        return _randomize(work, ask, subject)


def _randomize(work: Work, ask: RandomizeSubject, subject: LockedSubject) -> RandomizationReceipt:
    subject.site.require_active()
    _require_once(work, subject, ask.stage)
    subject.require_day(ask.on_day, work.at)
    if ask.stage == 1:
        here = subject.site
        require_approvals(work, ask.study_id, here.version_number, here.number, here.country, ask.on_day)
        _require_valid_screening(subject, ask.on_day)
        require_run_in_over(subject, ask.on_day)
        dose_level = initial_dose_level(subject.definition, ask.dose_level)
    else:
        require_turn(work, subject, ask.stage, ask.on_day)
        dose_level = subject.dose_level
    levels = _levels(subject.definition, subject, ask.levels)
    wanted = Wanted(ask.stage, levels, ask.agents, dose_level, ask.weight_kg, ask.replaces, ask.replacement_reason)
    drawn = draw_arm(work, subject, wanted)
    _record(work, subject, ask, drawn)
    _tell_forced(work, subject, drawn)
    status = _move(work, subject, ask, drawn, dose_level)
    _audit(work, subject, ask, drawn, status, dose_level)
    return RandomizationReceipt(
        study_id=subject.study_id,
        subject=subject.number,
        randomization_number=drawn.opaque,
        at=work.at,
        levels=levels,
        dose_level=dose_level,
        status=status,
    )


def _move(
    work: Work, subject: LockedSubject, ask: RandomizeSubject, drawn: Drawn, dose_level: str | None
) -> SubjectStatus:
    """The first randomization begins the subject's treatment; a later one leaves it where it is."""
    if ask.stage > 1:
        return move_subject(work, subject, SubjectEvent.RANDOMIZE_AGAIN, ask.on_day)
    return move_subject(
        work,
        subject,
        SubjectEvent.RANDOMIZE,
        ask.on_day,
        reason=ask.replacement_reason if drawn.replaced else None,
        dose_level=dose_level,
        randomized_on=ask.on_day,
    )


def _record(work: Work, subject: LockedSubject, ask: RandomizeSubject, drawn: Drawn) -> None:
    """The public event and, pointing to it, the treatment with everything needed to derive it again."""
    randomization_id = work.record(
        Randomization,
        **subject.owner,
        subject_id=subject.id,
        site_id=subject.site.id,
        stage=ask.stage,
        number=drawn.opaque,
        assignment_number=drawn.number,
        version_number=subject.site.version_number,
        replaces_id=drawn.replaced.randomization_id if drawn.replaced else None,
        levels=dict(drawn.facts.levels),
        at=work.at,
        on_day=ask.on_day,
    )
    work.append(
        TreatmentAssignment,
        **subject.owner,
        randomization_id=randomization_id,
        arm=drawn.allocation.arm,
        method=subject.definition.plan_of(ask.stage).method,
        stratum=drawn.stratum,
        probabilities=drawn.record["probabilities"],
        draws=drawn.record["draws"],
        state_seen=drawn.state_seen,
        stock_seen=drawn.stock_seen,
        engine=__version__,
    )


def _tell_forced(work: Work, subject: LockedSubject, drawn: Drawn) -> None:
    """A letter to those who read the randomization, and to nobody else."""
    if drawn.facts.servable is not None:
        body = {"randomization": drawn.opaque, "site": subject.site.number}
        write_outbox(work, "randomization_forced", Audience.UNBLINDED, body, subject.study_id)


def _audit(
    work: Work,
    subject: LockedSubject,
    ask: RandomizeSubject,
    drawn: Drawn,
    status: SubjectStatus,
    dose_level: str | None,
) -> None:
    audit_subject(
        work,
        subject,
        "subject_randomized",
        old={"status": subject.status},
        new={
            "status": status,
            "randomization": drawn.opaque,
            "levels": dict(drawn.facts.levels),
            "dose_level": dose_level,
            "on_day": ask.on_day.isoformat(),
            "version": subject.site.version_number,
            **({"replaces": drawn.replaced.subject} if drawn.replaced else {}),
            **({"stage": ask.stage} if ask.stage > 1 else {}),
        },
        reason=ask.replacement_reason if drawn.replaced else None,
        secret={
            **drawn.record,
            "state_seen": drawn.state_seen,
            "stock_seen": drawn.stock_seen,
            "assignment_number": drawn.number,
            "engine": __version__,
        },
    )


def _require_once(work: Work, subject: LockedSubject, stage: int) -> None:
    if subject.randomized_on is None:
        return
    earlier = earlier_randomization(work, subject, stage)
    if earlier is not None:
        raise AlreadyRandomized(earlier["number"], earlier["at"])


def _require_valid_screening(subject: LockedSubject, on_day: date) -> None:
    last = subject.definition.screening.valid_until(subject.screened_on)
    if last is not None and on_day > last:
        raise ScreeningExpired(last)


def _levels(definition: StudyDefinition, subject: LockedSubject, entered: Mapping[str, str]) -> dict[str, str]:
    """Every factor's level: entered ones as entered, the rest from the site; never a default."""
    known = {factor.code for factor in definition.factors if factor.source == "entered"}
    if strange := sorted(set(entered) - known):
        raise BadInput(f"{strange[0]} is not a factor to be entered in this study. Nothing was drawn.")
    of_site = {
        "country": subject.site.country,
        "region": subject.site.region,
        "site": subject.site.number,
    }
    levels = {}
    for factor in definition.factors:
        level = entered.get(factor.code) if factor.source == "entered" else of_site[factor.source]
        if not level:
            raise BadInput(f"'{factor.name}' has no answer. Nothing was drawn. Answer every question.")
        if factor.levels and level not in factor.level_codes():
            raise BadInput(f"'{level}' is not an answer to '{factor.name}'. Nothing was drawn.")
        levels[factor.code] = level
    return levels


def initial_dose_level(definition: StudyDefinition, chosen: str | None) -> str | None:
    """The dose level to start on: the chosen one, or the only one there is."""
    initial = [level.code for level in definition.dose_levels if level.initial]
    if chosen is None and len(initial) == 1:
        return initial[0]
    if chosen is None and initial:
        raise BadInput("Choose the dose level to start on. Nothing was drawn.")
    if chosen is not None and chosen not in initial:
        raise BadInput(f"'{chosen}' is not a dose level to start on. Nothing was drawn.")
    return chosen
