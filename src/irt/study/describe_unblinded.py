"""The unblinded specification: the blinded one, then arms, kits, randomization and supply."""

from collections.abc import Iterator

from irt.study.blinded import blinded_study
from irt.study.definition import StudyDefinition
from irt.study.describe_blinded import blinded_sections, yes_no
from irt.study.dispensing import DispensingRule, WeightDose
from irt.study.kit_types import Windows
from irt.study.network import ImportLicence
from irt.study.part import Code
from irt.study.randomization_plan import (
    Component,
    Factorial,
    Listed,
    Minimization,
    OtherDesign,
    PermutedBlocks,
    Platform,
)
from irt.study.resupply import MinMax, Resupply
from irt.study.specification import Section, Specification, Table

METHODS = {
    "permuted_block": "stratified permuted blocks",
    "minimization": "minimization (Pocock and Simon)",
    "factorial": "factorial: each treatment factor minimized by itself",
    "platform": "platform: active or placebo first, m to 1, then the agent",
    "open_cohort": "no draw: the cohort that is open",
}


def unblinded_specification(definition: StudyDefinition) -> Specification:
    """The whole study in words."""
    restricted = (
        _arms(definition),
        _cohorts(definition),
        _randomization(definition),
        _kit_types(definition),
        _country_windows(definition),
        _dispensing(definition),
        _shams(definition),
        _depots(definition),
        _lanes(definition),
        *_imports(definition),
        *_customs(definition),
        *_served(definition),
        _resupply(definition),
        _sizes(definition),
        _lots(definition),
    )
    title = f"{definition.study.name}: study specification"
    return Specification(title, "unblinded", blinded_sections(blinded_study(definition)) + restricted)


def _served(definition: StudyDefinition) -> Iterator[Section]:
    """Nothing for a study that is no pool."""
    if definition.serves:
        rows = tuple(
            (served.protocol, "; ".join(f"{pooled} as {name}" for pooled, name in served.kit_types.items()))
            for served in definition.serves
        )
        yield Section("Studies served by this pool", table=Table(("Study", "Kit types"), rows))


def _arms(definition: StudyDefinition) -> Section:
    rows = tuple(
        (arm.code, arm.name, str(arm.ratio), str(arm.opens or "-"), str(arm.closes or "-"))
        for arm in definition.arms
    )
    return Section("Arms", table=Table(("Code", "Arm", "Ratio", "Opens", "Closes"), rows))


def _cohorts(definition: StudyDefinition) -> Section:
    rows = tuple(
        (
            cohort.code,
            cohort.name,
            cohort.arm,
            str(cohort.size),
            str(cohort.sentinel_days),
            str(cohort.observation_days),
        )
        for cohort in definition.cohorts
    )
    headings = ("Code", "Cohort", "Arm", "Subjects", "Sentinel (days)", "Observation (days)")
    return Section("Cohorts", table=Table(headings, rows))


def _randomization(definition: StudyDefinition) -> Section:
    plan = definition.randomization
    facts = [("Method", METHODS.get(plan.method, plan.method.replace("_", " ")))]
    if isinstance(plan, PermutedBlocks):
        facts += _block_facts(plan)
    elif isinstance(plan, Minimization):
        facts += _minimization_facts(plan, "")
    elif isinstance(plan, Factorial):
        for component in plan.components:
            facts += [(component.name, _groups(component))]
            facts += _minimization_facts(component.minimization, component.name)
    elif isinstance(plan, OtherDesign):
        facts += _design_facts(plan)
    elif isinstance(plan, Listed):
        facts += _list_facts(plan)
    elif isinstance(plan, Platform):
        facts += [
            (f"Agent {agent.code}", f"active {agent.active}, placebo {agent.placebo}") for agent in plan.agents
        ]
    return Section("Randomization", tuple(facts + _rare(definition)))


