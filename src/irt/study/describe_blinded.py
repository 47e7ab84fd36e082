"""The blinded specification, told from a BlindedStudy alone."""

from collections.abc import Iterator

from irt.states.release import step_words
from irt.study.activation import words_of
from irt.study.blinded import BlindedStudy, KitCount
from irt.study.delivery import HomeDelivery
from irt.study.dispensing import NonSerializedItem
from irt.study.kit_types import BlindingGroup
from irt.study.labels import LabelSettings
from irt.study.notices import KINDS, wording_of
from irt.study.release import ReleaseRoute
from irt.study.rules import Cap, Conduct, Screening
from irt.study.specification import Section, Specification, Table
from irt.study.temperature import Condition
from irt.study.visits import Repeat, Visit

BLINDINGS = {
    "open": "open: everybody knows the arm",
    "single": "single-blind: the subject does not know the arm",
    "double": "double-blind: neither subject nor site knows the arm",
}
SOURCES = {
    "entered": "entered at the site",
    "country": "country of the site",
    "region": "region of the site",
    "site": "the site itself",
}


def blinded_specification(study: BlindedStudy) -> Specification:
    """All that every site may read about the study."""
    title = f"{study.identity.name}: study specification"
    return Specification(title, "blinded", blinded_sections(study))


def blinded_sections(study: BlindedStudy) -> tuple[Section, ...]:
    """The sections that open every specification, blinded or not."""
    return (
        _identity(study),
        _factors(study),
        _visits(study),
        _groups(study),
        _dose_levels(study),
        _moves(study),
        _kits(study),
        _items(study),
        _screening(study),
        _caps(study),
        _conduct(study),
        _supply_limits(study),
        _temperature(study),
        _labels(study),
        _notices(study),
        _delivery(study),
        _release(study),
        _countries(study),
        _sites(study),
    )


def yes_no(value: bool) -> str:
    """In words."""
    return "yes" if value else "no"


def _identity(study: BlindedStudy) -> Section:
    who = study.identity
    facts = (
        ("Title", who.title),
        ("Sponsor", who.sponsor),
        ("Protocol", who.protocol),
        ("Phase", who.phase),
        ("Blinding", BLINDINGS[who.blinding]),
        ("Partial blinds", "; ".join(who.blinded_stages) or "none"),
        ("Unblinded pharmacist", yes_no(who.unblinded_pharmacist)),
        ("Help line", who.help_phone),
    )
    return Section("Study", facts)


def _factors(study: BlindedStudy) -> Section:
    rows = tuple(
        (factor.code, factor.name, SOURCES[factor.source], "; ".join(level.name for level in factor.levels) or "-")
        for factor in study.factors
    )
    return Section("Stratification factors", table=Table(("Code", "Factor", "Value", "Levels"), rows))


def _visits(study: BlindedStudy) -> Section:
    rows = tuple(
        (
            visit.code,
            visit.name,
            f"{visit.anchor} + {visit.day}{_repeat(visit.repeat)}",
            _window(visit),
            yes_no(visit.dispenses),
        )
        for visit in study.visits
    )
    return Section("Visits", table=Table(("Code", "Visit", "Day", "Window (days)", "Dispensing"), rows))


def _repeat(repeat: Repeat | None) -> str:
    if repeat is None:
        return ""
    times = f"{repeat.times} times in all" if repeat.times else "without a fixed end"
    return f", every {repeat.every_days} days, {times}"


def _window(visit: Visit) -> str:
    return f"-{visit.window_before_days} / +{visit.window_after_days}"


def _groups(study: BlindedStudy) -> Section:
    rows = tuple(
        (group.code, group.name, group.storage, group.handling or "-", _schedules(group), _prepared(group))
        for group in study.blinding_groups
    )
    headings = ("Code", "Name", "Storage", "Handling", "Controlled drug", "Prepared")
    controlled = any(group.schedules for group in study.blinding_groups)
    hours = study.controlled.report_hours
    note = f"Discrepancies of controlled drugs are reported within {hours} hours." if controlled else ""
    return Section("Kits as they look", table=Table(headings, rows), note=note)


def _prepared(group: BlindingGroup) -> str:
    rule = group.preparation
    if rule is None:
        return "no"
    thaw = f"thawed at most {rule.thaw_hours_max} h, " if rule.thaw_hours_max else "thawed, " if rule.thaws else ""
    return f"{thaw}{rule.contents} {rule.unit}, given within {rule.in_use_hours} h"


def _schedules(group: BlindingGroup) -> str:
    return ", ".join(f"{country}: {schedule}" for country, schedule in group.schedules.items()) or "no"


