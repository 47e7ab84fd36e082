"""`irt site`: a site is added, opens, is held, goes on to a later version, closes."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import click
from pydantic import ValidationError

from irt.commands.changes import day_of, from_option, reason_option, tell_proposed
from irt.commands.named import mode_option, study_of, study_option
from irt.commands.session import Person, as_person
from irt.commands.site_approvals import COMMANDS
from irt.errors import BadInput
from irt.services.activate_site import ChangeSite, change_site
from irt.services.adopt_version import AdoptVersion, adopt_version
from irt.services.propose_changes import (
    ProposeContact,
    ProposeSite,
    ProposeSiteDetails,
    propose_contact,
    propose_site,
    propose_site_details,
)
from irt.states.records import SiteEvent
from irt.study.network import Site as SitePart
from irt.study.operations import Contact
from irt.study.part import Part

_SAYS = {
    SiteEvent.ACTIVATE: "Open a planned site: it may screen, and is supplied from the next night on.",
    SiteEvent.HOLD: "Stop screening and supply at an active site for a while.",
    SiteEvent.RESUME: "Let a site that was on hold go on.",
    SiteEvent.CLOSE: "Close a site for good.",
}
_WHY = {
    SiteEvent.ACTIVATE: "initiation visit of 3 March",
    SiteEvent.HOLD: "freezer under repair",
    SiteEvent.RESUME: "freezer repaired",
    SiteEvent.CLOSE: "last subject has left",
}


@click.group()
def site() -> None:
    """Add, open, hold, resume and close sites; keep their approvals; put a later protocol version in force.

    Example: irt site activate 1001 --study NB-301 --reason "initiation visit of 3 March" --user sam
    """


def _command(event: SiteEvent) -> click.Command:
    words = f'{_SAYS[event]}\n\nExample: irt site {event} 1001 --study NB-301 --reason "{_WHY[event]}" --user sam'
    act: Callable[..., None] = as_person(_changing(event))
    for option in (
        click.option("--reason", required=True, help="Why; it stands in the audit trail."),
        mode_option,
        study_option(),
        click.argument("number"),
    ):
        act = option(act)
    return click.command(str(event), help=words)(act)


def _changing(event: SiteEvent) -> Callable[..., None]:
    def change(person: Person, number: str, protocol: str, mode: str | None, reason: str) -> None:
        study = study_of(person, protocol, mode)
        ask = ChangeSite(study_id=study.id, site=number, event=event, reason=reason)
        done = person.does(change_site, ask)
        click.echo(f"Site {done.site} of {study.words} is {done.status.replace('_', ' ')}.")

    return change


for _event in SiteEvent:
    site.add_command(_command(_event))
for _act in COMMANDS:
    site.add_command(_act)


@site.command("adopt")
@click.argument("numbers", nargs=-1, required=True)
@study_option()
@mode_option
@click.option(
    "--version", type=click.IntRange(1), required=True, help="An approved version, later than the site's."
)
@reason_option
@as_person
def adopt(
    person: Person, numbers: tuple[str, ...], protocol: str, mode: str | None, version: int, reason: str
) -> None:
    """Put a later protocol version in force at sites, once their approvals are there. There is no way back.

    Example: irt site adopt 1001 --study NB-301 --version 2 --reason "ethics committee agreed" --user sam
    """
    study = study_of(person, protocol, mode)
    for number in numbers:
        ask = AdoptVersion(study_id=study.id, site=number, version=version, reason=reason)
        done = person.does(adopt_version, ask)
        click.echo(f"Site {done.site} of {study.words} goes on from version {done.before} to {done.version}.")


@site.command("add")
@click.argument("number")
@study_option()
@mode_option
@click.option("--name", required=True)
@click.option("--country", metavar="CODE", required=True)
@click.option("--zone", metavar="ZONE", help="As Europe/Oslo; the country's where not given.")
@click.option("--depot", metavar="CODE", help="The country's where not given.")
@click.option("--satellite-of", metavar="SITE", help="The main site whose stock supplies it.")
@reason_option
@as_person
def add(
    person: Person,
    number: str,
    protocol: str,
    mode: str | None,
    name: str,
    country: str,
    zone: str | None,
    depot: str | None,
    satellite_of: str | None,
    reason: str,
) -> None:
    """Propose a new site; another person approves it, and then it can be activated.

    Example: irt site add 1099 --name "Rowan Infirmary" --country GB --study NB-301 --reason "growth" --user sam
    """
    study = study_of(person, protocol, mode)
    facts = {"number": number, "name": name, "country": country, "zone": zone, "satellite_of": satellite_of}
    part = _part(SitePart, facts)
    ask = ProposeSite(study_id=study.id, site=part, depot=depot, reason=reason)
    tell_proposed(study, person.does(propose_site, ask))


@site.command("correct")
@click.argument("number")
@study_option()
@mode_option
@click.option("--name")
@click.option("--zone", metavar="ZONE", help="As Europe/Oslo.")
@click.option("--depot", metavar="CODE")
@reason_option
@as_person
def correct(
    person: Person,
    number: str,
    protocol: str,
    mode: str | None,
    name: str | None,
    zone: str | None,
    depot: str | None,
    reason: str,
) -> None:
    """Propose another name, time zone or depot for a site; approved, it holds at once.

    Example: irt site correct 1001 --zone Europe/Dublin --study NB-301 --reason "it lies in Dublin" --user sam
    """
    study = study_of(person, protocol, mode)
    ask = ProposeSiteDetails(study_id=study.id, site=number, name=name, zone=zone, depot=depot, reason=reason)
    tell_proposed(study, person.does(propose_site_details, ask))


@site.command("contact")
@click.argument("number")
@study_option()
@mode_option
@click.option("--receiver", required=True, help="The person or department on the parcel.")
@click.option("--address", "lines", required=True, multiple=True, help="A line of the address; once for each.")
@click.option("--phone", required=True)
@click.option("--email", default="")
@click.option("--hours", default="", help="When goods are taken in, in words.")
@from_option
@reason_option
@as_person
def contact(
    person: Person,
    number: str,
    protocol: str,
    mode: str | None,
    lines: tuple[str, ...],
    from_day: datetime | None,
    reason: str,
    **facts: str,
) -> None:
    """Propose where a site is reached from a day on; it is printed on parcels packed from then on.

    Example: irt site contact 1001 --receiver Pharmacy --address "1 High Street" --address Leeds
    --phone 0113-4960000 --study NB-301 --reason "moved" --user sam
    """
    study = study_of(person, protocol, mode)
    part = _part(Contact, {**facts, "address": "\n".join(lines)})
    ask = ProposeContact(
        study_id=study.id, site=number, contact=part, effective_from=day_of(from_day), reason=reason
    )
    tell_proposed(study, person.does(propose_contact, ask))


_P = TypeVar("_P", bound=Part)


def _part(kind: type[_P], facts: Mapping[str, Any]) -> _P:
    try:
        return kind.model_validate(facts)
    except ValidationError as fault:
        first = fault.errors()[0]
        raise BadInput(f"The {first['loc'][0]}: {first['msg'].lower()}. Nothing was proposed.") from None
