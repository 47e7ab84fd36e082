"""`irt resupply`: plans shipments on demand, and tells why a site is sent what, and why not.

Kit types are told to people who signed in and may know them; everybody else reads sums by blinding group.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import click

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission, Role
from irt.commands import clock
from irt.commands.installed import installed_planner
from irt.commands.named import mode_of, mode_option
from irt.commands.options import database_option, open_store
from irt.commands.resupply_told import group_reasons, told_by_group, told_by_type, type_reasons
from irt.commands.session import code_option, installation, new_key, signed_in
from irt.reads.blinded_network import depots_of
from irt.reads.blinded_reasons import reasons_of
from irt.reads.named import NamedStudy, studies_in_force, study_named
from irt.reads.unblinded_explain import depot_reasons, proposals_today, site_reasons, small_sites
from irt.reads.unblinded_shipments import shipment_trace
from irt.services.run_resupply import RunResupply
from irt.services.store import Store
from irt.services.think_first import run_unlocked

study_option = click.option("--study", "protocol", metavar="PROTOCOL", help="Where there are several.")
who_option = click.option(
    "--user", "acting", metavar="NAME", envvar="IRT_USER", help="Who acts, or IRT_USER; the installation else."
)
json_option = click.option("--json", "as_json", is_flag=True, help="As JSON.")


@dataclass(frozen=True, slots=True)
class _Desk:
    """The store, and who asks."""

    store: Store
    actor: Actor

    def by_type(self, study: NamedStudy, blinded: bool) -> bool:
        """Whether kit types may be told."""
        return not blinded or self.actor.unblinded_in(study.id)


@contextmanager
def _desk(database_url: str, acting: str | None, code: str | None) -> Iterator[_Desk]:
    with closing(open_store(database_url)) as store:
        if acting is None:
            yield _Desk(store, installation(store, Role.SUPPLY_PLANNER))
        else:
            with signed_in(store, acting, code) as person:
                yield _Desk(store, person.actor)


@click.group()
def resupply() -> None:
    """Plan shipments now, and explain them.

    Example: irt resupply explain 1001 --study NB-301
    """


@resupply.command("run")
@study_option
@mode_option
@click.option("--site", metavar="NUMBER", help="For one site alone.")
@click.option("--depot", metavar="CODE", help="For one regional depot alone, from the depot that supplies it.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be proposed.")
@json_option
@who_option
@code_option
@database_option
def run(
    protocol: str | None,
    mode: str | None,
    site: str | None,
    depot: str | None,
    dry_run: bool,
    as_json: bool,
    acting: str | None,
    code: str | None,
    database_url: str,
) -> None:
    """Plan the shipments of today, on a review day or not, for every study or one, every place or one.

    Example: irt resupply run --study NB-301 --site 1001 --dry-run
    """
    with _desk(database_url, acting, code) as desk:
        studies = _studies(desk.store, protocol, mode)
        told = [(_dry if dry_run else _wet)(desk, study, site, depot) for study in studies]
    _say(told, as_json)


def _wet(desk: _Desk, study: NamedStudy, site: str | None, depot: str | None) -> dict[str, Any]:
    now = clock.now()
    ask = RunResupply(study_id=study.id, day=now.date(), site=site, depot=depot)
    done = run_unlocked(desk.store, desk.actor, now, installed_planner(), ask, new_key(desk.store))
    return {"study": study.protocol, "mode": str(study.mode), "dry_run": False, **done.model_dump(mode="json")}


def _dry(desk: _Desk, study: NamedStudy, site: str | None, depot: str | None) -> dict[str, Any]:
    desk.actor.require(Permission.RUN_RESUPPLY, study.id)
    with desk.store.reading() as connection:
        found = proposals_today(connection, study.id, installed_planner(), clock.now(), site, depot)
        small = small_sites(connection, study.id, [one.site for one in found.to_sites])
    by_type, definition = desk.by_type(study, found.definition.blinded), found.definition
    shipments = [
        told_by_type(one) if by_type and one.site not in small else told_by_group(definition, one)
        for one in found.to_sites
    ]
    shipments += [
        told_by_type(one, "to_depot") if by_type else told_by_group(definition, one, "to_depot")
        for one in found.to_depots
    ]
    kits = sum(line.kits for one in (*found.to_sites, *found.to_depots) for line in one.lines)
    whole = {"study": study.protocol, "mode": str(study.mode), "dry_run": True}
    return {**whole, "shipments": shipments, "kits": kits}


@resupply.command("explain")
@click.argument("name", metavar="SHIPMENT|SITE|DEPOT")
@study_option
@mode_option
@json_option
@who_option
@code_option
@database_option
def explain(
    name: str,
    protocol: str | None,
    mode: str | None,
    as_json: bool,
    acting: str | None,
    code: str | None,
    database_url: str,
) -> None:
    """Tell why a shipment was proposed, or why a site or regional depot is sent what today, and why not more.

    Example: irt resupply explain S-10001 --study NB-301 --user sam
    """
    with _desk(database_url, acting, code) as desk:
        (study,) = _one_study(desk.store, protocol, mode)
        desk.actor.require(Permission.VIEW_SUPPLY, study.id)
        told = _shipment(desk, study, name) if name.startswith("S-") else _site(desk, study, name)
    _say([told], as_json)


def _shipment(desk: _Desk, study: NamedStudy, number: str) -> dict[str, Any]:
    with desk.store.reading() as connection:
        if not desk.actor.unblinded_in(study.id):
            found = reasons_of(connection, study.id, number)
            told = {"shipment": found.number, "site": found.site, "raised_by": found.raised_by}
            return {"study": study.protocol, **told, "groups": [asdict(group) for group in found.groups]}
        trace = shipment_trace(connection, study.id, number)
    return {
        "study": study.protocol,
        "shipment": number,
        "site": trace.line.site,
        "raised_by": trace.line.raised_by,
        "planner": trace.planner,
        "rule": trace.rule,
        "day": None if trace.day is None else trace.day.isoformat(),
        "arrival": None if trace.arrival is None else trace.arrival.isoformat(),
        "types": [
            {"name": row.name, "considered": row.considered, "minimum": row.minimum, "maximum": row.maximum,
             "why": row.why, "wanted": row.wanted, "granted": row.granted, "lots_refused": row.lots}
            for row in trace.rows
        ],
    }  # fmt: skip


def _site(desk: _Desk, study: NamedStudy, number: str) -> dict[str, Any]:
    with desk.store.reading() as connection:
        at_depot = number in {code for code, _ in depots_of(connection, study.id)}
        reasons = (depot_reasons if at_depot else site_reasons)(connection, study.id, number, clock.now())
    if desk.actor.unblinded_in(study.id) and not reasons.grouped:
        return {"study": study.protocol, **type_reasons(reasons)}
    return {"study": study.protocol, **group_reasons(reasons)}


def _studies(store: Store, protocol: str | None, mode: str | None) -> list[NamedStudy]:
    with store.reading() as connection:
        if protocol is not None:
            return [study_named(connection, protocol, mode_of(mode))]
        return studies_in_force(connection, mode_of(mode))


def _one_study(store: Store, protocol: str | None, mode: str | None) -> list[NamedStudy]:
    found = _studies(store, protocol, mode)
    if len(found) != 1:
        raise click.UsageError("Say which study with --study PROTOCOL.")
    return found


def _say(told: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(told if len(told) != 1 else told[0], indent=2))
        return
    for one in told:
        for line in _lines(one, ""):
            click.echo(line)


def _lines(told: Mapping[str, Any], indent: str) -> Iterator[str]:
    """Facts as `name: value`, lists of facts below their name."""
    for name, value in told.items():
        words = name.replace("_", " ")
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            yield f"{indent}{words}:"
            for one in value:
                yield from _lines(one, indent + "  ")
        elif isinstance(value, list):
            yield f"{indent}{words}: {', '.join(map(str, value)) or '-'}"
        else:
            yield f"{indent}{words}: {'-' if value in (None, '') else value}"
