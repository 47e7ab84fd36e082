"""Who can open a study's seed: the installation, or two holders together; and nobody tells it before the end."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed
from irt.randomization.stream import commitment
from irt.reads.unblinded_custody import sealed_seed
from irt.services.activate_site import ChangeSite, change_site
from irt.services.randomize_subject import randomize_subject
from irt.services.reveal_seed import (
    DeclaredBefore,
    DeclareEnd,
    End,
    NotLocked,
    NotTheSeed,
    NotUnblinded,
    RevealSeed,
    SitesStillOpen,
    declare_end,
    reveal_seed,
)
from irt.services.seal_seed import NotSealed, SealedBefore, SealSeed, UnsealSeed, seal_seed, unseal_seed
from irt.services.seed_custody import SeedSealed
from irt.services.seed_shares import (
    NotAHolder,
    UnusableKey,
    close_box,
    open_box,
    public_of,
    put_together,
    read_key,
    share_out,
    written_key,
)
from irt.services.store import Store
from irt.states.records import SiteEvent
from irt.tables.record import AuditEntry
from irt.tables.secret import AllocationKey
from irt.tables.study import Site
from tests.builders_designs import DesignedTrial, a_study, without_stock
from tests.builders_lists import FIRST
from tests.cast import signing

SEED = bytes(range(32))
ANNA, BEN, EVE = (X25519PrivateKey.generate() for _ in range(3))
HOLDERS = [public_of(ANNA), public_of(BEN)]


def random_bytes(length: int) -> bytes:
    """Not random, so that a share can be looked for."""
    return bytes([7]) * length


def a_drawing_trial(store: Store) -> DesignedTrial:
    """Complete randomization at two sites."""
    return without_stock(store, a_study({"method": "complete"}))


def acts(trial: DesignedTrial) -> list[str]:
    """The acts of the audit trail."""
    return [row["act"] for row in trial.rows(AuditEntry)]


def in_the_database(trial: DesignedTrial) -> str:
    """The sealed allocation seed."""
    with trial.store.reading() as connection:
        return sealed_seed(connection, trial.study_id)


def closed(trial: DesignedTrial) -> None:
    """Every site is closed."""
    for site in trial.rows(Site):
        if site["status"] == "planned":
            trial.do(Role.SUPPLY_MANAGER, change_site, ChangeSite(study_id=trial.study_id, site=site["number"]))
        ask = ChangeSite(study_id=trial.study_id, site=site["number"], event=SiteEvent.CLOSE, reason="done")
        trial.do(Role.SUPPLY_MANAGER, change_site, ask)


def ending(trial: DesignedTrial, end: End) -> DeclareEnd:
    """A step of the end."""
    return DeclareEnd(study_id=trial.study_id, end=end, signing=signing())


def revealing(trial: DesignedTrial, given: str | None = None) -> RevealSeed:
    """The seed is asked for."""
    return RevealSeed(study_id=trial.study_id, given=given, signing=signing())


def test_both_holders_and_nobody_else():
    """One key is not enough, another's neither; a share alone is nothing of the seed."""
    sealed = share_out(SEED, HOLDERS, random_bytes)
    assert put_together(sealed, [BEN, ANNA]) == SEED
    for keys in ([ANNA], [ANNA, ANNA], [ANNA, EVE], [], [ANNA, BEN, EVE]):
        with pytest.raises(NotAHolder):
            put_together(sealed, keys)
    boxes = json.loads(sealed.partition(":")[2])
    shares = [open_box(boxes[public_of(key)], key) for key in (ANNA, BEN)]
    assert SEED not in shares
    assert shares[0] == random_bytes(32)


def test_two_different_holders():
    """Not one twice, not a text that is no key."""
    for holders in ([HOLDERS[0]] * 2, HOLDERS[:1], ["00" * 31, HOLDERS[0]]):
        with pytest.raises(UnusableKey):
            share_out(SEED, holders, random_bytes)


def test_a_changed_box_does_not_open():
    """Nor one for somebody else."""
    box = close_box(SEED, public_of(ANNA))
    assert open_box(box, ANNA) == SEED
    for other, key in ((box, BEN), (box[:-2] + ("00" if box[-2:] != "00" else "11"), ANNA)):
        with pytest.raises(NotAHolder):
            open_box(other, key)


def test_a_holder_keeps_the_key_under_a_passphrase():
    """Another passphrase does not open it, nor does another text."""
    pem = written_key(ANNA, b"a long passphrase")
    assert public_of(read_key(pem, b"a long passphrase")) == public_of(ANNA)
    for text, passphrase in ((pem, b"another one"), (b"no key", b"a long passphrase")):
        with pytest.raises(UnusableKey):
            read_key(text, passphrase)


def test_every_opening_of_the_seed_is_written_down_once_a_process(store: Store) -> None:
    """Beside the first act that needed it; a refused act leaves nothing in memory."""
    trial = a_drawing_trial(store)
    assert "seed_opened" not in acts(trial)
    trial.randomized()
    trial.randomized()
    assert acts(trial).count("seed_opened") == 1
    trial.store.seeds.clear()
    trial.randomized()
    assert acts(trial).count("seed_opened") == 2


