"""What somebody needs to do it again: the STRESS-DES checklist (Monks and others 2019), filled from the runs."""

import platform
from collections.abc import Iterator

from simulation.report.report import Report, Told
from simulation.report.words import limit_words
from simulation.spec.laws import Law
from simulation.spec.scenario import Scenario

Facts = tuple[tuple[str, str], ...]


def stress_facts(report: Report) -> tuple[tuple[str, Facts], ...]:
    """Six headings, each with what is asked and what is answered."""
    return (
        ("Objectives", tuple(_objectives(report))),
        ("Logic", tuple(_logic(report))),
        ("Data", tuple(fact for told in report.told for fact in _data(told.scenario))),
        ("Experimentation", tuple(_experiment(report))),
        ("Implementation", tuple(_implementation(report))),
        ("Access", tuple(_access(report))),
    )


def _objectives(report: Report) -> Iterator[tuple[str, str]]:
    if report.agreed is None:
        yield "Question", "how often kits are missing under this scenario, and what the supply costs"
        return
    yield "Question", "whether the supply plan keeps the limits that were agreed before the first replication"
    for limit in report.agreed.agreement.judged:
        yield f"Limit: {limit.name}", f"{limit_words(limit)}, below {limit.limit:g}"


def _logic(report: Report) -> Iterator[tuple[str, str]]:
    yield "Rules", "randomization, kit selection, windows, levels and review are the product's own code"
    yield "Simultaneous events", "in one written order: minute, phase, rank"
    for told in report.told:
        scenario, shortage = told.scenario, told.scenario.supply.shortage
        method = scenario.definition.resupply.method.replace("_", "/")
        becomes = "is lost" if shortage.rule == "lost" else "waits"
        patience = "" if shortage.patience_days is None else f" {shortage.patience_days} days at most"
        without = f"a visit without kits {becomes}{patience}"
        yield f"{scenario.name}: supply", f"resupply {method}; {without}"


def _data(scenario: Scenario) -> Iterator[tuple[str, str]]:
    definition = scenario.definition
    sites = sum(definition.sizes[scenario.size].sites.values()) if scenario.size in definition.sizes else 0
    lots = f"{len(scenario.supply.lots)} in the scenario" if scenario.supply.lots else "those of the study"
    places = f"sites {sites:,}, countries {len(definition.countries)}, depots {len(definition.depots)}"
    yield f"{scenario.name}: network", f"study {definition.study.protocol}: {places}; lots {lots}"
    yield f"{scenario.name}: demand", "; ".join(_comers(scenario))
    laws = (f"{law.target or 'all lanes'} {law_words(law.days)} days" for law in scenario.supply.transit)
    yield f"{scenario.name}: transit", "; ".join(laws) or "as long as the study's lanes say"
    faults = ", ".join(f"{fault.name} ({fault.fault.replace('_', ' ')})" for fault in scenario.faults)
    yield f"{scenario.name}: what goes wrong", faults or "nothing"


def _comers(scenario: Scenario) -> Iterator[str]:
    enrolment = scenario.enrolment
    if enrolment is not None:
        rate = f"{enrolment.screened_per_site_month:g} screened a site and month"
        shape = "" if enrolment.rate_shape is None else f", gamma over sites with shape {enrolment.rate_shape:g}"
        yield f"{rate}{shape}, start-up {law_words(enrolment.start_up_days)} days"
        if enrolment.target_subjects is not None:
            yield f"target {enrolment.target_subjects} subjects"
    for demand in scenario.demand:
        yield f"{demand.requests_per_day:g} requests of {demand.kit_type} a site and day"


def law_words(law: Law) -> str:
    """A law of chance by its name and numbers, as in `lognormal median 3, sigma 0.8`."""
    told = law.model_dump(exclude={"law"}, exclude_defaults=True)
    if law.law == "fixed":
        return f"{law.value:g}"
    return f"{law.law} {', '.join(f'{name} {value}' for name, value in told.items())}"


def _experiment(report: Report) -> Iterator[tuple[str, str]]:
    for told in report.told:
        scenario = told.scenario
        days = f"{scenario.horizon_days} days from {scenario.start.isoformat()}"
        warm = f"warm-up {scenario.warm_up_days} days" if scenario.warm_up_days else "no warm-up"
        yield f"{scenario.name}: time", f"{days}, {warm}; {told.replications:,} replications"
    if report.agreed is not None:
        agreement = report.agreed.agreement
        looks = ", ".join(f"{look:,}" for look in agreement.looks)
        spent = agreement.spending.replace("_", " ")
        yield "Looks", f"at {looks} replications, errors spent by {spent}, intervals of {agreement.confidence:.4g}"
        yield (
            "Errors",
            f"at most {report.false_pass:.4g} to pass wrongly, {report.false_fail:.4g} to fail wrongly",
        )
    yield "Common random numbers", "replication i meets the same people, roads and lots in every scenario and plan"


def _implementation(report: Report) -> Iterator[tuple[str, str]]:
    made = report.made
    yield "Engine", made.engine
    yield "Seed", str(made.seed)
    yield "Software", made.software
    yield "Machine", f"{platform.system()} {platform.machine()} (of this report)"
    yield "Started", made.started
    yield "Courses by day", ", ".join(f"{told.scenario.name} {_courses(told)}" for told in report.told)


def _courses(told: Told) -> str:
    return "none" if told.courses is None else f"of the first {told.courses.replications} replications"


def _access(report: Report) -> Iterator[tuple[str, str]]:
    yield "Identity", report.identity
    for told in report.told:
        yield f"Scenario {told.scenario.name}", told.scenario.hash
        if told.scenario.name in report.made.results:
            yield f"Results {told.scenario.name}", report.made.results[told.scenario.name]
    yield "Replay one", f"irt simulate replay SCENARIO.yaml --seed {report.made.seed} --index I"
