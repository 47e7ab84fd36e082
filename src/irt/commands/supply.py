"""`irt supply`: kit lists, release of lots, and the nightly run that supplies the sites."""

import json
from contextlib import closing
from datetime import date, datetime
from typing import Any

import click

from irt.blinding.actor import Actor
from irt.blinding.roles import Role
from irt.commands import changes, clock
from irt.commands.installed import installed_planner
from irt.commands.kit_lists import list_kits
from irt.commands.named import mode_of, mode_option, study_of, study_option
from irt.commands.options import database_option, open_store
from irt.commands.pools import pool
from irt.commands.release_route import route, step
from irt.commands.session import Person, as_person, installation
from irt.errors import BadInput, Refusal
from irt.reads.named import NamedStudy, studies_in_force, study_named
from irt.services.release_lot import ReleaseLot, release_lot
from irt.services.run_resupply import NoReviewDay
from irt.services.store import Store
from irt.services.supply_night import plan_night


@click.group()
def supply() -> None:
    """Load kits, release lots, change lanes and levels, supply the sites.

    Example: irt supply night
    """


for _each in (list_kits, route, step, pool, changes.lane, changes.levels, changes.changes, changes.decide):
    supply.add_command(_each)


@supply.command("release")
@click.argument("lot")
@study_option()
@mode_option
@click.option("--countries", default="", metavar="CODES", help="With commas, as DE,FR; every country else.")
@as_person
def release(person: Person, lot: str, protocol: str, mode: str | None, countries: str) -> None:
    """Sign the release of a blinded lot as the qualified person: its kits may be used from now on.

    Example: irt supply release L2509-N --study NB-301 --countries DE,FR --user quinn
    """
    study = study_of(person, protocol, mode)
    codes = [code.strip() for code in countries.split(",") if code.strip()]
    ask = ReleaseLot(
        study_id=study.id, lot=lot, on_day=clock.now().date(), countries=codes, signing=person.signing()
    )
    done = person.does(release_lot, ask)
    click.echo(f"Lot {done.lot} is released for {', '.join(codes) or 'every country'}: {done.kits} kits.")


@supply.command("night")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="YYYY-MM-DD; today in UTC else.")
@study_option(required=False)
@mode_option
@click.option("--json", "as_json", is_flag=True, help="The runs as JSON.")
@database_option
def night(day: datetime | None, protocol: str | None, mode: str | None, as_json: bool, database_url: str) -> None:
    """Plan the shipments of every study with an approved version, by each site's lowest and highest stock.

    The installation itself does it: nobody signs in, so a timer can. It happens once a study and day; again the
    same day it tells the first outcome. A study that refuses does not hold up the others; the exit is then 1.

    Example: irt supply night --study NB-301
    """
    planned = _day(day)
    with closing(open_store(database_url)) as store:
        actor = installation(store, Role.SUPPLY_PLANNER)
        ran = [_run(store, actor, study, planned) for study in _studies(store, protocol, mode)]
    if as_json:
        click.echo(json.dumps(ran, indent=2))
    else:
        for run in ran:
            click.echo(_line(run))
        if not ran:
            click.echo("No study has an approved version yet. There was nothing to do.")
    if refused := [run for run in ran if "refused" in run]:
        raise click.ClickException(f"{len(refused)} of {len(ran)} studies could not be supplied.")


def _day(asked: datetime | None) -> date:
    today = clock.now().date()
    day = today if asked is None else asked.date()
    if day > today:
        raise BadInput(f"{day} is still to come. Nothing was planned. Name today or an earlier day.")
    return day


def _studies(store: Store, protocol: str | None, mode: str | None) -> list[NamedStudy]:
    with store.reading() as connection:
        if protocol is not None:
            return [study_named(connection, protocol, mode_of(mode))]
        return studies_in_force(connection, mode_of(mode))


def _run(store: Store, actor: Actor, study: NamedStudy, day: date) -> dict[str, Any]:
    """The night of one study, once: the key is the study and the day."""
    told: dict[str, Any] = {"study": study.protocol, "mode": str(study.mode), "day": day.isoformat()}
    try:
        done = plan_night(store, installed_planner(), study.id, day, clock.now(), actor)
    except NoReviewDay as rest:
        return {**told, "rests": rest.sentence}
    except Refusal as refusal:
        return {**told, "refused": refusal.sentence}
    return {**told, **done.model_dump(mode="json")}


def _line(run: dict[str, Any]) -> str:
    found = run.get("refused") or run.get("rests") or _counts(run)
    return f"{run['study']} ({run['mode']}), {run['day']}: {found}"


def _counts(run: dict[str, Any]) -> str:
    sites, shipments = _counted(run["sites_considered"], "site"), _counted(len(run["shipments"]), "shipment")
    return f"{sites} considered, {shipments}, {_counted(run['kits'], 'kit')}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
