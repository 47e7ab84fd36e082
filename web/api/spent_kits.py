"""Kits at the end of their use: what waits for the site, the monitor and the destroyer, and their signed acts."""

from dataclasses import dataclass

from irt.blinding.roles import Permission
from irt.reads.blinded_destruction import DestructionPage, destruction_page
from irt.reads.blinded_sites import sites_reached
from irt.reads.blinded_verification import SiteVerification, sites_to_verify
from irt.services.destroy_kits import destroy_kits
from irt.services.verify_kits import monitor_returns, verify_returns
from web.api.operations import Caller, Now, Records, StudyId, command, question

_SIGNING = {"password": "the owner's password", "code": "123456"}
_KITS = {"study_id": 1, "site": "1014", "kits": ["48213377", "30915524"], "signing": _SIGNING}


@dataclass(frozen=True)
class VerificationShown:
    """What waits at the token's sites, the first two hundred kits of each."""

    items: tuple[SiteVerification, ...]


@question("/studies/{study_id:int}/verification", Permission.VIEW_STOCK, "Kits that wait to be verified")
def list_verification(study_id: StudyId, caller: Caller, store: Records, now: Now) -> VerificationShown:
    """For the site, kits brought back, past their date or never to be used; for monitors those it has verified."""
    with store.reading() as connection:
        own, monitored = (
            [site for site in sites_reached(connection, caller, permission) if site.study_id == study_id]
            for permission in (Permission.TAKE_BACK, Permission.VERIFY_RETURNS)
        )
        return VerificationShown(sites_to_verify(connection, own, monitored, now))


@question("/studies/{study_id:int}/destruction", Permission.DECIDE_QUALITY, "Kits to destroy, and certificates")
def list_destruction(study_id: StudyId, caller: Caller, store: Records) -> DestructionPage:
    """Kits that site and monitor have verified, the first five hundred, and every certificate with its hash."""
    caller.require(Permission.DECIDE_QUALITY, study_id)
    with store.reading() as connection:
        return destruction_page(connection, study_id)


OPERATIONS = (
    list_verification,
    list_destruction,
    command(
        "/returns/verify", verify_returns, Permission.TAKE_BACK, "Sign for the site that kits are verified", _KITS
    ),
    command(
        "/returns/monitor",
        monitor_returns,
        Permission.VERIFY_RETURNS,
        "Sign as the monitor, another person than the site's, that kits are verified",
        _KITS,
    ),
    command(
        "/returns/destroy",
        destroy_kits,
        Permission.DECIDE_QUALITY,
        "Sign the destruction of verified kits; the certificate's file as base64",
        {
            "study_id": 1,
            "certificate": "C-77",
            "destroyer": "Remex",
            "on_day": "2026-03-02",
            "file_name": "c-77.pdf",
            "paper": "JVBERi0xLjcK",
            "kits": ["48213377"],
            "signing": _SIGNING,
        },
    ),
)
