"""Changes of operational data from the command line: proposed by one person, decided by another."""

from datetime import date, datetime
from typing import Any

import click
from pydantic import ValidationError

from irt.blinding.roles import Permission
from irt.commands import clock
from irt.commands.named import mode_option, study_of, study_option
from irt.commands.session import Person, as_person
from irt.errors import BadInput, NotFound
from irt.reads.blinded_network import ChangeLine, change_line, changes_of
from irt.reads.named import NamedStudy
from irt.reads.operational_data import lane_in_force
from irt.reads.unblinded_level_set import proposed_set
from irt.reads.unblinded_levels import proposed_level
from irt.reads.unblinded_vendor_skus import proposed_sku
from irt.services.operational_changes import ChangeProposed, DecideChange, decide_change
from irt.services.propose_changes import ProposeLane, propose_lane
from irt.services.propose_levels import ProposeLevels, propose_levels
from irt.study.network import Lane
from irt.study.operations import ChangeKind

reason_option = click.option("--reason", required=True, help="Why; it stands in the audit trail.")
from_option = click.option(
    "--from", "from_day", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="YYYY-MM-DD; today in UTC else."
)


def day_of(from_day: datetime | None) -> date:
    """The day from which a change holds."""
    return (from_day or clock.now()).date()


def tell_proposed(study: NamedStudy, proposed: ChangeProposed) -> None:
    """One line with the change's number, and what comes next."""
    click.echo(
        f"Change {proposed.change_id} of {study.words}, {proposed.record}, waits for a second person. "
        f"Next: irt supply decide {proposed.change_id}"
    )


@click.command("lane")
@click.argument("origin")
@click.argument("target")
@study_option()
@mode_option
@click.option("--lead-time-days", type=click.IntRange(0, 365), help="As it is, where not given.")
@click.option("--leaves", metavar="DAYS", help="With commas, as mon,thu.")
@click.option("--cut-off", metavar="TIME", help="Last order of the day at the depot, as 15:00.")
@click.option("--closed", metavar="DATES", help="With commas; `none` for no day.")
@click.option("--hold-hours", type=click.IntRange(1), help="Qualified hold time of the shipper.")
@from_option
@reason_option
@as_person
def lane(
    person: Person,
    origin: str,
    target: str,
    protocol: str,
    mode: str | None,
    from_day: datetime | None,
    reason: str,
    **facts: Any,
) -> None:
    """Propose a lane from a depot to a country, depot or site; what is not given stays as it is.

    Example: irt supply lane NLD GB --study NB-301 --lead-time-days 4 --reason "new carrier" --user sam
    """
    study, day = study_of(person, protocol, mode), day_of(from_day)
    with person.store.reading() as connection:
        before = lane_in_force(connection, study.id, origin, target, day) or {"origin": origin, "target": target}
    ask = ProposeLane(study_id=study.id, lane=_lane({**before, **_given(facts)}), effective_from=day, reason=reason)
    tell_proposed(study, person.does(propose_lane, ask))


def _given(facts: dict[str, Any]) -> dict[str, Any]:
    given = {"lead_time_days": facts["lead_time_days"], "cut_off": facts["cut_off"]}
    given |= {"hold_hours": facts["hold_hours"]}
    if facts["leaves"] is not None:
        given["dispatch_days"] = facts["leaves"].replace(",", " ").split()
    if facts["closed"] is not None:
        given["holidays"] = [] if facts["closed"] == "none" else facts["closed"].replace(",", " ").split()
    return {name: value for name, value in given.items() if value is not None}


def _lane(facts: dict[str, Any]) -> Lane:
    try:
        return Lane.model_validate(facts)
    except ValidationError as fault:
        first = fault.errors()[0]
        name = str(first["loc"][0]).replace("_", " ")
        raise BadInput(f"The {name} of the lane: {first['msg'].lower()}. Nothing was proposed.") from None


