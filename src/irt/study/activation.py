"""What must be there before a site opens: approvals by country and by site, in force on a day or not."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from pydantic import Field

from irt.study.part import Part


class ApprovalOf(StrEnum):
    """What somebody outside, or at the site, agreed to or has made ready."""

    ETHICS = "ethics_committee"
    AUTHORITY = "regulatory_authority"
    IMPORT = "import_licence"
    INSURANCE = "insurance"
    CONTRACT = "contract"
    TRAINING = "staff_training"
    PHARMACY = "pharmacy_ready"
    CODE_BREAK = "code_break_practice"


class ChecklistLine(StrEnum):
    """What the checklist of going live asks about, in the order in which it is worked off."""

    VERSION = "version"
    RANDOMIZATION = "randomization"
    KIT_LISTS = "kit_lists"
    SUPPLY = "supply"
    LABELS = "label_masters"
    GATE = "gate"
    LEAKS = "leak_report"
    ACCEPTANCE = "acceptance"
    RELEASE = "release"
    PEOPLE = "people"
    CONFLICTS = "conflicts"
    APPROVALS = "approvals"
    CODE_BREAKS = "code_breaks"
    RESTORE = "restore_test"
    ANCHOR = "trail_anchor"
    SIGNATURES = "signatures"


TWO_PERSONS = frozenset({ApprovalOf.ETHICS, ApprovalOf.AUTHORITY, ApprovalOf.IMPORT})
"""Papers of authorities: they count once a second person has held them against the document, and signed."""
_BY_SITE = (ApprovalOf.ETHICS, ApprovalOf.TRAINING, ApprovalOf.PHARMACY, ApprovalOf.CODE_BREAK)
_BY_COUNTRY = (ApprovalOf.AUTHORITY, ApprovalOf.IMPORT)
_OF_AMENDMENTS = (ApprovalOf.ETHICS, ApprovalOf.AUTHORITY)


class ActivationRules(Part):
    """The approvals that a site needs before it opens. One of a country counts at each of its sites."""

    site: tuple[ApprovalOf, ...] = Field(
        default=_BY_SITE, description="for each site; one of its country counts too"
    )
    country: tuple[ApprovalOf, ...] = Field(default=_BY_COUNTRY, description="once for all sites of a country")
    amendments: tuple[ApprovalOf, ...] = Field(
        default=_OF_AMENDMENTS, description="anew for each substantial amendment, before an open site goes on to it"
    )
    substantial: bool = Field(default=True, description="whether this version is one, where it follows another")
    warn_days: int = Field(default=30, ge=0, le=365, description="so long ahead, the end of an approval is told")
    checklist: tuple[ChecklistLine, ...] = Field(
        default=(), description="production: lines of the checklist that the first site waits for"
    )

    @property
    def asked(self) -> tuple[ApprovalOf, ...]:
        """Everything that a site needs, its country's first."""
        return tuple(dict.fromkeys((*self.country, *self.site)))

    @property
    def asked_anew(self) -> tuple[ApprovalOf, ...]:
        """What an open site needs of its own for this version."""
        return self.amendments if self.substantial else ()


class ApprovalState(StrEnum):
    """What an approval is worth on a day; in this order the better one counts where there are several."""

    IN_FORCE = "in_force"
    ENDING = "ending"
    UNCONFIRMED = "unconfirmed"
    TO_COME = "to_come"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    MISSING = "missing"


HOLDS = frozenset({ApprovalState.IN_FORCE, ApprovalState.ENDING})
"""States in which a site may open, screen and randomize."""
_ORDER = tuple(ApprovalState)


class ApprovalFacts(NamedTuple):
    """One approval as it was recorded; `site` empty: of the whole country. `until` is its last day.

    `version`: the protocol version that it agrees to; 0 where it names none.
    """

    number: int
    kind: ApprovalOf
    country: str
    site: str
    granted_on: date
    until: date | None
    confirmed: bool
    withdrawn: bool
    reference: str = ""
    version: int = 0


