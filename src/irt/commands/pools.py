"""`irt supply pool`: what lies free in pools, kits reserved for one study alone, and kits given back."""

import json
from dataclasses import asdict

import click

from irt.blinding.roles import Permission
from irt.commands import clock
from irt.commands.named import mode_option, study_of, study_option
from irt.commands.session import Person, as_person
from irt.errors import BadInput
from irt.reads.unblinded_pools import pools_of_study
from irt.services.pools import GiveBackToPool, ReserveFromPool, give_back_to_pool, reserve_from_pool


@click.group()
def pool() -> None:
    """Stock pooled over studies: each kit is reserved for one of them alone.

    Example: irt supply pool show --study NB-301 --user sue
    """


@pool.command("show")
@study_option()
@mode_option
@click.option("--json", "as_json", is_flag=True, help="As JSON, with what was reserved and given back.")
@as_person
def show(person: Person, protocol: str, mode: str | None, as_json: bool) -> None:
    """List what a study may reserve; of a pool, which study has how many kits.

    Example: irt supply pool show --study NB-301 --user sue
    """
    study = study_of(person, protocol, mode)
    person.actor.require(Permission.LOAD_KITS, study.id)
    with person.store.reading() as connection:
        found = pools_of_study(connection, study.id, clock.now().date())
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2, default=str))
        return
    for line in found.free:
        where = f"{line.pool} at {line.depot}, lot {line.lot}, use by {line.expiry}"
        click.echo(f"{line.kits} of {line.kit_type} in {where}")
    for kept in found.kept:
        click.echo(f"{kept.kits} of lot {kept.lot} with {kept.study}")
    if not (found.pools or found.serves):
        click.echo("No pool serves this study.")


@pool.command("reserve")
@click.argument("pool_protocol", metavar="POOL")
@click.argument("kits", nargs=-1, required=True, metavar="TYPE=NUMBER...")
@study_option()
@mode_option
@click.option("--depot", required=True, metavar="CODE", help="Where the kits lie.")
@click.option("--label", metavar="GROUP", help="The label group, where the kit type has several.")
@as_person
def reserve(
    person: Person,
    pool_protocol: str,
    kits: tuple[str, ...],
    protocol: str,
    mode: str | None,
    depot: str,
    label: str | None,
) -> None:
    """Reserve kits for a study by its own kit types; they are in no other study's books from then on.

    Example: irt supply pool reserve POOL-1 PEN-A=40 PEN-P=40 --study NB-301 --depot NLD --user sue
    """
    study = study_of(person, protocol, mode)
    ask = ReserveFromPool(
        study_id=study.id, pool=pool_protocol, depot=depot, kits=dict(map(_counted, kits)), label_group=label
    )
    done = person.does(reserve_from_pool, ask)
    click.echo(f"{done.number}: {done.kits} kits of lots {', '.join(done.lots)} are this study's alone.")


@pool.command("give-back")
@click.argument("numbers", nargs=-1, required=True, metavar="KIT...")
@study_option()
@mode_option
@click.option("--reason", required=True, help="Why.")
@as_person
def give_back(person: Person, numbers: tuple[str, ...], protocol: str, mode: str | None, reason: str) -> None:
    """Give kits back that lie at a depot without a label of the study.

    Example: irt supply pool give-back 48213 30915 --study NB-301 --reason "enough stock" --user sue
    """
    study = study_of(person, protocol, mode)
    done = person.does(give_back_to_pool, GiveBackToPool(study_id=study.id, kits=list(numbers), reason=reason))
    click.echo(f"{', '.join(done.numbers)}: {done.kits} kits are back in their pool.")


def _counted(typed: str) -> tuple[str, int]:
    kit_type, _, number = typed.partition("=")
    if not kit_type or not number.isascii() or not number.isdecimal():
        raise BadInput(f"'{typed}' is not a kit type and a number. Nothing was reserved. Type them as PEN-A=40.")
    return kit_type, int(number)
