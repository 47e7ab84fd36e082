"""`irt expiry`: another date for a lot, where a later one may be labelled, and the kits that got the label."""

import json
from dataclasses import asdict
from datetime import datetime

import click

from irt.blinding.roles import Permission
from irt.commands.named import mode_option, study_of, study_option
from irt.commands.session import Person, as_person
from irt.reads.blinded_relabelling import places_of, relabel_campaign
from irt.services.change_expiry import ApproveExtension, ChangeExpiry, approve_extension, change_expiry
from irt.services.relabel_kits import CheckRelabelling, RelabelKits, check_relabelling, relabel_kits


@click.group()
def expiry() -> None:
    """Shorten a lot's date everywhere at once, or extend it kit by kit with checked labels.

    Example: irt expiry change L2509-N 2027-12-31 --study NB-301 --countries DE --reason "re-test" --user quinn
    """


@expiry.command("change")
@click.argument("lot")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE")
@study_option()
@mode_option
@click.option("--countries", default="", metavar="CODES", help="Where a later date may be labelled, as DE,FR.")
@click.option("--reason", required=True, help="Why; it is kept apart from what blinded people read.")
@as_person
def change(
    person: Person, lot: str, day: datetime, protocol: str, mode: str | None, countries: str, reason: str
) -> None:
    """Sign another date for a blinded lot: an earlier one holds at once, a later one label by label.

    Example: irt expiry change L2509-N 2027-12-31 --study NB-301 --countries DE --reason "re-test" --user quinn
    """
    study = study_of(person, protocol, mode)
    codes = [code.strip() for code in countries.split(",") if code.strip()]
    done = person.does(
        change_expiry,
        ChangeExpiry(
            study_id=study.id,
            lot=lot,
            expiry=day.date(),
            countries=codes,
            reason=reason,
            signing=person.signing(),
        ),
    )
    later = done.expiry > done.old_expiry
    what = "kits keep the old one until their label is checked" if later else f"{done.kits} kits have it now"
    click.echo(f"{done.number}: lot {done.lot} from {done.old_expiry} to {done.expiry}; {what}.")


@expiry.command("approve")
@click.argument("number")
@click.argument("country")
@study_option()
@mode_option
@as_person
def approve(person: Person, number: str, country: str, protocol: str, mode: str | None) -> None:
    """Sign that kits in one more country may be labelled with the later date.

    Example: irt expiry approve E-0001 FR --study NB-301 --user quinn
    """
    study = study_of(person, protocol, mode)
    ask = ApproveExtension(study_id=study.id, number=number, country=country, signing=person.signing())
    done = person.does(approve_extension, ask)
    click.echo(f"{done.number} is approved for {done.country}.")


@expiry.command("tasks")
@study_option()
@mode_option
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@as_person
def tasks(person: Person, protocol: str, mode: str | None, as_json: bool) -> None:
    """List the kits that wait for a new label, place by place, and the labels that wait for a second person.

    Example: irt expiry tasks --study NB-301 --user quinn
    """
    study = study_of(person, protocol, mode)
    person.actor.require(Permission.RELEASE_LOT, study.id)
    with person.store.reading() as connection:
        found = relabel_campaign(connection, study.id, *places_of(connection, study.id))
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2, default=str))
        return
    for kit in found.kits:
        state = f", {kit.waits_for_check} waits for its check" if kit.waits_for_check else ""
        click.echo(f"{kit.place}: kit {kit.number}, {kit.expiry} to {kit.new_expiry} ({kit.change}){state}")
    if not found.kits:
        click.echo("No kit waits for a new label.")


@expiry.command("relabel")
@click.argument("change_number")
@click.argument("kits", nargs=-1, required=True)
@study_option()
@mode_option
@click.option("--site", metavar="NUMBER", help="Where the labels were put on.")
@click.option("--depot", metavar="CODE", help="Where the labels were put on.")
@click.option("--issued", type=click.IntRange(0), required=True, help="Labels taken out.")
@click.option("--spoiled", type=click.IntRange(0), default=0, help="Labels torn or misprinted.")
@click.option("--destroyed", type=click.IntRange(0), default=0, help="Labels left over and destroyed.")
@as_person
def relabel(
    person: Person,
    change_number: str,
    kits: tuple[str, ...],
    protocol: str,
    mode: str | None,
    site: str | None,
    depot: str | None,
    issued: int,
    spoiled: int,
    destroyed: int,
) -> None:
    """Book labels put on kits; every label is accounted for. The old date holds until somebody else has checked.

    Example: irt expiry relabel E-0001 48213 30915 --study NB-301 --site 1001 --issued 3 --spoiled 1 --user pat
    """
    study = study_of(person, protocol, mode)
    done = person.does(
        relabel_kits,
        RelabelKits(
            study_id=study.id,
            change=change_number,
            site=site,
            depot=depot,
            kits=list(kits),
            labels_issued=issued,
            labels_spoiled=spoiled,
            labels_destroyed=destroyed,
        ),
    )
    click.echo(f"{done.number}: {len(done.kits)} kits wait for a second person.")


@expiry.command("check")
@click.argument("number")
@study_option()
@mode_option
@as_person
def check(person: Person, number: str, protocol: str, mode: str | None) -> None:
    """Sign, as another person, that the labels of a relabelling are right: its kits have the later date now.

    Example: irt expiry check B-0001 --study NB-301 --user petra
    """
    study = study_of(person, protocol, mode)
    ask = CheckRelabelling(study_id=study.id, number=number, signing=person.signing())
    done = person.does(check_relabelling, ask)
    click.echo(f"{done.number} is checked: {len(done.kits)} kits have the later date.")
