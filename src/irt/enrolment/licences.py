"""Licences for controlled drugs in a run: each place's put forward and approved before the first shipment."""

from datetime import datetime, timedelta

from irt.enrolment.run import Run
from irt.enrolment.staff import present
from irt.services.controlled_drugs import schedules_anywhere
from irt.services.operational_changes import DecideChange, decide_change
from irt.services.propose_licence import ProposeLicence, propose_licence

HOLD_DAYS = 365
"""Licences outlive the run by so long."""


def hold_licences(run: Run, moment: datetime) -> None:
    """Every site and depot in a country that knows one of the study's drugs as controlled gets its licence."""
    strict = {*schedules_anywhere(run.definition)}
    for site in run.definition.sites:
        if site.country in strict:
            _hold(run, moment, f"S-{site.number}", site=site.number)
    for depot in run.definition.depots:
        if depot.country in strict:
            _hold(run, moment, f"D-{depot.code}", depot=depot.code)


def _hold(run: Run, moment: datetime, number: str, **place: str) -> None:
    ask = ProposeLicence(
        study_id=run.study_id,
        number=number,
        valid_until=run.until.date() + timedelta(days=HOLD_DAYS),
        effective_from=moment.date(),
        reason="Licence of a place in a run",
        **place,
    )
    proposed = run.press(run.staff.supply, moment, propose_licence, ask, f"licence:{number}")
    decision = DecideChange(
        study_id=run.study_id,
        change_id=proposed.change_id,
        granted=True,
        seen=proposed.seen,
        signing=run.staff.signing(),
    )
    second = present(run.staff.specialists.second_in_supply)
    run.press(second, moment, decide_change, decision, f"licence:{number}:approve")
