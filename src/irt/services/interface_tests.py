"""The signed test of a depot's interface: by the vendor and by supply, before it is opened in production."""

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.actor import Grant
from irt.blinding.roles import Permission
from irt.errors import BadInput, NotAllowed, Refusal
from irt.messages.interface_test import missing_in, protocol_content
from irt.reads.blinded_interface_tests import interface_is_open, interface_protocol, interface_signatures
from irt.services.audit_draft import AuditDraft
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.supply_study import depot_ids, lock_row
from irt.services.work import Work
from irt.states.records import Mode
from irt.tables.columns import table_of
from irt.tables.study import Study
from irt.tables.vendor import InterfaceOpening, InterfaceSignature

VENDOR, SUPPLY = "vendor", "supply"


class SignInterfaceTest(SQLModel):
    """The test of a depot's interface in a test study, as the messages kept show it."""

    study_id: int
    depot: str
    signing: Signing = Field(exclude=True)


class InterfaceTestSigned(SQLModel):
    """For whom it was signed, and the digest of what was shown."""

    depot: str
    side: str
    digest: str


class OpenInterface(SQLModel):
    """A depot whose system may send messages in this production study from now on."""

    study_id: int
    depot: str


class InterfaceOpened(SQLModel):
    """The depot, and the digest of the test that both sides signed."""

    depot: str
    digest: str


class TestIncomplete(Refusal):
    """Not everything was shown yet."""

    __test__ = False

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(
            f"{len(missing)} things are still to be shown, the first: {missing[0].lower()}. Nothing was signed. "
            "Send such a message in the test study."
        )


class InterfaceNotSigned(Refusal):
    """The vendor and supply have not both signed the same test."""

    def __init__(self, depot: str) -> None:
        super().__init__(
            f"The test of depot {depot}'s interface is not signed by the vendor and by supply, two people. Nothing "
            "was opened. Have it signed in the test study."
        )


_STUDIES = table_of(Study)
_STUDY = select(_STUDIES).where(_STUDIES.c.id == bindparam("study_id"))
_TEST_OF = select(_STUDIES.c.id).where(
    _STUDIES.c.sponsor_id == bindparam("sponsor_id"),
    _STUDIES.c.protocol == bindparam("protocol"),
    _STUDIES.c.mode == Mode.TEST,
)


def sign_interface_test(work: Work, ask: SignInterfaceTest) -> InterfaceTestSigned:
    """Signed for the vendor by somebody of that depot, for supply by a supply manager; in a test study alone."""
    if work.actor.grant_for(Permission.ACTIVATE_SITE, ask.study_id, None) is None:
        # Before anything is looked at: whoever has no part in the study is not told that there is one.
        work.actor.require(Permission.FULFIL_SHIPMENT, ask.study_id)
    lock_row(work, ask.study_id)
    study = work.one("study", _STUDY, study_id=ask.study_id)
    if study["mode"] != Mode.TEST:
        raise BadInput("An interface is tested in the study's test mode. Nothing was signed.")
    depot_id = _depot(work, ask.study_id, ask.depot)
    side, grant = _side(work, ask.study_id, depot_id)
    protocol = interface_protocol(work.connection, ask.study_id, depot_id)
    if missing := missing_in(protocol):
        raise TestIncomplete(missing)
    content = protocol_content(ask.depot, protocol)
    signable = Signable(Meaning.CONFIRM_INTERFACE, "interface_test", ask.depot, content, ask.study_id)
    signature_id = sign_record(work, ask.signing, signable, grant)
    work.append(
        InterfaceSignature,
        sponsor_id=study["sponsor_id"],
        study_id=ask.study_id,
        depot_id=depot_id,
        side=side,
        digest=signable.hash,
        shown=content["shown"],
        signature_id=signature_id,
        account_id=work.actor.account_id,
        at=work.at,
    )
    told = {"side": side, "digest": signable.hash, "signature": signature_id}
    _audit(work, ask.study_id, "interface_test_signed", ask.depot, told)
    return InterfaceTestSigned(depot=ask.depot, side=side, digest=signable.hash)


def open_interface(work: Work, ask: OpenInterface) -> InterfaceOpened:
    """Opened where the vendor and supply signed the same test of the same depot, two people."""
    work.actor.require(Permission.ACTIVATE_SITE, ask.study_id)
    lock_row(work, ask.study_id)
    study = work.one("study", _STUDY, study_id=ask.study_id)
    depot_id = _depot(work, ask.study_id, ask.depot)
    if interface_is_open(work.connection, depot_id):
        raise BadInput(f"The interface of depot {ask.depot} is open already. Nothing was changed.")
    digest = _signed_by_both(work, study["sponsor_id"], study["protocol"], ask.depot)
    work.append(
        InterfaceOpening,
        sponsor_id=study["sponsor_id"],
        study_id=ask.study_id,
        depot_id=depot_id,
        digest=digest,
        account_id=work.actor.account_id,
        at=work.at,
    )
    _audit(work, ask.study_id, "interface_opened", ask.depot, {"digest": digest})
    return InterfaceOpened(depot=ask.depot, digest=digest)


def _signed_by_both(work: Work, sponsor_id: int, protocol: str, depot: str) -> str:
    """The digest that both sides signed; InterfaceNotSigned where there is none."""
    test = work.row(_TEST_OF, sponsor_id=sponsor_id, protocol=protocol)
    known = depot_ids(work, test["id"]) if test else {}
    if test is None or depot not in known:
        raise InterfaceNotSigned(depot)
    lines = interface_signatures(work.connection, test["id"], known[depot])
    for one in lines:
        for other in lines:
            sides = (one.side, other.side) == (VENDOR, SUPPLY)
            if sides and one.digest == other.digest and one.person != other.person:
                return one.digest
    raise InterfaceNotSigned(depot)


def _depot(work: Work, study_id: int, depot: str) -> int:
    known = depot_ids(work, study_id)
    if depot not in known:
        raise BadInput(f"{depot} is not a depot of this study. Nothing was booked.")
    return known[depot]


def _side(work: Work, study_id: int, depot_id: int) -> tuple[str, Grant]:
    """For whom the person signs, and by which grant."""
    if work.actor.grant_for(Permission.ACTIVATE_SITE, study_id, None) is not None:
        return SUPPLY, work.actor.require(Permission.ACTIVATE_SITE, study_id)
    work.actor.require(Permission.FULFIL_SHIPMENT, study_id)
    grant = work.actor.grant_at_depot(Permission.FULFIL_SHIPMENT, study_id, depot_id)
    if grant is None:
        raise NotAllowed("The interface is another depot's. Nothing was signed.")
    return VENDOR, grant


def _audit(work: Work, study_id: int, act: str, depot: str, new: dict[str, object]) -> None:
    work.audit(AuditDraft(act=act, record_kind="depot", record=depot, study_id=study_id, new=new))