def test_a_sealed_seed_waits_for_its_holders(store: Store) -> None:
    """Nothing is drawn before; the process that both unsealed it for draws, and no other."""
    trial = a_drawing_trial(store)
    trial.randomized()
    told = trial.do(FIRST, seal_seed, SealSeed(study_id=trial.study_id, holders=HOLDERS))
    waiting = trial.screen()
    refusal = trial.refuses(randomize_subject, trial.asking(waiting), SeedSealed)
    assert "holders" not in refusal.sentence
    seed = put_together(in_the_database(trial), [ANNA, BEN])
    assert commitment(seed) == told.commitment
    for process in (EVE, trial.store.seal.allocator):
        allocator = public_of(process)
        ask = UnsealSeed(study_id=trial.study_id, allocator=allocator, box=close_box(seed, allocator))
        trial.do(FIRST, unseal_seed, ask)
        if process is EVE:
            trial.refuses(randomize_subject, trial.asking(waiting), SeedSealed)
    trial.randomize(waiting)
    assert trial.rederived().same == 2
    with pytest.raises(SealedBefore):
        trial.do(FIRST, seal_seed, SealSeed(study_id=trial.study_id, holders=HOLDERS))


def test_a_draw_that_waits_tells_the_processs_key_in_its_log(
    sqlite_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever sealed the seed while the process ran need not start it anew to learn its key."""
    trial = a_drawing_trial(sqlite_store)
    trial.do(FIRST, seal_seed, SealSeed(study_id=trial.study_id, holders=HOLDERS))
    trial.refuses(randomize_subject, trial.asking(trial.screen()), SeedSealed)
    assert public_of(trial.store.seal.allocator) in caplog.text


def test_a_box_that_opens_to_nothing_is_refused(sqlite_store: Store) -> None:
    """The newest box counts: one of no use would stop every draw."""
    trial = a_drawing_trial(sqlite_store)
    trial.do(FIRST, seal_seed, SealSeed(study_id=trial.study_id, holders=HOLDERS))
    own = public_of(trial.store.seal.allocator)
    for allocator, box in (
        (own, close_box(SEED, own)),
        (own, close_box(SEED, HOLDERS[0])),
        (own, f"{'00' * 32}.{'00' * 48}"),
        (own, "no box"),
        ("z" * 64, close_box(SEED, own)),
    ):
        ask = UnsealSeed(study_id=trial.study_id, allocator=allocator, box=box)
        with pytest.raises(BadInput, match="Nothing was unsealed"):
            trial.do(FIRST, unseal_seed, ask)


def test_what_has_no_holders_is_not_unsealed(sqlite_store: Store) -> None:
    """And only the independent statistician may ask."""
    trial = a_drawing_trial(sqlite_store)
    ask = UnsealSeed(study_id=trial.study_id, allocator="0" * 64, box="")
    with pytest.raises(NotSealed):
        trial.do(FIRST, unseal_seed, ask)
    for service, asked in ((unseal_seed, ask), (seal_seed, SealSeed(study_id=trial.study_id, holders=HOLDERS))):
        with pytest.raises(NotAllowed):
            trial.do(Role.STATISTICIAN, service, asked)


def test_the_seed_is_told_after_lock_and_unblinding_alone(store: Store) -> None:
    """Each step by name: sites closed, locked, unblinded, revealed."""
    trial = a_drawing_trial(store)
    trial.randomized()
    with pytest.raises(NotLocked):
        trial.do(FIRST, reveal_seed, revealing(trial))
    with pytest.raises(SitesStillOpen):
        trial.do(Role.STUDY_TEAM, declare_end, ending(trial, End.LOCKED))
    closed(trial)
    with pytest.raises(NotLocked):
        trial.do(FIRST, declare_end, ending(trial, End.UNBLINDED))
    trial.do(Role.STUDY_TEAM, declare_end, ending(trial, End.LOCKED))
    with pytest.raises(DeclaredBefore):
        trial.do(Role.STUDY_TEAM, declare_end, ending(trial, End.LOCKED))
    with pytest.raises(NotUnblinded):
        trial.do(FIRST, reveal_seed, revealing(trial))
    trial.do(FIRST, declare_end, ending(trial, End.UNBLINDED))
    done = trial.do(FIRST, reveal_seed, revealing(trial))
    (key,) = [row for row in trial.rows(AllocationKey) if row["purpose"] == "allocation"]
    assert done.commitment == key["commitment"]
    assert acts(trial)[-1] == "seed_revealed"


def test_a_shared_seed_is_told_by_its_holders(sqlite_store: Store) -> None:
    """What they give is held against the commitment."""
    trial = a_drawing_trial(sqlite_store)
    trial.do(FIRST, seal_seed, SealSeed(study_id=trial.study_id, holders=HOLDERS))
    closed(trial)
    trial.do(Role.STUDY_TEAM, declare_end, ending(trial, End.LOCKED))
    trial.do(FIRST, declare_end, ending(trial, End.UNBLINDED))
    for given in (None, "00" * 32, "no seed"):
        with pytest.raises(NotTheSeed):
            trial.do(FIRST, reveal_seed, revealing(trial, given))
    seed = put_together(in_the_database(trial), [ANNA, BEN])
    assert trial.do(FIRST, reveal_seed, revealing(trial, seed.hex())).seed == seed.hex()
