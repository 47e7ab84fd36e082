"""Two requests at one moment: guesses are counted, a code is used once, conflicting roles are not both granted."""

from concurrent.futures import ThreadPoolExecutor

from pydantic import SecretStr

from irt.blinding.conflicts import RolesConflict
from irt.blinding.roles import Role
from irt.services.grant_role import GrantRole, grant_role
from irt.services.sign_in import SignIn, SignInAnswer, SignInOutcome, sign_in
from tests.cast import PASSWORD, Office
from tests.irt.services.devices import code_of, enrolled
from tests.rows import put_study

THREADS = 6


def together(office: Office, username: str, password: str, code: str | None = None) -> list[SignInAnswer]:
    """The same attempt from several browsers at once."""
    system = office.system

    def attempt(number: int) -> SignInAnswer:
        ask = SignIn(
            username=username, password=SecretStr(password), code=None if code is None else SecretStr(code)
        )
        answer: SignInAnswer = office.does(system, sign_in, ask, f"browser {number}")
        return answer

    with ThreadPoolExecutor(THREADS) as browsers:
        return list(browsers.map(attempt, range(THREADS)))


def test_guesses_in_parallel_are_counted_one_by_one(office: Office) -> None:
    """Six at once: four countdowns and the pause, as if one came after the other."""
    said = sorted(answer.sentence for answer in together(office, "ada", "not the password"))
    assert sum("paused" in sentence for sentence in said) == 2
    assert len(set(said)) == 5
    assert office.tries("ada").outcome == SignInOutcome.REFUSED


def test_a_code_opens_one_session_however_many_ask(office: Office) -> None:
    """The first takes it; the others are refused."""
    secret = enrolled(office, "ada")
    outcomes = [a.outcome for a in together(office, "ada", PASSWORD, code_of(secret, office.now))]
    assert outcomes.count(SignInOutcome.SIGNED_IN) == 1


def test_two_administrators_cannot_make_one_person_both(office: Office) -> None:
    """A blinded and an unblinded role, granted at the same moment: one is refused."""
    study_id = put_study(office.store, "A-1")["study"]
    bo = office.hire("bo")
    eve = office.hire("eve", (Role.ADMINISTRATOR, {}))

    def grant(by: tuple[Role, int]) -> bool:
        ask = GrantRole(account_id=bo.account_id, role=by[0], study_id=study_id, reason="at once")
        try:
            office.does((office.ada, eve)[by[1]], grant_role, ask, f"grant {by[0]}")
        except RolesConflict:
            return False
        return True

    with ThreadPoolExecutor(2) as both:
        granted = list(both.map(grant, [(Role.SUPPLY_MANAGER, 0), (Role.SUPPLY_PLANNER, 1)]))
    assert sorted(granted) == [False, True]
