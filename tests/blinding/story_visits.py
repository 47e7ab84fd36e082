"""What happens at visits: a run-in, a weight that two people type, a call recorded, one skipped and corrected."""

from tests.blinding.worlds import OneWorld

WEIGHED = "W4"
WEIGHT_KG, MISREAD_KG = "75.5", "57.5"


def run_in(world: OneWorld, *subjects: tuple[int, str]) -> None:
    """Everybody's run-in starts; nobody is randomized before it has ended, whatever they would get."""
    today = world.now.date().isoformat()
    for index, subject in subjects:
        world.does(f"coordinator.{index}", "/subjects/start-run-in", subject=subject, on_day=today)
    index, subject = subjects[0]
    answers = {"levels": {"ldl": "LT85"}, "dose_level": "Q2W"}
    world.does(f"coordinator.{index}", "/subjects/randomize", subject=subject, on_day=today, **answers)
    world.wait(days=1)


def weigh(world: OneWorld, index: int, subject: str) -> None:
    """One types the weight, another misreads the scale and then types the same; each is refused what it may not."""
    ask = {"subject": subject, "visit": WEIGHED, "on_day": world.now.date().isoformat()}
    world.does(f"pharmacist.{index}", "/dispensings/assign", **ask)
    world.does(f"coordinator.{index}", "/dispensings/enter-weight", **ask, weight_kg=WEIGHT_KG)
    world.does(f"coordinator.{index}", "/dispensings/confirm-weight", **ask, weight_kg=WEIGHT_KG)
    for weight_kg in (MISREAD_KG, WEIGHT_KG):
        world.does(f"pharmacist.{index}", "/dispensings/confirm-weight", **ask, weight_kg=weight_kg)


def calls(world: OneWorld, reached: str, missed: str) -> None:
    """One subject was called; of the other the call is skipped, which was an error."""
    ask = {"visit": "CALL", "on_day": world.now.date().isoformat()}
    world.does("pharmacist.0", "/subjects/record-visit", subject=reached, **ask)
    world.does("pharmacist.0", "/subjects/skip-visit", subject=missed, **ask, reason="Nobody answered")
    why = {"visit": "CALL", "reason": "It was another subject"}
    world.does("pharmacist.0", "/subjects/correct-visit", subject=missed, **why)
