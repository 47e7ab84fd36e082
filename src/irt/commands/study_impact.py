"""`irt study impact`: what the next version would change, from live data, before anybody signs."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import click
from pydantic import TypeAdapter

from irt.blinding.roles import Permission
from irt.commands import clock
from irt.commands.named import about_a_study, study_of
from irt.commands.session import Person, as_person
from irt.commands.study_files import read_study
from irt.errors import BadInput, NotAllowed
from irt.reads.blinded_impact import AmendmentImpact, require_whole_impact
from irt.reads.unblinded_impact import ImpactByType
from irt.services.foresee_amendment import amendment_by, amendment_of, impact_of
from irt.services.foresee_by_type import impact_by_type
from irt.services.foresee_sites import Amendment
from irt.services.work import Work
from irt.states.table import words
from irt.supply.orders_ahead import OrdersDiffer

_BY_TYPE = TypeAdapter(ImpactByType)
_Told = TypeVar("_Told")


@click.command("impact")
@about_a_study
@click.option("--version", type=click.IntRange(2), help="A version that was loaded.")
@click.option("--file", help="A study file that might become the next version.")
@click.option("--blinded/--unblinded", default=True, show_default=True, help="By look, or by kit type.")
@as_person
def impact(
    person: Person,
    protocol: str,
    mode: str | None,
    version: int | None,
    file: str | None,
    blinded: bool,
    as_json: bool,
) -> None:
    """Tell which subjects, sites, kits and predicted orders a version changes; nothing is booked.

    Example: irt study impact NB-301 --version 2 --user theo
    """
    if (version is None) == (file is None):
        raise BadInput("Name a version or a file. Nothing was compared.")
    study = study_of(person, protocol, mode)
    asked = _Asked(person, study.id, version, file)
    if blinded:
        require_whole_impact(person.actor, study.id)
        found = asked.answer(impact_of)
        click.echo(
            json.dumps({**found.plain(), "hash": found.hash}, indent=2) if as_json else _lines(_blinded(found))
        )
        return
    person.actor.require(Permission.VIEW_IMPACT_BY_TYPE, study.id)
    if not person.actor.unblinded_in(study.id):
        raise NotAllowed("Your role cannot do this. Ask the study coordinator.")
    by_type = asked.answer(impact_by_type)
    plain = _BY_TYPE.dump_python(by_type, mode="json")
    click.echo(json.dumps(plain, indent=2) if as_json else _lines(_unblinded(by_type)))


@dataclass(frozen=True, slots=True)
class _Asked:
    person: Person
    study_id: int
    version: int | None
    file: str | None

    def answer(self, foresee: Callable[[Work, Amendment], _Told]) -> _Told:
        """The answer for the version, or for the file."""
        definition = read_study(str(Path(self.file))) if self.file else None
        with self.person.store.reading_past_wall() as connection:
            work = Work(self.person.store, connection, self.person.actor, clock.now())
            if definition is not None:
                return foresee(work, amendment_by(work, self.study_id, definition))
            return foresee(work, amendment_of(work, self.study_id, self.version or 0))


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines)


def _blinded(found: AmendmentImpact) -> Iterator[str]:
    yield f"Version {found.number} against version {found.follows}, as of {found.day}"
    yield f"Something changes for {found.changed} of {found.subjects} subjects."
    for obstacle in found.obstacles:
        yield f"It cannot follow: {obstacle}"
    for site in found.sites:
        changes = ", ".join(f"{words(change)} {count}" for change, count in site.changes.items())
        yield (
            f"{site.site:8} {site.country:3} version {site.version}: {words(site.outcome)}; "
            f"{site.changed} of {site.subjects} subjects{': ' if changes else ''}{changes}"
        )
        for why in site.why:
            yield f"{'':12} lacks {why}" if site.outcome == "waits_for_approvals" else f"{'':12} {why}"
        for stop in site.stops:
            yield f"{'':12} nobody would be screened or randomized without {stop}"
    for look in found.looks:
        yield f"{look.name}: {'; '.join(look.changes)}; {look.kits} kits in stock"
    if found.orders is None:
        yield "Orders are not foreseen by blinding group: kits depend on more than their look."
    else:
        yield from _orders(found.orders, found.nights, found.rule)
    yield f"hash {found.hash}"


def _unblinded(found: ImpactByType) -> Iterator[str]:
    yield f"Version {found.number} against version {found.follows}, by kit type, as of {found.day}"
    for one in found.windows:
        counts = f"{one.lost} kits no longer, {one.gained} kits again"
        yield f"{one.place}, {one.kit_type} for {one.to}, {one.window}: {counts}"
    if not found.windows:
        yield "No window before expiry closes or opens for kits in stock."
    yield from _orders(found.orders, found.nights, found.rule)


def _orders(orders: Iterable[OrdersDiffer], nights: int, rule: str) -> Iterator[str]:
    told = [f"  {one.site:8} {one.what}: {_dates(one.before)}, would be {_dates(one.after)}" for one in orders]
    yield f"Orders of {nights} nights by the rule {rule}: {len(told) or 'none'} differ"
    yield from told


def _dates(orders: Iterable[tuple[object, int]]) -> str:
    return " + ".join(f"{kits} on {day}" for day, kits in orders) or "none"