def _rare(definition: StudyDefinition) -> list[tuple[str, str]]:
    """Later draws, and those out of the ordinary."""
    facts = []
    for number, later in enumerate(definition.later_randomizations, start=2):
        facts.append((f"Randomization {number}", f"{', '.join(later.arms)}, after {later.after_days} days"))
        facts.append((f"Method of randomization {number}", later.design.method.replace("_", " ")))
        facts += [(f"{name} of randomization {number}", words) for name, words in _design_facts(later.design)]
    if definition.forced_randomization is not None:
        forced = definition.forced_randomization
        facts.append(("Forced randomization", f"at most {forced.subjects_max} subjects: {forced.reason}"))
    if definition.conduct.replacement_subjects:
        rule = {"drawn": "a draw of their own", "same": "the arm of the subject replaced"}
        facts.append(("Replacement subjects get", rule[definition.replacement_arm]))
    return facts


def _groups(component: Component) -> str:
    groups = component.groups.items()
    return "; ".join(f"{level} (share {component.ratio[level]}): {', '.join(arms)}" for level, arms in groups)


def _block_facts(plan: PermutedBlocks) -> list[tuple[str, str]]:
    weights = plan.size_weights or (1,) * len(plan.block_sizes)
    sizes = (f"{size} (weight {weight})" for size, weight in zip(plan.block_sizes, weights, strict=True))
    return [("Block sizes", ", ".join(sizes)), ("Strata", " x ".join(plan.strata) or "none: one list")]


def _minimization_facts(plan: Minimization, of: str) -> list[tuple[str, str]]:
    label = f"{of}: " if of else ""
    factors = ", ".join(f"{weighted.factor} (weight {weighted.weight})" for weighted in plan.factors)
    return [
        (f"{label}Factors", factors),
        (f"{label}Probability of the preferred arm", str(plan.probability)),
        (f"{label}Imbalance", f"{plan.distance} of {plan.imbalance_of}; ties {plan.ties.replace('_', ' ')}"),
        *_justification(plan, label),
    ]


def _design_facts(plan: OtherDesign) -> list[tuple[str, str]]:
    facts = [("Settings", "; ".join(f"{name} {_setting(value)}" for name, value in plan.params.items()) or "none")]
    if plan.factors:
        facts.append(("Factors", ", ".join(f"{one.factor} (weight {one.weight})" for one in plan.factors)))
    facts.append(("Strata", " x ".join(plan.strata) or "none: all subjects together"))
    if plan.planned_subjects is not None:
        facts.append(("Planned subjects in each stratum", str(plan.planned_subjects)))
    if plan.eligibility:
        facts.append(("Eligibility", "the site says which arms a subject may get"))
    return facts + _justification(plan, "")


def _list_facts(plan: Listed) -> list[tuple[str, str]]:
    settings = "; ".join(f"{name} {_setting(value)}" for name, value in plan.params.items())
    return [
        ("Lists made by", plan.list_method.replace("_", " ")),
        ("Settings", settings or "none"),
        ("Strata", " x ".join(plan.strata) or "none: one list"),
        ("Positions in each stratum", str(plan.positions)),
    ]


def _setting(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_setting(each)}" for name, each in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _justification(plan: Minimization | OtherDesign, label: str) -> list[tuple[str, str]]:
    words = plan.deterministic_justification
    return [(f"{label}Why allocations may be certain", words)] if words else []


def _kit_types(definition: StudyDefinition) -> Section:
    rows = tuple(
        (
            kit_type.code,
            kit_type.contents,
            kit_type.blinding_group,
            f"{kit_type.units_per_kit} {kit_type.unit}",
            _windows(kit_type.windows),
            ", ".join(kit_type.label_groups) or "every one",
            yes_no(kit_type.serialized),
        )
        for kit_type in definition.kit_types
    )
    headings = ("Code", "Contents", "Looks like", "Units", "DND / DNC / DNS (days)", "Label groups", "Numbered")
    return Section("Kit types", table=Table(headings, rows))


def _windows(windows: Windows) -> str:
    return f"{windows.dnd_days} / {windows.dnc_days} / {windows.dns_days}"


