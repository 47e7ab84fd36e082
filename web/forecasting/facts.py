"""A live study's enrolment, as the forecast takes it: counts, sites, and the limits that are reached."""

from collections import Counter
from datetime import date

from sqlalchemy import Connection

from irt.reads.blinded_enrolment_forecasts import EnrolmentFacts, SiteEntered, enrolment_facts
from irt.reads.unblinded_definition import definition_in_force
from irt.study.rules import Cap
from simulation.enrolment.study import Condition, KnownSite, StudyEnrolment, month_on


def enrolment_of_study(connection: Connection, study_id: int, day: date) -> tuple[StudyEnrolment, int | None]:
    """What is known on a day, and the limit of the whole study where there is one; NotFound before approval."""
    facts = enrolment_facts(connection, study_id)
    limits = [
        cap for cap in definition_in_force(connection, study_id).caps if cap.hard and cap.counts == "randomized"
    ]
    whole = [cap.subjects for cap in limits if cap.scope == "study"]
    return known_of(facts, limits, day), min(whole, default=None)


def known_of(facts: EnrolmentFacts, limits: list[Cap], day: date) -> StudyEnrolment:
    """The facts with sites that have reached a limit of their own or of their country told as full."""
    at_site: Counter[str] = Counter()
    for one in facts.months:
        at_site[one.site] += one.subjects
    in_country: Counter[str] = Counter()
    for site in facts.sites:
        in_country[site.country] += at_site[site.site]

    def full(site: SiteEntered) -> bool:
        reached = {"site": (site.site, at_site[site.site]), "country": (site.country, in_country[site.country])}
        return any(
            cap.scope in reached
            and cap.key in (None, reached[cap.scope][0])
            and reached[cap.scope][1] >= cap.subjects
            for cap in limits
        )

    sites = tuple(
        KnownSite(site.site, site.country, month_on(site.entered_on), _condition(site, full=full(site)))
        for site in facts.sites
    )
    counts = tuple((month_on(one.month), one.site, one.subjects) for one in facts.months)
    return StudyEnrolment(counts, sites, day)


def _condition(site: SiteEntered, *, full: bool) -> Condition:
    condition: Condition = site.status.value
    return "full" if full and condition != "closed" else condition
