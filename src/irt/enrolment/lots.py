"""Release of lots in a run: with one signature, or step by step on the routes of the study."""

from datetime import date, datetime

from irt.enrolment.run import Run
from irt.services.release_lot import ReleaseLot, release_lot
from irt.services.release_steps import SignReleaseStep, sign_release_step
from irt.states.release import OF_WHOLE_ROUTE
from irt.study.release import ReleaseRoute


def release(run: Run, lot: str, day: date, moment: datetime) -> None:
    """The qualified person releases a lot; where there are routes, everybody signs their step, in order."""
    if not run.definition.release_routes:
        ask = ReleaseLot(study_id=run.study_id, lot=lot, on_day=day, signing=run.staff.signing())
        run.press(run.staff.quality, moment, release_lot, ask, f"release:{lot}")
    for route in run.definition.release_routes:
        _walk(run, route, lot, moment)


def _walk(run: Run, route: ReleaseRoute, lot: str, moment: datetime) -> None:
    led_to = [
        country.code for country in run.definition.countries if run.definition.route_to(country.code) == route
    ]
    for step in route.in_order:
        whole = step.kind in OF_WHOLE_ROUTE
        ask = SignReleaseStep(
            study_id=run.study_id,
            lot=lot,
            kind=step.kind,
            route=route.code if whole else "",
            countries=[] if whole else led_to,
            signing=run.staff.signing(),
        )
        key = f"release:{lot}:{route.code}:{step.kind}"
        run.press(run.staff.specialists.signers[step.kind], moment, sign_release_step, ask, key)