def _country_windows(definition: StudyDefinition) -> Section:
    rows = tuple(
        (kit_type.code, country, _windows(windows))
        for kit_type in definition.kit_types
        for country, windows in kit_type.country_windows.items()
    )
    return Section("Windows by country", table=Table(("Kit type", "Country", "DND / DNC / DNS (days)"), rows))


def _dispensing(definition: StudyDefinition) -> Section:
    rows = tuple(
        (
            ", ".join(rule.visits),
            ", ".join(rule.arms) or "every arm",
            ", ".join(rule.dose_levels) or "every level",
            _given(rule),
        )
        for rule in definition.dispensing
    )
    return Section("Dispensing", table=Table(("Visits", "Arms", "Dose levels", "Kits"), rows))


def _given(rule: DispensingRule) -> str:
    kits = [f"{need.quantity} x {need.kit_type}" for need in rule.kits]
    weighed = [_by_weight(rule.by_weight)] if rule.by_weight else []
    return ", ".join(kits + weighed) or "nothing"


def _by_weight(dose: WeightDose) -> str:
    second = ", weight confirmed by a second person" if dose.second_check else ""
    return (
        f"{dose.kit_type}: {dose.mg_per_kg} mg/kg from kits of {dose.mg_per_kit} mg, rounded {dose.rounding}, "
        f"{dose.weight_kg_min} to {dose.weight_kg_max} kg{second}"
    )


def _shams(definition: StudyDefinition) -> Section:
    rows = tuple((move.name, ", ".join(move.sham_in_arms)) for move in definition.titration if move.sham_in_arms)
    return Section("Sham changes of dose level", table=Table(("Change", "Sham in arms"), rows))


def _depots(definition: StudyDefinition) -> Section:
    rows = tuple(
        (depot.code, depot.name, depot.country, depot.supplied_by or "central", yes_no(depot.blinded))
        for depot in definition.depots
    )
    return Section("Depots", table=Table(("Code", "Depot", "Country", "Supplied by", "Blinded"), rows))


def _lanes(definition: StudyDefinition) -> Section:
    rows = tuple(
        (
            f"{lane.origin} to {lane.target}",
            str(lane.lead_time_days),
            f"{' '.join(lane.dispatch_days)} by {lane.cut_off:%H:%M}",
            lane.shipper or (f"{lane.hold_hours} h" if lane.hold_hours else "-"),
            ", ".join(map(str, lane.holidays)) or "-",
        )
        for lane in definition.lanes
    )
    headings = ("Lane", "Lead time (days)", "Leaves", "Shipper holds", "Closed on")
    return Section("Lanes", table=Table(headings, rows))


def _customs(definition: StudyDefinition) -> tuple[Section, ...]:
    customs = definition.customs
    if customs is None:
        return ()
    named = [(each.blinding_group, each) for each in customs.commodities]
    rows = tuple(
        (
            name,
            each.words,
            each.hs_code,
            each.origin,
            f"{each.value:.2f} {customs.currency}",
            f"{each.net_grams} / {each.gross_grams}",
        )
        for name, each in (*named, *((each.item, each) for each in customs.item_goods))
    )
    headings = ("Looks like, or item", "Goods", "HS code", "Made in", "Value of one", "Net / gross (g)")
    facts = (("Incoterm", customs.incoterm), ("Exporter", ", ".join(customs.consignor) or "the depot"))
    return (Section("Customs", facts, Table(headings, rows)),)


def _imports(definition: StudyDefinition) -> Iterator[Section]:
    if definition.shippers:
        shippers = tuple(
            (one.code, one.name, ", ".join(f"{kept} {hours} h" for kept, hours in one.hold_hours.items()))
            for one in definition.shippers
        )
        yield Section("Shippers", table=Table(("Code", "Shipper", "Holds"), shippers))
    if definition.import_licences:
        licences = tuple(
            (one.country, one.number, f"{one.valid_from} to {one.valid_until}", _covered(one))
            for one in definition.import_licences
        )
        yield Section("Import licences", table=Table(("Country", "Number", "Valid", "Covers"), licences))


def _covered(licence: ImportLicence) -> str:
    return ", ".join(f"{kits} kits of {group}" for group, kits in licence.kits.items()) or "any number"


