"""Enrolment limits: counters locked together with what they limit; messages name public groups only (L10)."""

from collections.abc import Iterable, Mapping
from typing import Literal

from sqlalchemy import bindparam, select, update

from irt.errors import Refusal
from irt.services.cap_counts import counting
from irt.services.pipelined import UNREAD
from irt.services.studies import definition_of
from irt.services.study_versions import FIRST_VERSION
from irt.services.subjects import SiteFacts
from irt.services.work import Work
from irt.study.definition import StudyDefinition
from irt.study.rules import Cap
from irt.tables.columns import table_of
from irt.tables.secret import AllocationState
from irt.tables.study import Site

ASSIGNMENTS = "assignments"
"""The row that counts a study's randomizations; its lock puts draws and caps in one order."""

Counted = Literal["screened", "randomized"]


class EnrolmentClosed(Refusal):
    """A hard cap is reached."""

    def __init__(self, words: str) -> None:
        super().__init__(
            f"Enrolment {words} is closed. Nothing was booked. Ask the study team before you screen more subjects."
        )


_STATES, _SITES = table_of(AllocationState), table_of(Site)
_OTHER_SITES = (
    select(_SITES.c.id)
    .where(_SITES.c.study_id == bindparam("study_id"), _SITES.c.version_number != bindparam("version"))
    .order_by(_SITES.c.id)
    .with_for_update(key_share=True)
)
"""A screening holds its site's row from its number on until it is booked."""
_ASSIGNMENTS_LOCK = (
    select(_STATES.c.id)
    .prefix_with(UNREAD)
    .where(_STATES.c.study_id == bindparam("study_id"), _STATES.c.key == ASSIGNMENTS)
    .with_for_update()
)
LOCK_STATES = (
    select(_STATES.c.key, _STATES.c.state)
    .where(
        _STATES.c.study_id == bindparam("study_id"),
        _STATES.c.key.in_(bindparam("keys", expanding=True)),
    )
    .order_by(_STATES.c.key)
    .with_for_update()
)
SET_STATE = (
    update(_STATES)
    .where(_STATES.c.study_id == bindparam("of_study"), _STATES.c.key == bindparam("of_key"))
    .values(state=bindparam("to_state"))
)


def take_turn(work: Work, study_id: int) -> None:
    """Waits until no other draw or count of the study is under way.

    A statement of its own, before anything else is read: one that waits would not see the rows that the other
    transaction has appended.
    """
    if not work.store.is_sqlite:
        work.run(_ASSIGNMENTS_LOCK, {"study_id": study_id})


def lock_states(work: Work, study_id: int, keys: Iterable[str]) -> dict[str, dict[str, int]]:
    """Locks the memory rows that exist among these keys, in order of key."""
    return {row["key"]: row["state"] for row in work.rows(LOCK_STATES, study_id=study_id, keys=sorted(set(keys)))}


def store_states(
    work: Work,
    owner: Mapping[str, int],
    known: Mapping[str, Mapping[str, int]],
    after: Mapping[str, Mapping[str, int]],
) -> None:
    """Writes memory rows: changed ones are updated, new ones appended."""
    changed = [
        {"of_study": owner["study_id"], "of_key": key, "to_state": dict(row)}
        for key, row in after.items()
        if key in known and known[key] != row
    ]
    if changed:
        work.run(SET_STATE, changed)
    work.record_all(
        AllocationState,
        ({**owner, "key": key, "state": dict(row)} for key, row in after.items() if key not in known),
    )


def caps_for(
    definition: StudyDefinition, counted: Counted, site: SiteFacts, levels: Mapping[str, str], cohort: str | None
) -> dict[str, Cap]:
    """The caps that a subject falls under, by the key of their counter."""
    return {
        f"cap:{cap.counts}:{cap.scope}:{key}": cap
        for cap in definition.caps
        if cap.counts == counted and (key := _key(cap, site, levels, cohort)) is not None
    }


def _key(cap: Cap, site: SiteFacts, levels: Mapping[str, str], cohort: str | None) -> str | None:
    """The counter's key, None where the cap does not concern the subject."""
    if cap.scope == "study":
        return ""
    if cap.scope == "stratum":
        factor, _, level = (cap.key or "").partition("=")
        return cap.key if levels.get(factor) == level else None
    here = {"country": site.country, "site": site.number, "cohort": cohort}[cap.scope]
    return here if cap.key in (None, here) else None


def counted_in(
    definition: StudyDefinition, caps: Mapping[str, Cap], states: Mapping[str, Mapping[str, int]]
) -> dict[str, dict[str, int]]:
    """The counters after one more subject; EnrolmentClosed where a hard cap is reached."""
    after = {}
    for key, cap in caps.items():
        count = states.get(key, {}).get("count", 0) + 1
        if cap.hard and count > cap.subjects:
            raise EnrolmentClosed(_words(definition, cap))
        after[key] = {"count": count}
    return after


def so_far(
    work: Work, study_id: int, site: SiteFacts, caps: Mapping[str, Cap], states: Mapping[str, Mapping[str, int]]
) -> Mapping[str, Mapping[str, int]]:
    """The counters as they stand; at a site on a later version counted anew.

    A limit that came with an amendment knows neither those enrolled before it, nor those at sites without it.
    Draws have their turn everywhere; screenings at sites without a limit take none, so a count waits for them.
    """
    if site.version_number == FIRST_VERSION or not caps:
        return states
    if not work.store.is_sqlite and any(cap.counts == "screened" for cap in caps.values()):
        work.run(_OTHER_SITES, {"study_id": study_id, "version": site.version_number})
    definition = definition_of(work, study_id, site.version_number)
    asked = {"study_id": study_id, "country": site.country, "site_id": site.id}
    anew = {
        key: {"count": int(work.connection.execute(counting(definition, key, cap), asked).scalar_one())}
        for key, cap in caps.items()
    }
    return {**states, **anew}


def _words(definition: StudyDefinition, cap: Cap) -> str:
    if cap.scope == "stratum" and cap.key:
        factor, _, level = cap.key.partition("=")
        name = next((x.name for x in definition.factor(factor).levels if x.code == level), level)
        return f"in the group '{name}'"
    return {"study": "in this study", "country": "in this country", "site": "at this site"}.get(
        cap.scope, "in the open cohort"
    )


def count_in(
    work: Work,
    definition: StudyDefinition,
    owner: Mapping[str, int],
    counted: Counted,
    site: SiteFacts,
    levels: Mapping[str, str],
) -> None:
    """Counts one more subject under every cap that concerns it."""
    caps = caps_for(definition, counted, site, levels, None)
    if caps:
        take_turn(work, owner["study_id"])
        states = lock_states(work, owner["study_id"], caps)
        known = so_far(work, owner["study_id"], site, caps, states)
        store_states(work, owner, states, counted_in(definition, caps, known))
