"""`irt supply route` and `irt supply step`: how far lots are on their routes, and the signature under one step."""

import json
from dataclasses import asdict

import click

from irt.blinding.release_steps import require_part
from irt.commands.named import mode_option, study_of, study_option
from irt.commands.session import Person, as_person
from irt.reads.blinded_release import CountryOnRoute, LotOnRoutes, StepCell, lots_and_routes
from irt.services.release_steps import SignReleaseStep, sign_release_step
from irt.states.release import ReleaseStepKind, StepOutcome, step_words


@click.command("route")
@study_option()
@mode_option
@click.option("--lot", metavar="LOT", help="One lot; all of them else.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@as_person
def route(person: Person, protocol: str, mode: str | None, lot: str | None, as_json: bool) -> None:
    """Show each lot on its way to each country: the steps that stand, and who is next.

    Example: irt supply route --study NB-301 --user quinn
    """
    study = study_of(person, protocol, mode)
    require_part(person.actor, study.id)
    with person.store.reading() as connection:
        lots = [one for one in lots_and_routes(connection, study.id) if lot in (None, one.lot)]
    if as_json:
        click.echo(json.dumps([asdict(one) for one in lots], indent=2, default=str))
        return
    for one in lots:
        _tell(one)
    if not any(one.routes for one in lots):
        click.echo("There is no lot on a release route here.")


@click.command("step")
@click.argument("lot")
@click.argument("kind", type=click.Choice([str(kind) for kind in ReleaseStepKind]))
@study_option()
@mode_option
@click.option("--route", "route_code", default="", metavar="CODE", help="The route, for steps about the batch.")
@click.option("--countries", default="", metavar="CODES", help="With commas, as DE,FR, for steps of a country.")
@click.option("--refuse", metavar="REASON", help="Refuse the step, and say why.")
@click.option("--withdraw", metavar="REASON", help="Take a signature back, and say why.")
@as_person
def step(
    person: Person,
    lot: str,
    kind: str,
    protocol: str,
    mode: str | None,
    route_code: str,
    countries: str,
    refuse: str | None,
    withdraw: str | None,
) -> None:
    """Sign one step of a lot's route, refuse it, or take it back; its country is open while the last step stands.

    Example: irt supply step L2509-N country_approval --study NB-301 --countries DE,FR --user quinn
    """
    if refuse and withdraw:
        raise click.UsageError("--refuse and --withdraw do not go together.")
    study = study_of(person, protocol, mode)
    outcome = StepOutcome.REFUSED if refuse else StepOutcome.WITHDRAWN if withdraw else StepOutcome.SIGNED
    ask = SignReleaseStep(
        study_id=study.id,
        lot=lot,
        kind=ReleaseStepKind(kind),
        outcome=outcome,
        route=route_code,
        countries=[code.strip() for code in countries.split(",") if code.strip()],
        reason=refuse or withdraw or "",
        signing=person.signing(),
    )
    done = person.does(sign_release_step, ask)
    opened = f" Usable now in {', '.join(done.opened)}: {done.kits} kits." if done.opened else ""
    closed = f" Usable no more in {', '.join(done.closed)}." if done.closed else ""
    click.echo(f"Lot {done.lot}: {step_words(done.kind)} {done.outcome}.{opened}{closed}")


def _tell(lot: LotOnRoutes) -> None:
    for one in lot.routes:
        for country in one.countries:
            click.echo(f"{lot.lot} {country.code}: {_words(country)}")


def _words(country: CountryOnRoute) -> str:
    return ", ".join(_step(cell) for cell in country.cells)


def _step(cell: StepCell) -> str:
    if cell.state == "stands":
        return f"{step_words(cell.kind)} signed by {cell.signed_by}"
    last = f" ({cell.outcome})" if cell.outcome not in ("", "signed") else ""
    return f"{step_words(cell.kind)} {'next' if cell.state == 'next' else 'waits'}{last}"
