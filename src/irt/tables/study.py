"""Sponsors, studies, protocol versions, depots, lanes and sites. Restricted parts are in tables.secret."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from irt.states.records import Mode, SiteStatus, VersionStatus
from irt.tables.columns import Owned, Row, document, instant, one_of


class Sponsor(Row, table=True):
    """A sponsor: the tenant of one installation."""

    name: str = Field(unique=True)


class Study(Row, table=True):
    """A study in one mode; test, training and production copies are different studies."""

    __table_args__ = (UniqueConstraint("sponsor_id", "protocol", "mode"),)
    sponsor_id: int = Field(foreign_key="sponsor.id", index=True)
    protocol: str
    name: str
    mode: Mode = one_of(Mode, "mode")
    opened_at: datetime = instant()
    open_holds: int = Field(default=0, description="recalls and quarantines in force; none: no kit need be asked")


class StudyEnd(Owned, table=True):
    """A step of a study's end: database locked, then unblinded. Append-only."""

    __tablename__ = "study_end"
    __table_args__ = (UniqueConstraint("study_id", "kind"),)
    kind: str = Field(description="locked, unblinded")
    signature_id: int = Field(foreign_key="signature.id")
    at: datetime = instant()


class StudyVersion(Owned, table=True):
    """A protocol version: the part everybody may read, and a salted hash of the whole. Fixed once it is signed."""

    __tablename__ = "study_version"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: int
    status: VersionStatus = one_of(VersionStatus, "status")
    public_part: dict[str, Any] = document()
    salted_digest: str
    signature_id: int | None = Field(default=None, foreign_key="signature.id")
    created_at: datetime = instant()
    loaded_by_id: int = Field(foreign_key="account.id")
    approved_at: datetime | None = instant(default=None)
    impact: dict[str, Any] | None = document(
        default=None,
        nullable=True,
        description="what an amendment changes, blinded, as its approver read it",
    )


class Depot(Owned, table=True):
    """A warehouse of the study."""

    __table_args__ = (UniqueConstraint("study_id", "code"),)
    code: str
    name: str
    country: str
    zone: str
    supplied_by_id: int | None = Field(default=None, foreign_key="depot.id")
    blinded: bool = True


class Lane(Owned, table=True):
    """A way goods move, from a day on; changed by a new row."""

    origin_id: int = Field(foreign_key="depot.id")
    target: str
    lead_time_days: int
    calendar: dict[str, Any] = document()
    effective_from: date
    change_id: int | None = Field(default=None, foreign_key="operational_change.id")


class Site(Owned, table=True):
    """A site of the study. The counters number its subjects and screenings.

    Name, zone and depot are the last line of its details: what every page and booking reads.
    """

    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: str
    name: str
    country: str
    region: str
    zone: str
    label_group: str
    depot_id: int = Field(foreign_key="depot.id")
    status: SiteStatus = one_of(SiteStatus, "status")
    version_number: int = Field(description="the protocol version in force here")
    main_site_id: int | None = Field(
        default=None, foreign_key="site.id", description="of a satellite: the site whose stock supplies it"
    )
    subjects_numbered: int = 0
    screenings_numbered: int = 0


class SiteVersion(Owned, table=True):
    """A protocol version activated at a site (E6-36)."""

    __tablename__ = "site_version"
    site_id: int = Field(foreign_key="site.id", index=True)
    version_number: int
    activated_at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class SiteDetail(Owned, table=True):
    """A site's name, zone and depot, from a day on; changed by a new row."""

    __tablename__ = "site_detail"
    site_id: int = Field(foreign_key="site.id", index=True)
    name: str
    zone: str
    depot_id: int = Field(foreign_key="depot.id")
    effective_from: date
    change_id: int | None = Field(default=None, foreign_key="operational_change.id")


class SiteContact(Owned, table=True):
    """Where a site is reached, from a day on; changed by a new row."""

    __tablename__ = "site_contact"
    site_id: int = Field(foreign_key="site.id", index=True)
    details: dict[str, Any] = document()
    effective_from: date
    change_id: int | None = Field(default=None, foreign_key="operational_change.id")


class OperationalChange(Owned, table=True):
    """A proposed change of operational data, as it was put before a second person. Its approval tells the rest."""

    __tablename__ = "operational_change"
    kind: str
    record: str
    site_id: int | None = Field(default=None, foreign_key="site.id")
    facts: dict[str, Any] = document(description="as blinded people may read them: no kit type")
    before: dict[str, Any] | None = document(default=None, description="the same facts as they stood")
    effective_from: date
    reason: str
    approval_id: int = Field(foreign_key="approval.id", unique=True)
