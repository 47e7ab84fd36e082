"""Notes, with the change itself, of what depots are to be told; the messages are written when they are fetched."""

from collections.abc import Iterable, Mapping, Sequence

from irt.services.move_kits import HeldKit
from irt.services.work import Work
from irt.states.kit import Custody
from irt.states.vendor_message import NoticeCause
from irt.tables.vendor import VendorNotice


def notice_for_depots(
    work: Work, owner: Mapping[str, int], cause: NoticeCause, record: str, kits: Iterable[int] | None = None
) -> None:
    """One note in this transaction; `owner` holds sponsor and study, `kits` ids where the record does not say."""
    ids = None if kits is None else sorted(kits)
    work.append(VendorNotice, **owner, cause=cause, record=record, kits=ids, at=work.at)


def notice_of_kits(work: Work, cause: NoticeCause, record: str, kits: Sequence[HeldKit]) -> None:
    """A note about those of these kits that lie at depots; none where none does."""
    if there := [kit for kit in kits if kit.state.custody == Custody.DEPOT]:
        owner = {"sponsor_id": there[0].sponsor_id, "study_id": there[0].study_id}
        notice_for_depots(work, owner, cause, record, [kit.id for kit in there])
