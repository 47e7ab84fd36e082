"""`irt site`: a site opens, is held, goes on, closes."""

from collections.abc import Callable

import click

from irt.commands.named import mode_option, study_of, study_option
from irt.commands.session import Person, as_person
from irt.services.activate_site import ChangeSite, change_site
from irt.states.records import SiteEvent

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
    """Open, hold, resume and close sites.

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
