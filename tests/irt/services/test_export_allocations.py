"""A study's allocations exported, and made again from the export and the seed alone, in three languages."""

from pathlib import Path
from typing import Any

import pytest

from irt.blinding.actor import Actor, Grant
from irt.blinding.roles import Role
from irt.errors import NotAllowed
from irt.randomization.export.export_file import Export, read_export, write_export
from irt.randomization.export.replay import Verdict, verify
from irt.randomization.export.study_replay import study_replays
from irt.reads.unblinded_export import allocations_export
from irt.services.export_allocations import ExportAllocations, export_allocations
from irt.services.store import Store
from irt.services.studies import seed_of
from irt.services.work import Work
from irt.tables.record import AuditEntry
from tests.builders_designs import DESIGNS, DesignedTrial, a_study, without_stock
from tests.builders_lists import a_listed_trial, loaded
from tests.builders_trial import FIRST_SITE, SECOND_SITE, Trial
from tests.irt.randomization.export.verifiers import LANGUAGES, verified

OTHER_LANGUAGES = {
    "blocks": {"method": "permuted_block", "block_sizes": [2, 4], "size_weights": [1, 2], "strata": ["ldl"]},
    "minimization": {
        "method": "minimization",
        "factors": [{"factor": "ldl"}, {"factor": "region"}],
        "probability": "0.8",
    },
    "big_stick by site": DESIGNS["big_stick by site"],
    "maximal": DESIGNS["maximal"],
}
ENGINE_ALONE = ("hu_hu by site", "play_the_winner")


def under(store: Store, plan: dict[str, Any]) -> DesignedTrial:
    """A dozen subjects at two sites."""
    trial = without_stock(store, a_study(plan))
    fill(trial)
    return trial


def fill(trial: DesignedTrial) -> None:
    """A dozen subjects of either level at two sites; every second one responds where the study learns."""
    for number in range(12):
        levels = {"ldl": "LT85" if number % 3 else "GE85"}
        subject = trial.randomized((FIRST_SITE, SECOND_SITE)[number % 2], levels=levels)
        if trial.definition.learns and number % 2:
            trial.feed({subject: number % 3 % 2})


def exported(trial: Trial, tmp_path: Path) -> tuple[Export, bytes]:
    """The export as it is read back from its file, and the seed."""
    with trial.store.reading() as connection:
        made = allocations_export(connection, trial.study_id)
        seed = seed_of(Work(trial.store, connection, trial.staff, None), trial.study_id, "allocation")  # type: ignore[arg-type]  # nothing is dated
    file = tmp_path / "export.json"
    write_export(made, file)
    (tmp_path / "seed.hex").write_text(seed.hex())
    return read_export(file), seed


def judged(export: Export, seed: bytes | None) -> Verdict:
    """As the command does it."""
    return verify(export, seed, study_replays(export.header, seed))


@pytest.mark.parametrize("name", [*OTHER_LANGUAGES, *ENGINE_ALONE])
def test_a_study_is_made_again_from_its_export(sqlite_store: Store, tmp_path: Path, name: str) -> None:
    """With the seed every number, without it every law; and by the other languages where the design is theirs."""
    trial = under(sqlite_store, OTHER_LANGUAGES.get(name) or DESIGNS[name])
    export, seed = exported(trial, tmp_path)
    assert judged(export, seed)[:3] == (12, 12, True)
    assert judged(export, None)[:3] == (12, 12, False)
    for language in LANGUAGES if name in OTHER_LANGUAGES else ():
        ran = verified(language, tmp_path / "export.json", tmp_path / "seed.hex")
        assert ran.stdout.startswith("12 allocations, all the same"), ran.stderr


def test_a_listed_study_is_made_again(sqlite_store: Store, tmp_path: Path) -> None:
    """Position by position."""
    trial = a_listed_trial(sqlite_store, positions=12)
    loaded(trial)
    fill(trial)
    export, seed = exported(trial, tmp_path)
    assert judged(export, seed)[:2] == (12, 12)


def test_any_changed_record_is_named(sqlite_store: Store, tmp_path: Path) -> None:
    """Arm, chances, draw, levels, or the state that was seen; each with a new chain around it."""
    export, seed = exported(under(sqlite_store, OTHER_LANGUAGES["minimization"]), tmp_path)
    record = export.records[6]
    arms = [arm["code"] for arm in export.header["versions"]["1"]["arms"]]
    facts = record["facts"]
    changes: list[dict[str, Any]] = [
        {"arm": next(arm for arm in arms if arm != record["arm"])},
        {"probabilities": ["1/7", "6/7"]},
        {"draws": [record["draws"][0] + "1"]},
        {"levels": [*reversed(record["levels"])]},
        {"facts": {**facts, "seen": {**facts["seen"], "rows": {}}}},
    ]
    for change in changes:
        records = (*export.records[:6], {**record, **change}, *export.records[7:])
        found = judged(Export.of(export.header, records), seed)
        assert found.mismatch is not None
        assert found.mismatch.number == 7, change


def test_who_took_the_allocations_is_written_down(trial: Trial) -> None:
    """On both databases; the last hash only in the second chain, and for the statistician alone."""
    trial.randomized()
    statistician = Actor(trial.staff.account_id, "Stan", (Grant(Role.UNBLINDED_STATISTICIAN),))
    with trial.store.reading() as connection:
        made = allocations_export(connection, trial.study_id)
    ask = ExportAllocations(study_id=trial.study_id, allocations=len(made.records), head=made.head)
    done = trial.do(statistician, export_allocations, ask)
    (line,) = [row for row in trial.rows(AuditEntry) if row["act"] == "allocations_exported"]
    assert line["new"] == {"allocations": 1}
    assert done.head == made.head
    assert done.head not in str(line)
    with pytest.raises(NotAllowed):
        trial.do(Role.STATISTICIAN, export_allocations, ask)
