"""Subjects by batch (ICH E3 16.1.6), and the state of a kit at an instant."""

from sqlalchemy import text

from irt.reads.unblinded_batches import subjects_by_batch
from tests.builders_trial import Trial


def test_each_kit_stands_under_its_batch(sqlite_trial: Trial) -> None:
    """What was handed over counts once under its manufacturing lot; what was only assigned counts nowhere."""
    trial = sqlite_trial
    subject, kits = trial.treated()
    other = trial.randomized()
    trial.assign(other)
    with trial.store.reading() as connection:
        lines = subjects_by_batch(connection, 1)
        batches = dict(
            connection.execute(
                text(
                    "SELECT kit.number, lot.number FROM secret_kit_content content"
                    " JOIN kit ON kit.id = content.kit_id"
                    " JOIN secret_manufacturing_lot lot ON lot.id = content.manufacturing_lot_id"
                )
            ).all()
        )
    assert {line.subject for line in lines} == {subject}
    assert {line.batch for line in lines} == {batches[kit] for kit in kits}
    assert sum(line.kits for line in lines) == len(kits)
    assert {line.kit_type for line in lines} == {trial.types()[kit] for kit in kits}
