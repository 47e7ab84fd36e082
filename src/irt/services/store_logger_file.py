"""A logger's file is stored as it came, judged by the rules, and its kits wait where it is not accepted."""

import hashlib
from base64 import b64decode
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, or_, select
from sqlmodel import Field, SQLModel

from irt.errors import BadInput, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.excursions import DECIDED, open_excursion, step_excursion
from irt.services.logger_places import LoggerPlace, lock_kits_at, lock_place
from irt.services.move_kits import HeldKit, move_kits
from irt.services.site_kits import can_move
from irt.services.work import Work
from irt.states.kit import Custody, KitEvent, Quality
from irt.states.records import ExcursionEvent, ExcursionStatus
from irt.study.temperature import Condition, LoggerProfile
from irt.tables.columns import table_of
from irt.tables.shipment import Excursion
from irt.tables.temperature import AssessedKit, LoggerFile, TemperatureAssessment
from irt.temperature.assessment import SENTENCES, VERDICTS, Assessment, Rule, Verdict, assess
from irt.temperature.budget import Leg, hours_by_band, is_spent, spent
from irt.temperature.logger_file import read_logger_file
from irt.temperature.readings import Record

BYTES_MAX = 5_000_000
_PDF = b"%PDF-"
UNREADABLE = "logger_fault"


