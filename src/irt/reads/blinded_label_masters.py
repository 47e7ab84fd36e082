"""Label masters as everybody may read them: where each version stands, what it says, and what is in force."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, RowMapping, bindparam, func, select

from irt.blinding.views import BlindedView
from irt.labels.particulars import PARTICULARS, REQUIRED, Packaging, may_be_left_off, region_of
from irt.labels.text import LabelText, problems_of
from irt.reads.blinded_sites import not_found, study_at
from irt.reads.blinded_supply import approved_version
from irt.states.label_master import LabelMasterEvent, LabelMasterStatus
from irt.tables.columns import table_of
from irt.tables.label import LabelMaster, LabelMasterStep
from irt.tables.people import Account


@dataclass(frozen=True)
class MasterStep(BlindedView):
    """What happened to a version, and who did it."""

    event: LabelMasterEvent
    at: datetime
    person: str
    account_id: int
    reason: str


@dataclass(frozen=True)
class MasterVersion(BlindedView):
    """One version: its text by particular, what keeps it from a proof, and its steps."""

    number: str
    version: int
    country: str
    language: str
    blinding_group: str
    product: str
    packaging: Packaging
    status: LabelMasterStatus
    particulars: Mapping[str, str]
    omitted: Mapping[str, str]
    problems: tuple[str, ...]
    proof_hash: str
    steps: tuple[MasterStep, ...]

    @property
    def text(self) -> LabelText:
        """The label in words."""
        return LabelText(self.country, self.language, self.packaging, self.particulars, self.omitted)

    @property
    def name(self) -> str:
        """LM-001 version 2."""
        return f"{self.number} version {self.version}"

    def made_by(self, account_id: int) -> bool:
        """Whether this person wrote it or drew its proof."""
        mine = (LabelMasterEvent.WRITE, LabelMasterEvent.PROOF)
        return any(step.account_id == account_id and step.event in mine for step in self.steps)


@dataclass(frozen=True)
class AskedParticular(BlindedView):
    """A particular as the form asks for it; without a clause it may be left empty, else with a justification."""

    code: str
    title: str
    clause: str
    placeholders: str
    may_be_left_off: bool


class InForce(NamedTuple):
    """An approved text and its name."""

    name: str
    text: LabelText


_MASTERS, _STEPS, _ACCOUNTS = table_of(LabelMaster), table_of(LabelMasterStep), table_of(Account)
_ALL = (
    select(_MASTERS)
    .where(_MASTERS.c.study_id == bindparam("study_id"))
    .order_by(_MASTERS.c.country, _MASTERS.c.language, _MASTERS.c.number, _MASTERS.c.version.desc())
)
_OF_NUMBER = _ALL.where(_MASTERS.c.number == bindparam("number"))
_HAPPENED = (
    select(_STEPS, _ACCOUNTS.c.printed_name)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _STEPS.c.account_id)
    .where(_STEPS.c.study_id == bindparam("study_id"))
    .order_by(_STEPS.c.id)
)
_LAST = select(func.max(_STEPS.c.id)).where(_STEPS.c.study_id == bindparam("study_id")).group_by(
    _STEPS.c.label_master_id
)  # fmt: skip
_APPROVED = (
    select(_MASTERS)
    .join(_STEPS, _STEPS.c.label_master_id == _MASTERS.c.id)
    .where(
        _MASTERS.c.study_id == bindparam("study_id"),
        _MASTERS.c.country == bindparam("country"),
        _MASTERS.c.packaging == bindparam("packaging"),
        _STEPS.c.id.in_(_LAST),
        _STEPS.c.status == LabelMasterStatus.APPROVED,
    )
    .order_by(_MASTERS.c.language)
)


def label_masters(connection: Connection, study_id: int) -> tuple[MasterVersion, ...]:
    """The newest version of each master, and the approved one where it is another; by country and language."""
    versions: dict[str, list[MasterVersion]] = defaultdict(list)
    for version in _versions(connection, study_id, None):
        versions[version.number].append(version)
    return tuple(
        one
        for each in versions.values()
        for one in each
        if one is each[0] or one.status == LabelMasterStatus.APPROVED
    )


def label_master(connection: Connection, study_id: int, number: str) -> tuple[MasterVersion, ...]:
    """Every version of one master, the newest first; NotFound where there is none."""
    found = _versions(connection, study_id, number)
    if not found:
        raise not_found("label master")
    return found


def texts_in_force(
    connection: Connection, study_id: int, country: str, packaging: Packaging = Packaging.OUTER
) -> dict[str, tuple[InForce, ...]]:
    """Blinding group -> its approved texts for a country, one a language, in order of language."""
    asked = {"study_id": study_id, "country": country, "packaging": packaging}
    found: dict[str, list[InForce]] = defaultdict(list)
    for row in connection.execute(_APPROVED, asked).mappings():
        found[row["blinding_group"]].append(InForce(f"{row['number']} version {row['version']}", _text(row)))
    return {group: tuple(texts) for group, texts in found.items()}


def asked_particulars(country: str, packaging: Packaging) -> tuple[AskedParticular, ...]:
    """Every particular in the order of the label, with the clause that asks for it in that country."""
    region = region_of(country)
    clauses = REQUIRED[region, packaging]
    return tuple(
        AskedParticular(
            code=one.code,
            title=one.title,
            clause=clauses.get(one.code, ""),
            placeholders=" ".join(f"{{{name}}}" for name in one.needs),
            may_be_left_off=one.code in clauses and may_be_left_off(region, packaging, one.code),
        )
        for one in PARTICULARS
    )


def _versions(connection: Connection, study_id: int, number: str | None) -> tuple[MasterVersion, ...]:
    asked = {"study_id": study_id}
    steps: dict[int, list[RowMapping]] = defaultdict(list)
    for row in connection.execute(_HAPPENED, asked).mappings():
        steps[row["label_master_id"]].append(row)
    study = study_at(connection, study_id, approved_version(connection, study_id))
    products = {group.code: group.name for group in study.blinding_groups}
    rows = (
        connection.execute(_OF_NUMBER, {**asked, "number": number}) if number else connection.execute(_ALL, asked)
    )
    return tuple(_version(row, steps[row["id"]], products) for row in rows.mappings())


def _version(row: RowMapping, steps: list[RowMapping], products: Mapping[str, str]) -> MasterVersion:
    text = _text(row)
    return MasterVersion(
        number=row["number"],
        version=row["version"],
        country=text.country,
        language=text.language,
        blinding_group=row["blinding_group"],
        product=products.get(row["blinding_group"], row["blinding_group"]),
        packaging=text.packaging,
        status=LabelMasterStatus(steps[-1]["status"]),
        particulars=text.particulars,
        omitted=text.omitted,
        problems=problems_of(text),
        proof_hash=next((step["proof_hash"] for step in steps if step["proof_hash"]), ""),
        steps=tuple(_step(step) for step in steps),
    )


def _text(row: RowMapping) -> LabelText:
    return LabelText(
        row["country"], row["language"], Packaging(row["packaging"]), row["particulars"], row["omitted"]
    )


def _step(row: RowMapping) -> MasterStep:
    return MasterStep(
        LabelMasterEvent(row["event"]), row["at"], row["printed_name"], row["account_id"], row["reason"] or ""
    )