@click.command("levels")
@click.argument("kit_type")
@click.argument("minimum", type=click.IntRange(0, 1_000_000))
@click.argument("maximum", type=click.IntRange(1, 1_000_000))
@study_option()
@mode_option
@click.option("--country", metavar="CODE", help="For one country.")
@click.option("--site", metavar="NUMBER", help="For one site.")
@click.option("--depot", metavar="CODE", help="For one regional depot.")
@from_option
@reason_option
@as_person
def levels(
    person: Person,
    kit_type: str,
    minimum: int,
    maximum: int,
    protocol: str,
    mode: str | None,
    country: str | None,
    site: str | None,
    depot: str | None,
    from_day: datetime | None,
    reason: str,
) -> None:
    """Propose the lowest and highest stock of a kit type, as somebody who may know kit types.

    Example: irt supply levels PEN-A 20 40 --site 1001 --study NB-301 --reason "enrols fast" --user sam
    """
    study = study_of(person, protocol, mode)
    ask = ProposeLevels(
        study_id=study.id,
        kit_type=kit_type,
        minimum=minimum,
        maximum=maximum,
        country=country,
        site=site,
        depot=depot,
        effective_from=day_of(from_day),
        reason=reason,
    )
    tell_proposed(study, person.does(propose_levels, ask))


@click.command("changes")
@study_option()
@mode_option
@as_person
def changes(person: Person, protocol: str, mode: str | None) -> None:
    """List the changes that wait for a second person.

    Example: irt supply changes --study NB-301 --user ada
    """
    study = study_of(person, protocol, mode)
    person.actor.require(Permission.ACTIVATE_SITE, study.id)
    with person.store.reading() as connection:
        waiting = changes_of(connection, study.id, waiting=True)
    for change in reversed(waiting):
        click.echo(f"{change.change_id:5} {change.record}, from {change.effective_from}, by {change.asked_by}")
    if not waiting:
        click.echo("Nothing waits.")


@click.command("decide")
@click.argument("change_id", type=click.IntRange(1))
@study_option()
@mode_option
@click.option("--approve/--refuse", "granted", default=True, show_default=True)
@click.option("--reason", help="Needed for a refusal.")
@click.option("--yes", is_flag=True, help="Do not ask whether what is shown is right.")
@as_person
def decide(
    person: Person,
    change_id: int,
    protocol: str,
    mode: str | None,
    granted: bool,
    reason: str | None,
    yes: bool,
) -> None:
    """Approve a proposed change, or refuse it, as another person, with a signature. It is shown first.

    Example: irt supply decide 7 --study NB-301 --user ada
    """
    study = study_of(person, protocol, mode)
    person.actor.require(Permission.ACTIVATE_SITE, study.id)
    seen = _show(person, study, change_id)
    if not yes:
        click.confirm("Approve this?" if granted else "Refuse this?", abort=True, err=True)
    ask = DecideChange(
        study_id=study.id,
        change_id=change_id,
        granted=granted,
        seen=seen,
        reason=reason,
        signing=person.signing(),
    )
    done = person.does(decide_change, ask)
    click.echo(f"Change {done.change_id}, {done.record}: {'approved' if done.granted else 'refused'}")


def _show(person: Person, study: NamedStudy, change_id: int) -> str:
    """Prints the change and gives the hash of what was shown; kit types only to people who may know them."""
    with person.store.reading() as connection:
        change = change_line(connection, study.id, change_id)
        if change is None:
            raise NotFound(f"{study.words} has no change {change_id}. See: irt supply changes.")
        _tell(change)
        if not change.names_kit_types or not person.actor.unblinded_in(study.id):
            return change.seen or "0" * 64
        if change.kind == ChangeKind.VENDOR_SKU:
            sku = proposed_sku(connection, study.id, change_id)
            click.echo(f"{sku.kit_type} is {sku.code} at depot {sku.depot}")
            return sku.seen
        if change.kind == ChangeKind.LEVEL_SET:
            found = proposed_set(connection, study.id, change_id)
            for row in found.rows:
                click.echo(", ".join(f"{name} {value}" for name, value in row.items()))
            return found.seen
        level = proposed_level(connection, study.id, change_id)
    click.echo(f"{level.kit_type}: {level.minimum} to {level.maximum}")
    return level.seen


def _tell(change: ChangeLine) -> None:
    click.echo(f"{change.record}, from {change.effective_from}, proposed by {change.asked_by}: {change.reason}")
    for fact in change.facts:
        click.echo(f"{fact.name}: {fact.old} becomes {fact.new}")