def _dose_levels(study: BlindedStudy) -> Section:
    rows = tuple((level.code, level.name, yes_no(level.initial)) for level in study.dose_levels)
    return Section("Dose levels", table=Table(("Code", "Name", "At randomization"), rows))


def _moves(study: BlindedStudy) -> Section:
    rows = tuple((move.origin, move.target, move.name) for move in study.moves)
    return Section("Changes of dose level", table=Table(("From", "To", "Name"), rows))


def _kits(study: BlindedStudy) -> Section:
    if study.identity.blinding == "open":
        return Section("Kits at each visit", note="The study is open: kits differ between arms.")
    rows = tuple(
        (row.visit, row.dose_level or "-", row.agent or "-", row.blinding_group, _quantity(row))
        for row in study.kit_counts
    )
    headings = ("Visit", "Dose level", "Agent", "Kit", "Quantity")
    return Section("Kits at each visit", table=Table(headings, rows), note="The same in every arm.")


def _quantity(row: KitCount) -> str:
    return "by body weight" if row.quantity is None else str(row.quantity)


def _items(study: BlindedStudy) -> Section:
    rows = tuple((item.code, item.name, item.kind, item.unit, item.storage, _levels(item)) for item in study.items)
    headings = ("Code", "Name", "Kind", "Unit", "Storage", "Kept at a site")
    return Section("Items without kit number", table=Table(headings, rows))


def _levels(item: NonSerializedItem) -> str:
    return f"{item.minimum} to {item.maximum}" if item.maximum else "sent by hand"


def _screening(study: BlindedStudy) -> Section:
    rules = study.screening
    facts = (
        ("Screening again", _again(rules)),
        ("Screening expires", f"after {rules.screening_days_max} days" if rules.screening_days_max else "never"),
        ("Run-in", f"{rules.run_in_days} days"),
        ("Rollover from", rules.rollover_from or "no other study"),
        ("Reasons of screen failure", "; ".join(rules.failure_reasons)),
    )
    return Section("Screening", facts)


def _again(rules: Screening) -> str:
    if not rules.rescreenings_max:
        return "never"
    times = "once" if rules.rescreenings_max == 1 else f"up to {rules.rescreenings_max} times"
    return f"{times}, {rules.rescreening_wait_days} days later or more"


def _caps(study: BlindedStudy) -> Section:
    rows = tuple(
        (_capped(cap), str(cap.subjects), cap.counts, "stops" if cap.hard else "alerts") for cap in study.caps
    )
    return Section("Limits of enrolment", table=Table(("On", "Subjects", "Counted when", "At the limit"), rows))


def _capped(cap: Cap) -> str:
    return cap.scope if cap.key is None else f"{cap.scope} {cap.key}"


def _conduct(study: BlindedStudy) -> Section:
    rules = study.conduct
    facts = (
        ("Signed order before kits are assigned", yes_no(rules.order_required)),
        ("Stock counted", f"every {rules.count_stock_days} days" if rules.count_stock_days else "when asked for"),
        ("Returns", f"counted in {rules.returns_counted_in}" if rules.returns_required else "not required"),
        ("Two people type the body weight", f"at {', '.join(at)}" if (at := study.second_checks) else "no"),
        ("Misallocation is signed", yes_no(rules.misallocation_signed)),
        ("Sites open with a signed go-live gate only", _gate(rules)),
        *_approvals(study),
        ("Replacement kits", yes_no(rules.replacement_kits)),
        ("Replacement subjects", yes_no(rules.replacement_subjects)),
        ("Randomization only where every arm can be served", yes_no(rules.all_arms_on_site)),
        ("Signatures with the six-digit code", yes_no(rules.second_factor)),
    )
    return Section("Conduct", facts)


def _approvals(study: BlindedStudy) -> tuple[tuple[str, str], ...]:
    if study.activation is None:
        return ()
    rules = study.activation
    told = ", ".join(words_of(kind) for kind in rules.asked)
    with_approvals = (
        "Sites open with",
        f"{told or 'no approvals'}; their end is told {rules.warn_days} days ahead",
    )
    if not rules.checklist:
        return (with_approvals,)
    lines = ", ".join(line.replace("_", " ") for line in rules.checklist)
    return (with_approvals, ("The first site in production waits for", lines))


def _gate(rules: Conduct) -> str:
    return "in production" if rules.gate_asked else f"no: {rules.no_gate_because}"


