"""A change as it is tried: the same way from the page and over the API."""

from irt.errors import BadInput
from irt.services.twin_runs import AskTwin
from simulation.live.change import TwinChange


def twin_to_ask(study_id: int, change: TwinChange, days: int, replications: int, seed: int = 1) -> AskTwin:
    """The question; BadInput where nothing is changed."""
    if change == TwinChange(name=change.name):
        raise BadInput("Nothing is changed. Nothing was started. Name at least one change.")
    told = change.model_dump(mode="json")
    return AskTwin(study_id=study_id, change=told, days=days, replications=replications, seed=seed)
