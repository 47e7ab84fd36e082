"""`irt returns`: kits at the end of their life are verified by the site, by the monitor, and destroyed."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from irt.commands.named import mode_option, study_of, study_option
from irt.commands.session import Person, as_person
from irt.errors import BadInput
from irt.services.destroy_kits import PAPER_MAX_BYTES, DestroyKits, destroy_kits
from irt.services.verify_kits import VerifyKits, monitor_returns, verify_returns


@click.group()
def returns() -> None:
    """Verify kits that came back or may not be used, and book their destruction.

    Example: irt returns verify 48213 30915 --study NB-301 --site 1001 --user pat
    """


def _verifying(name: str, words: str, service: Callable[..., Any]) -> click.Command:
    def act(person: Person, kits: tuple[str, ...], protocol: str, mode: str | None, site: str) -> None:
        study = study_of(person, protocol, mode)
        ask = VerifyKits(study_id=study.id, site=site, kits=list(kits), signing=person.signing())
        done = person.does(service, ask)
        click.echo(f"{len(done.kits)} kits are verified.")

    command: Callable[..., None] = as_person(act)
    for option in (
        click.option("--site", metavar="NUMBER", required=True),
        mode_option,
        study_option(),
        click.argument("kits", nargs=-1, required=True),
    ):
        command = option(command)
    return click.command(name, help=f"{words}\n\nExample: irt returns {name} 48213 --study NB-301 --site 1001")(
        command
    )


returns.add_command(_verifying("verify", "Sign for the site that these kits are there as booked.", verify_returns))
returns.add_command(_verifying("monitor", "Sign as the monitor, another person than the site's.", monitor_returns))


@returns.command("destroy")
@click.argument("kits", nargs=-1, required=True)
@study_option()
@mode_option
@click.option("--certificate", metavar="NUMBER", required=True, help="As the destroyer numbered it.")
@click.option("--destroyer", metavar="NAME", required=True)
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", required=True)
@click.option("--paper", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@as_person
def destroy(
    person: Person,
    kits: tuple[str, ...],
    protocol: str,
    mode: str | None,
    certificate: str,
    destroyer: str,
    day: datetime,
    paper: Path,
) -> None:
    """Sign the destruction of kits that site and monitor verified; the certificate is kept with its SHA-256.

    Example: irt returns destroy 482 --study NB-301 --certificate C7 --destroyer Rex --day 2026-06-30 --paper c.pdf
    """
    if paper.stat().st_size > PAPER_MAX_BYTES:
        raise BadInput(f"{paper.name} is larger than {PAPER_MAX_BYTES} bytes. Nothing was booked.")
    study = study_of(person, protocol, mode)
    done = person.does(
        destroy_kits,
        DestroyKits(
            study_id=study.id,
            certificate=certificate,
            destroyer=destroyer,
            on_day=day.date(),
            file_name=paper.name,
            paper=paper.read_bytes(),
            kits=list(kits),
            signing=person.signing(),
        ),
    )
    click.echo(f"{done.certificate}: {len(done.kits)} kits are destroyed; paper {done.sha256}.")