def _supply_limits(study: BlindedStudy) -> Section:
    limits = study.supply_limits
    facts = (
        ("Request not acknowledged after", f"{limits.acknowledge_hours} hours"),
        ("Parcel not sent or delivered after", f"{limits.dispatch_days} or {limits.delivery_days} days"),
        ("Receipt not booked after", f"{limits.receipt_hours} hours"),
        ("Stock used up within", f"{limits.stock_out_days} days"),
        ("Lot or import licence ends within", f"{limits.expiry_days} or {limits.licence_days} days"),
        ("Import licence covers no more than", f"{limits.licence_left_percent} % of its kits"),
        ("Depot's own stock differs for", f"{limits.difference_days} days"),
        (
            "To be acted on, and escalated",
            f"within {limits.act_hours} hours, {limits.escalation_hours} hours later",
        ),
    )
    return Section("What supply is called for", facts)


def _delivery(study: BlindedStudy) -> Section:
    rules = study.delivery
    if rules is None:
        return Section("Delivery to homes", note="No kits go to homes.")
    facts = (
        ("Kits sent to the home", f"at {', '.join(rules.visits)}, in one parcel, on the same way for every arm"),
        ("Packed by", _packer(rules)),
        ("Released with a signature by", f"the {rules.released_by}"),
        ("Day of dispensing", f"the day of {rules.recorded_on}"),
        ("Attempts", f"{rules.attempts_max} at most; then the parcel goes back"),
    )
    return Section("Delivery to homes", facts)


def _packer(rules: HomeDelivery) -> str:
    """Who packs parcels to homes, by country where that differs."""
    site = "the site's pharmacy" if rules.sent_from == "pharmacy" else "the site"
    if rules.sent_from != "depot":
        return site
    return "the depot" + (f"; the site in {', '.join(rules.not_from_depot_in)}" if rules.not_from_depot_in else "")


def _release(study: BlindedStudy) -> Section:
    if not study.release_routes:
        return Section("Release of lots", note="One signature releases a lot for the countries that it names.")
    rows = tuple(
        (route.code, ", ".join((*route.regions, *route.countries)), "; ".join(_steps(route)))
        for route in study.release_routes
    )
    return Section("Release of lots", table=Table(("Route", "Regions and countries", "Steps, in this order"), rows))


def _steps(route: ReleaseRoute) -> Iterator[str]:
    for step in route.in_order:
        yield step_words(step.kind) + (" by another person" if step.another_person else "")


def _temperature(study: BlindedStudy) -> Section:
    rules = study.temperature
    classes = sorted({group.storage for group in study.blinding_groups})
    rows = tuple(_limits(storage, rules.condition(storage)) for storage in classes)
    budgets = tuple(
        (
            f"Budget {storage}",
            f"{band.hours_max:g} h from {band.low:g} to {band.high:g} °C outside the label's range",
        )
        for storage in classes
        for band in rules.budgets.get(storage, ())
    )
    return Section(
        "Temperature", budgets, table=Table(("Storage", "Label", "Permitted", "MKT at most", "Window"), rows)
    )


def _limits(storage: str, limits: Condition) -> tuple[str, ...]:
    return (
        storage,
        f"{limits.low:g} to {limits.high:g} °C",
        f"{limits.permitted_low:g} to {limits.permitted_high:g} °C",
        f"{limits.mkt_max:g} °C",
        f"{limits.window_hours:g} h",
    )


def _labels(study: BlindedStudy) -> Section:
    settings = study.labels
    facts = (
        ("Protocol number in the code", yes_no(settings.protocol_in_code)),
        ("Blinded lot in the code", yes_no(settings.lot_in_code)),
        ("Expiry in the code", yes_no(settings.expiry_in_code)),
        ("Blinded lot in print", yes_no(settings.lot_printed)),
        ("Expiry in print", yes_no(settings.expiry_printed)),
        ("Labelled at the depot, just in time", _just_in_time(settings)),
        ("Company prefix for parcels", settings.company_prefix or "none"),
        *((f"Item number of {group}", gtin) for group, gtin in sorted(study.gtins.items())),
    )
    return Section("Labels", facts)


def _just_in_time(settings: LabelSettings) -> str:
    if isinstance(settings.just_in_time, bool):
        return yes_no(settings.just_in_time)
    return ", ".join(settings.just_in_time) or "no"


def _notices(study: BlindedStudy) -> Section:
    rows = tuple(
        (KINDS[notice.kind].title, audience.value.replace("_", " "), (wording_of(notice, audience) or ("",))[0])
        for notice in study.notices
        for audience in KINDS[notice.kind].wordings
    )
    return Section("Notices by e-mail", table=Table(("Notice", "To", "Subject"), rows))


def _countries(study: BlindedStudy) -> Section:
    rows = tuple((land.code, land.name, land.region or "-", land.zone) for land in study.countries)
    return Section("Countries", table=Table(("Code", "Country", "Region", "Time zone"), rows))


def _sites(study: BlindedStudy) -> Section:
    rows = tuple((site.number, site.name, site.country) for site in study.sites)
    return Section("Sites", table=Table(("Number", "Site", "Country"), rows))
