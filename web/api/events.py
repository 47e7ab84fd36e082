"""What happened to kits, over the API: EPCIS documents of one kit's life, or of all kits in a period."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from litestar import Response
from litestar.params import QueryParameter

from irt.blinding.roles import Permission
from irt.errors import BadInput
from irt.messages.epcis import epcis_document
from irt.reads.blinded_events import chronicle_of_kit, chronicle_of_period
from irt.services.log_reading import LogReading, log_reading
from irt.services.unit_of_work import perform
from web.api.operations import Caller, Now, Number, Records, StudyId, file_question
from web.downloads import file_answer, file_name
from web.press import new_key

_MAY = Permission.VIEW_SUPPLY
_MONTH = timedelta(days=30)
Since = Annotated[date | None, QueryParameter(description="The first day, UTC; left out: thirty days ago.")]
Until = Annotated[date | None, QueryParameter(description="The day after the last one, UTC; left out: until now.")]


@file_question("/studies/{study_id:int}/kits/{number:str}/events.json", "The life of a kit as EPCIS 2.0", _MAY)
def take_kit_events(study_id: StudyId, number: Number, caller: Caller, store: Records, now: Now) -> Response[bytes]:
    """From the release of its lot to its end; an event has the same name in every document."""
    caller.require(_MAY, study_id)
    with store.reading() as connection:
        found = chronicle_of_kit(connection, study_id, number)
    ask = LogReading(study_id=study_id, what=f"events of kit {number}", permission=_MAY, rows=1)
    perform(store, caller, now, log_reading, ask, new_key(store))
    return file_answer(
        epcis_document(found, now), file_name(f"{number}_epcis", found.mode, now, "json"), "application/json"
    )


@file_question("/studies/{study_id:int}/events.json", "What happened to kits in a period as EPCIS 2.0", _MAY)
def take_events(
    study_id: StudyId, caller: Caller, store: Records, now: Now, since: Since = None, until: Until = None
) -> Response[bytes]:
    """All kits and shipments of the study; a period that is too long for one document is refused."""
    caller.require(_MAY, study_id)
    start = datetime.combine(since or now.date() - _MONTH, time(), UTC)
    end = now if until is None else datetime.combine(until, time(), UTC)
    if start >= end:
        raise BadInput("The period ends before it begins. Give it an end that is later.")
    with store.reading() as connection:
        found = chronicle_of_period(connection, study_id, start, end)
    ask = LogReading(study_id=study_id, what="events of kits", permission=_MAY, rows=len(found.kits))
    perform(store, caller, now, log_reading, ask, new_key(store))
    name = file_name("events_epcis", found.mode, now, "json")
    return file_answer(epcis_document(found, now, start, end), name, "application/json")


OPERATIONS = (take_kit_events, take_events)