class StoreLoggerFile(SQLModel):
    """A file, in base64, of a shipment or of a site's storage unit, and the profile that reads it.

    A PDF is kept as evidence. `faulty` keeps any file of a logger that failed, unread.
    """

    study_id: int
    shipment: str | None = None
    site: str | None = None
    unit: str | None = None
    name: str = Field(min_length=1, max_length=200)
    content: str = Field(max_length=BYTES_MAX * 4 // 3 + 4)
    logger: str = "default"
    faulty: bool = False


class LoggerFileStored(SQLModel):
    """The file's hash, the proposal and its rule (none for evidence), the excursion, and the kits that now wait."""

    sha256: str
    kind: str
    verdict: Verdict | None
    rule: str | None
    sentence: str
    excursion: str | None
    quarantined: list[str]
    out_of_reach: int


class LoggerFileKnown(Refusal):
    """The same bytes were stored for this place before."""


class UnknownLogger(BadInput):
    """The study has no such profile."""


_FILES, _EXCURSIONS = table_of(LoggerFile), table_of(Excursion)
_ASSESSED, _ASSESSMENTS = table_of(AssessedKit), table_of(TemperatureAssessment)
_HERE = or_(
    _FILES.c.shipment_id == bindparam("shipment_id"), _FILES.c.storage_unit_id == bindparam("storage_unit_id")
)
_SAME = select(_FILES.c.id).where(_HERE, _FILES.c.sha256 == bindparam("sha256"))
_OPEN = (
    select(_EXCURSIONS.c.id, _EXCURSIONS.c.number, _EXCURSIONS.c.status)
    .where(
        or_(
            _EXCURSIONS.c.shipment_id == bindparam("shipment_id"),
            _EXCURSIONS.c.storage_unit_id == bindparam("storage_unit_id"),
        ),
        _EXCURSIONS.c.status.not_in(DECIDED),
    )
    .order_by(_EXCURSIONS.c.id)
    .with_for_update(key_share=True)
)
_EARLIER = (
    select(
        _ASSESSED.c.kit_id,
        _ASSESSMENTS.c.place,
        _ASSESSMENTS.c.started_at,
        _ASSESSMENTS.c.ended_at,
        _ASSESSMENTS.c.bands,
    )
    .join(_ASSESSMENTS, _ASSESSMENTS.c.id == _ASSESSED.c.assessment_id)
    .where(_ASSESSED.c.kit_id.in_(bindparam("kits", expanding=True)))
)


def store_logger_file(work: Work, ask: StoreLoggerFile) -> LoggerFileStored:
    """Stores the bytes; judges readings; opens or joins an excursion and holds its kits where not accepted."""
    place = lock_place(work, ask.study_id, ask.shipment, ask.site, ask.unit)
    content = _content(ask)
    sha256 = hashlib.sha256(content).hexdigest()
    if work.row(_SAME, sha256=sha256, **_where(place)) is not None:
        raise LoggerFileKnown(f"This very file is stored for {place.words} already. Nothing was booked.")
    profile = place.rules.logger(ask.logger)
    if profile is None:
        raise UnknownLogger(f"The study has no logger profile {ask.logger}. Nothing was booked.")
    kind = "unreadable" if ask.faulty else "evidence" if content.startswith(_PDF) else "readings"
    record = read_logger_file(content, profile) if kind == "readings" else None
    kits = lock_kits_at(work, place, work.at if record is None else record.end)
    judged = None if record is None else _judge(work, place, record, kits)
    rule = UNREADABLE if ask.faulty else None if judged is None else judged[1].value
    verdict = Verdict.ASK_QA if ask.faulty else None if judged is None else VERDICTS[judged[1]]
    excursion = _excursion(work, place, rule, verdict)
    file_id = work.record(
        LoggerFile,
        **place.keys,
        excursion_id=excursion[0] if excursion else None,
        name=ask.name,
        kind=kind,
        sha256=sha256,
        content=content,
        logger=profile.code,
        at=work.at,
        account_id=work.actor.account_id,
    )
    if record is not None and judged is not None:
        _record(work, place, file_id, record, profile, judged, kits)
    held = _hold(work, kits, excursion[1]) if excursion and verdict not in (None, Verdict.ACCEPT) else []
    number = excursion[1] if excursion else None
    _audit(work, place, ask, sha256, rule or "evidence", number, held)
    return LoggerFileStored(
        sha256=sha256,
        kind=kind,
        verdict=verdict,
        rule=rule,
        sentence=_sentence(kind, None if judged is None else judged[1]),
        excursion=number,
        quarantined=held,
        out_of_reach=sum(kit.state.custody not in (Custody.SITE, Custody.SHIPMENT) for kit in kits),
    )


def _content(ask: StoreLoggerFile) -> bytes:
    try:
        content = b64decode(ask.content, validate=True)
    except ValueError:
        raise BadInput("The file is not in base64. Nothing was booked.") from None
    if not content or len(content) > BYTES_MAX:
        raise BadInput(f"A logger's file has between 1 and {BYTES_MAX:,} bytes. Nothing was booked.")
    return content


def _where(place: LoggerPlace) -> dict[str, int | None]:
    return {"shipment_id": place.shipment_id, "storage_unit_id": place.unit_id}


def _judge(
    work: Work, place: LoggerPlace, record: Record, kits: Sequence[HeldKit]
) -> tuple[Assessment, Rule, tuple[float, ...]]:
    """The figures, the rule that decides, and the hours by band of the budget.

    One kit's spent budget asks for all of the place: a decision by kit would tell kits apart that look alike.
    """
    condition = place.rules.condition(place.storage)
    found = assess(record, condition)
    bands = place.rules.budgets.get(place.storage, ())
    hours = hours_by_band(record, condition, bands)
    if not bands or found.verdict != Verdict.ACCEPT:
        return found, found.rule, hours
    limits = [(band.low, band.high) for band in bands]
    legs: dict[int, list[Leg]] = defaultdict(lambda: [_leg(place.words, record.start, record.end, hours)])
    for row in work.rows(_EARLIER, kits=[kit.id for kit in kits]):
        known = {(band["low"], band["high"]): band["hours"] for band in row["bands"]}
        earlier = tuple(known.get(limit, 0.0) for limit in limits)
        legs[row["kit_id"]].append(_leg(row["place"], row["started_at"], row["ended_at"], earlier))
    used = [spent(legs[kit.id], len(bands)) for kit in kits]
    return found, Rule.BUDGET_SPENT if any(is_spent(each, bands) for each in used) else found.rule, hours


def _leg(place: str, start: datetime, end: datetime, hours: tuple[float, ...]) -> Leg:
    return Leg(place, start, end, hours)


_EVENTS = {
    Rule.ONE_READING: ExcursionEvent.FIND_NO_DATA,
    Rule.GAP_IN_READINGS: ExcursionEvent.FIND_NO_DATA,
    UNREADABLE: ExcursionEvent.FIND_LOGGER_FAULT,
}


def _excursion(work: Work, place: LoggerPlace, rule: str | None, verdict: Verdict | None) -> tuple[int, str] | None:
    """The open excursion of the place, or a new one where the file is not accepted; its id and number."""
    found = work.row(_OPEN, **_where(place))
    if found is None and verdict in (None, Verdict.ACCEPT):
        return None
    if found is None:
        told = {"rule": rule}
        opened = open_excursion(
            work,
            place.words,
            ExcursionStatus.SUSPECTED,
            place.zone,
            told,
            **place.keys,
            site_id=place.site_id,
        )
        status = ExcursionStatus.SUSPECTED
    else:
        opened, status = (found["id"], found["number"]), ExcursionStatus(found["status"])
    if verdict not in (None, Verdict.ACCEPT):
        event = _EVENTS.get(rule or "", ExcursionEvent.REPORT)
        step_excursion(work, opened[0], status, event)
    return opened


def _record(
    work: Work,
    place: LoggerPlace,
    file_id: int,
    record: Record,
    profile: LoggerProfile,
    judged: tuple[Assessment, Rule, tuple[float, ...]],
    kits: Sequence[HeldKit],
) -> None:
    found, rule, hours = judged
    owner = {"sponsor_id": place.sponsor_id, "study_id": place.study_id}
    bands = place.rules.budgets.get(place.storage, ())
    condition: Condition = place.rules.condition(place.storage)
    assessment_id = work.record(
        TemperatureAssessment,
        **owner,
        logger_file_id=file_id,
        place=place.words,
        started_at=record.start,
        ended_at=record.end,
        readings=len(record.readings),
        minimum_celsius=found.minimum_celsius,
        maximum_celsius=found.maximum_celsius,
        mkt_celsius=found.mkt_celsius,
        worst_window_mkt_celsius=found.worst_window_mkt_celsius,
        hours_outside=found.hours_outside,
        bands=[
            {"low": band.low, "high": band.high, "hours": used} for band, used in zip(bands, hours, strict=True)
        ],
        condition=condition.model_dump(mode="json"),
        profile=profile.model_dump(mode="json"),
        verdict=VERDICTS[rule],
        rule=rule,
        at=work.at,
    )
    work.record_all(AssessedKit, ({**owner, "assessment_id": assessment_id, "kit_id": kit.id} for kit in kits))


def _hold(work: Work, kits: Sequence[HeldKit], excursion: str) -> list[str]:
    """Kits in the parcel or at the site that could be used are set apart; others are barred or gone already."""
    here = (Custody.SITE, Custody.SHIPMENT)
    free = [kit for kit in kits if kit.state.custody in here and kit.state.quality == Quality.RELEASED]
    able = [kit for kit in free if can_move(kit, KitEvent.QUARANTINE)]
    if able:
        move_kits(work, able, KitEvent.QUARANTINE, reason=f"Temperature, excursion {excursion}")
    return sorted(kit.number for kit in able)


def _sentence(kind: str, rule: Rule | None) -> str:
    if rule is not None:
        return SENTENCES[rule]
    if kind == "evidence":
        return "Kept as evidence. A PDF is not read: upload the logger's readings as CSV too."
    return "The logger failed. Quality decides without its readings."


def _audit(
    work: Work,
    place: LoggerPlace,
    ask: StoreLoggerFile,
    sha256: str,
    rule: str,
    excursion: str | None,
    held: list[str],
) -> None:
    work.audit(
        AuditDraft(
            act="logger_file_stored",
            record_kind="logger file",
            record=place.words,
            study_id=place.study_id,
            site_id=place.site_id,
            zone=place.zone,
            new={"file": ask.name, "sha256": sha256, "rule": rule, "excursion": excursion, "quarantined": held},
        )
    )
