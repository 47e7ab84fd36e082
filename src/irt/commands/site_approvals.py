"""`irt site approvals` and its verbs: what sites need before they open, recorded, confirmed, withdrawn."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import click

from irt.commands import clock
from irt.commands.changes import reason_option
from irt.commands.named import mode_option, study_of, study_option
from irt.commands.session import Person, as_person
from irt.errors import BadInput
from irt.reads.blinded_activation import SiteActivation, activation_board
from irt.services.site_approvals import (
    ConfirmSiteApproval,
    RecordSiteApproval,
    WithdrawSiteApproval,
    confirm_site_approval,
    record_site_approval,
    withdraw_site_approval,
)
from irt.study.activation import ApprovalOf, words_of

_DAY = click.DateTime(["%Y-%m-%d"])
_KINDS = click.Choice([str(kind) for kind in ApprovalOf])
document_option = click.option(
    "--document",
    "document",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="The document itself; its SHA-256 is kept, the document stays where it is.",
)


@click.command("approvals")
@study_option()
@mode_option
@click.option("--country", metavar="CODE", help="Sites of one country.")
@click.option("--missing", is_flag=True, help="Only sites that lack something.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@as_person
def approvals(
    person: Person, protocol: str, mode: str | None, country: str | None, missing: bool, as_json: bool
) -> None:
    """List what each site needs before it opens, what is missing and what comes next.

    Example: irt site approvals --study NB-301 --missing --user tess
    """
    study = study_of(person, protocol, mode)
    with person.store.reading() as connection:
        board = activation_board(connection, person.actor, study.id, clock.now())
    wanted = [
        one for one in board.sites if country in (None, one.country) and (not missing or one.missing or one.awaited)
    ]
    if as_json:
        click.echo(json.dumps([_plain(one) for one in wanted], indent=2))
        return
    if board.asked is None:
        click.echo("The newest version of this study asks for no approvals (section `activation` of its file).")
    for one in wanted:
        lacks = "; ".join(one.missing) or "nothing is missing"
        click.echo(f"{one.site:8} {one.country:3} {one.status.replace('_', ' '):8} {lacks}")
        if one.awaited:
            click.echo(f"{'':21} for version {one.goes_on_to}: {'; '.join(one.awaited)}")
        if one.next_step:
            click.echo(f"{'':21} next: {one.next_step}")


@click.command("record-approval")
@click.argument("kind", type=_KINDS)
@study_option()
@mode_option
@click.option("--site", metavar="NUMBER", help="Of one site; of a whole country else.")
@click.option("--country", metavar="CODE")
@click.option("--granted", "granted_on", type=_DAY, required=True, metavar="DATE", help="Its first day.")
@click.option("--until", type=_DAY, metavar="DATE", help="Its last day; none: it does not end by itself.")
@click.option("--version", type=click.IntRange(1), help="The protocol version agreed to, for an amendment.")
@click.option("--reference", required=True, help="How the trial's own file names the document.")
@document_option
@as_person
def record_approval(
    person: Person,
    kind: str,
    protocol: str,
    mode: str | None,
    site: str | None,
    country: str | None,
    granted_on: datetime,
    until: datetime | None,
    version: int | None,
    reference: str,
    document: Path,
) -> None:
    """Record an approval of a site or a country with its document.

    Example: irt site record-approval ethics_committee --site 1001 --granted 2026-02-20 --until 2027-02-19
    --reference "EC 26/114" --document ec-26-114.pdf --study NB-301 --user tess
    """
    study = study_of(person, protocol, mode)
    ask = RecordSiteApproval(
        study_id=study.id,
        kind=ApprovalOf(kind),
        site=site,
        country=country,
        granted_on=granted_on.date(),
        valid_until=_day(until),
        version=version,
        reference=reference,
        document_hash=hash_of(document),
    )
    done = person.does(record_site_approval, ask)
    waits = f" It waits for a second person: irt site confirm-approval {done.number}" if done.waits else ""
    click.echo(
        f"Approval {done.number} of {study.words}, {words_of(done.kind)} of {done.place}, is recorded.{waits}"
    )


@click.command("confirm-approval")
@click.argument("number", type=click.IntRange(1))
@study_option()
@mode_option
@document_option
@as_person
def confirm_approval(person: Person, number: int, protocol: str, mode: str | None, document: Path) -> None:
    """Sign, as a second person with the document at hand, that an approval is recorded as the document says.

    Example: irt site confirm-approval 1 --document ec-26-114.pdf --study NB-301 --user theo
    """
    study = study_of(person, protocol, mode)
    ask = ConfirmSiteApproval(
        study_id=study.id, number=number, document_hash=hash_of(document), signing=person.signing()
    )
    done = person.does(confirm_site_approval, ask)
    click.echo(f"Approval {done.number} of {study.words}, {words_of(done.kind)}, is confirmed.")


@click.command("withdraw-approval")
@click.argument("number", type=click.IntRange(1))
@study_option()
@mode_option
@reason_option
@as_person
def withdraw_approval(person: Person, number: int, protocol: str, mode: str | None, reason: str) -> None:
    """Take an approval out of force. Nobody more is screened or randomized where it was needed.

    Example: irt site withdraw-approval 1 --reason "committee suspended it" --study NB-301 --user tess
    """
    study = study_of(person, protocol, mode)
    ask = WithdrawSiteApproval(study_id=study.id, number=number, reason=reason)
    done = person.does(withdraw_site_approval, ask)
    click.echo(f"Approval {done.number} of {study.words}, {words_of(done.kind)}, is withdrawn.")


COMMANDS: Sequence[click.Command] = (approvals, record_approval, confirm_approval, withdraw_approval)


def hash_of(document: Path) -> str:
    """SHA-256 of a document; BadInput where it is empty."""
    content = document.read_bytes()
    if not content:
        raise BadInput(f"{document.name} is empty. Nothing was done.")
    return hashlib.sha256(content).hexdigest()


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


def _plain(one: SiteActivation) -> dict[str, object]:
    return {
        "site": one.site,
        "country": one.country,
        "status": one.status,
        "version": one.version,
        "approvals": {
            each.kind: {"state": each.state, "until": each.until.isoformat() if each.until else None}
            for each in one.standings
        },
        "missing": list(one.missing),
        "next": one.next_step,
        "goes_on_to": one.goes_on_to or None,
        "awaited": list(one.awaited),
    }