def _resupply(definition: StudyDefinition) -> Section:
    resupply = definition.resupply
    facts = (
        ("Method", resupply.method.replace("_", "/")),
        ("Reviewed every", f"{resupply.review_days} days, at {resupply.review_at:%H:%M} UTC"),
        *_forecast(resupply),
        *_orders(resupply),
    )
    rows = [*_levels("study", resupply.study)]
    for country, settings in resupply.countries.items():
        rows += _levels(f"country {country}", settings)
    for site, settings in resupply.sites.items():
        rows += _levels(f"site {site}", settings)
    for depot, settings in resupply.depots.items():
        rows += _levels(f"depot {depot}", settings)
    headings = ("Holds for", "Kit type", "Minimum", "Maximum", "Trigger window", "Resupply window")
    return Section("Resupply of sites", facts, Table(headings, tuple(rows)))


def _forecast(resupply: Resupply) -> Iterator[tuple[str, str]]:
    if resupply.method == "predictive":
        yield "Windows", f"trigger {resupply.trigger_days} days, resupply {resupply.resupply_days} days"
    if resupply.method == "optimizer":
        planning = resupply.planning
        yield "Planned ahead", f"{planning.horizon_days} days, within {planning.gap} of the least cost"
        yield "Visits that find their kits", f"{planning.service} of all, or more"
        if planning.earlier.keep != "never":
            yield "Plans go on from", f"the last {'approved ' * (planning.earlier.keep == 'approved')}plan"
    if resupply.method != "min_max":
        forecast = resupply.forecast
        yield "Screening fails", f"{forecast.screen_failure_rate} of subjects"
        yield "Subjects stop", f"{forecast.dropout_rate} within 28 days"
        yield "Subjects on hold count", yes_no(forecast.on_hold_counts)
        yield "Weight for planning", f"{forecast.planning_weight_kg} kg"
    if resupply.method == "optimizer":
        yield "Screening takes", f"up to {resupply.forecast.screening_days} days"
        for level, moves in resupply.forecast.dose_moves.items():
            chances = ", ".join(f"{chance} to {other}" for other, chance in moves.items())
            yield f"Before a visit, those on {level} move", chances


def _orders(resupply: Resupply) -> Iterator[tuple[str, str]]:
    least = f", least order {resupply.least_kits} kits" if resupply.least_kits else ""
    yield "An order tells no arm by", resupply.protection.replace("_", " ") + least
    if resupply.seeding:
        yield "Sent on activation", ", ".join(f"{kits} {code}" for code, kits in resupply.seeding.items())
    stops = {**resupply.stops.countries, **{f"site {site}": day for site, day in resupply.stops.sites.items()}}
    if stops:
        yield "Nothing is sent from", ", ".join(f"{where} {day}" for where, day in stops.items())


def _levels(where: str, settings: dict[Code, MinMax]) -> Iterator[tuple[str, ...]]:
    return (
        (where, kit_type, str(pair.minimum), str(pair.maximum), _days(pair.trigger_days), _days(pair.resupply_days))
        for kit_type, pair in settings.items()
    )


def _days(days: int | None) -> str:
    return "-" if days is None else f"{days} days"


def _sizes(definition: StudyDefinition) -> Section:
    rows = tuple(
        (
            name,
            str(size.planned_subjects),
            str(len(definition.sites) or sum(size.sites.values())),
            str(sum(lot.kits for lot in size.lots)),
        )
        for name, size in definition.sizes.items()
    )
    return Section("Sizes", table=Table(("Size", "Planned subjects", "Sites", "Kits"), rows))


def _lots(definition: StudyDefinition) -> Section:
    rows = tuple(
        (name, lot.lot, lot.blinded_lot, lot.kit_type, str(lot.kits), str(lot.released), str(lot.expiry), lot.depot)
        for name, size in definition.sizes.items()
        for lot in size.lots
    )
    headings = ("Size", "Lot", "Blinded lot", "Kit type", "Kits", "Released", "Expiry", "Depot")
    return Section("Lots", table=Table(headings, rows))