class Standing(NamedTuple):
    """One approval that a site needs, and the best that there is of it; `number` 0: nothing was recorded."""

    kind: ApprovalOf
    state: ApprovalState
    number: int
    until: date | None

    @property
    def holds(self) -> bool:
        """Whether the site may go on it."""
        return self.state in HOLDS


def state_on(facts: ApprovalFacts, day: date, warn_days: int) -> ApprovalState:
    """What one approval is worth on a day; it holds on its last day itself."""
    if facts.withdrawn:
        return ApprovalState.WITHDRAWN
    if facts.until is not None and facts.until < day:
        return ApprovalState.EXPIRED
    if not facts.confirmed and facts.kind in TWO_PERSONS:
        return ApprovalState.UNCONFIRMED
    if facts.granted_on > day:
        return ApprovalState.TO_COME
    if facts.until is not None and facts.until - timedelta(days=warn_days) <= day:
        return ApprovalState.ENDING
    return ApprovalState.IN_FORCE


def standings(
    rules: ActivationRules | None,
    facts: Iterable[ApprovalFacts],
    country: str,
    site: str,
    day: date,
    version: int | None = None,
) -> tuple[Standing, ...]:
    """What a site needs, each with the best approval there is; nothing where the study asks for nothing.

    With a version, approvals of later ones do not count.
    """
    if rules is None:
        return ()
    here = [one for one in _here(facts, country, site) if version is None or one.version <= version]
    return tuple(_best(kind, here, day, rules.warn_days) for kind in rules.asked)


def amendment_standings(
    rules: ActivationRules | None,
    facts: Iterable[ApprovalFacts],
    country: str,
    site: str,
    day: date,
    version: int,
) -> tuple[Standing, ...]:
    """What an open site needs before it goes on to a version; only approvals that name this version count."""
    if rules is None:
        return ()
    here = [one for one in _here(facts, country, site) if one.version == version]
    return tuple(_best(kind, here, day, rules.warn_days) for kind in rules.asked_anew)


def country_standings(
    rules: ActivationRules | None, facts: Iterable[ApprovalFacts], country: str, day: date
) -> tuple[Standing, ...]:
    """What the study asks of a country, each with the best approval there is."""
    if rules is None:
        return ()
    here = [one for one in facts if one.country == country and not one.site]
    return tuple(_best(kind, here, day, rules.warn_days) for kind in rules.country)


def lacking(found: Sequence[Standing]) -> Iterator[str]:
    """What is missing, in words for a screen."""
    for one in found:
        if not one.holds:
            yield f"{words_of(one.kind)} ({_WHY[one.state].format(until=one.until)})"


def words_of(kind: ApprovalOf) -> str:
    """The kind as people say it."""
    return _WORDS[kind]


def _here(facts: Iterable[ApprovalFacts], country: str, site: str) -> list[ApprovalFacts]:
    return [one for one in facts if one.country == country and one.site in ("", site)]


def _best(kind: ApprovalOf, facts: Iterable[ApprovalFacts], day: date, warn_days: int) -> Standing:
    found = [(one, state_on(one, day, warn_days)) for one in facts if one.kind == kind]
    if not found:
        return Standing(kind, ApprovalState.MISSING, 0, None)
    # Of two that hold, the one that ends later counts: an extension ends the warning.
    best, state = min(found, key=lambda pair: (_ORDER.index(pair[1]), -(pair[0].until or date.max).toordinal()))
    return Standing(kind, state, best.number, best.until)


_WORDS = {
    ApprovalOf.ETHICS: "ethics committee",
    ApprovalOf.AUTHORITY: "regulatory authority",
    ApprovalOf.IMPORT: "import licence",
    ApprovalOf.INSURANCE: "insurance",
    ApprovalOf.CONTRACT: "contract",
    ApprovalOf.TRAINING: "training of staff",
    ApprovalOf.PHARMACY: "pharmacy ready",
    ApprovalOf.CODE_BREAK: "code-break practice",
}
_WHY = {
    ApprovalState.UNCONFIRMED: "waits for a second person",
    ApprovalState.TO_COME: "not in force yet",
    ApprovalState.EXPIRED: "ended on {until}",
    ApprovalState.WITHDRAWN: "withdrawn",
    ApprovalState.MISSING: "not recorded",
}
