"""An amendment: checked, compared, held against what the study holds, signed, and in force site by site."""

from typing import Any

import pytest

from irt.blinding.roles import Role
from irt.blinding.two_persons import SamePerson
from irt.enrolment.rederive import rederive
from irt.errors import BadInput, NotAllowed
from irt.services.activate_site import ChangeSite, change_site
from irt.services.adopt_version import AdoptVersion, SiteClosedForEver, VersionNotLater, adopt_version
from irt.services.amend_study import AmendStudy, DraftWaiting, NothingAmended, amend_study
from irt.services.approve_version import ApproveVersion, WithdrawVersion, approve_version, withdraw_version
from irt.services.caps import EnrolmentClosed
from irt.services.load_study import LoadStudy, load_study
from irt.services.propose_changes import ProposeSite
from irt.services.randomize_subject import randomize_subject
from irt.services.store import Store
from irt.services.study_versions import SequenceInUse, VersionNotDraft, VersionNotSigned
from irt.services.unit_of_work import perform
from irt.services.work import Work
from irt.states.records import Mode, SiteEvent
from irt.study.amendment import AmendmentNotPossible
from irt.study.check import StudyRefused
from irt.study.definition import StudyDefinition
from irt.study.dispensing import DispensingRule, KitNeed
from irt.study.network import Site as SitePart
from irt.study.resupply import MinMax
from irt.study.rules import Cap
from irt.tables.kit import Dispensing
from irt.tables.record import AuditEntry, Message
from irt.tables.secret import ResupplySetting, SecretAuditEntry
from irt.tables.shipment import Shipment
from irt.tables.study import Depot, Lane, Site, SiteVersion, StudyVersion
from irt.tables.subject import DispensingOrder, Randomization, Screening, SubjectEvent
from tests.builders_supply import SupplyHouse, a_lot
from tests.builders_trial import (
    FIRST_SITE,
    SECOND_SITE,
    Trial,
    blocks_are_balanced,
    no_kit_twice,
    the_trial_study,
)
from tests.cast import signing


def amended(study: StudyDefinition, **parts: Any) -> StudyDefinition:
    """The study with other parts."""
    return study.model_copy(update=parts)


def with_cap(study: StudyDefinition, subjects: int, **facts: Any) -> StudyDefinition:
    """The study with one more limit of enrolment."""
    cap = Cap.model_validate({"scope": "study", "subjects": subjects, **facts})
    return amended(study, caps=(*study.caps, cap))


def without_a_level(study: StudyDefinition) -> StudyDefinition:
    """The study with another code in the place of the level that subjects are entered with."""
    factor = study.factors[0]
    levels = tuple(
        level.model_copy(update={"code": "OTHER"}) if level.code == "LT85" else level for level in factor.levels
    )
    return amended(study, factors=(factor.model_copy(update={"levels": levels}), *study.factors[1:]))


def wider(study: StudyDefinition) -> StudyDefinition:
    """The study with wider windows around every visit."""
    visits = tuple(
        visit.model_copy(update={"window_after_days": visit.window_after_days + 2})
        if visit.anchor == "randomization" and visit.kind != "randomization"
        else visit
        for visit in study.visits
    )
    return amended(study, visits=visits)


def amending(trial: Trial, definition: StudyDefinition) -> AmendStudy:
    """An amendment as a configurator hands it in."""
    return AmendStudy(study_id=trial.study_id, definition=definition.model_dump(mode="json"))


def adopting(trial: Trial, site: str = FIRST_SITE, version: int = 2, reason: str = "Ethics agreed") -> AdoptVersion:
    """A version in force at a site."""
    return AdoptVersion(study_id=trial.study_id, site=site, version=version, reason=reason)


def test_two_sites_go_on_each_under_its_version(trial: Trial) -> None:
    """Subjects, orders and kits carry the version they were booked under; every allocation is derived again."""
    early, late = trial.randomized(FIRST_SITE), trial.randomized(SECOND_SITE)
    version = trial.amend(wider(trial.definition))
    assert version == 2
    trial.adopt(FIRST_SITE, version)
    for subject in (early, late):
        trial.hand_over(trial.assign(subject))
    newer, older = trial.randomized(FIRST_SITE), trial.randomized(SECOND_SITE)
    drawn = {row["subject_id"]: row["version_number"] for row in trial.rows(Randomization)}
    of = {number: drawn[trial.subject(number)["id"]] for number in (early, late, newer, older)}
    assert of == {early: 1, late: 1, newer: 2, older: 1}
    given = {row["subject_id"]: row["version_number"] for row in trial.rows(Dispensing)}
    assert given == {trial.subject(early)["id"]: 2, trial.subject(late)["id"]: 1}
    assert [row["version_number"] for row in trial.rows(Screening)] == [1, 1, 2, 1]
    assert {row["version_number"] for row in trial.rows(SubjectEvent)} == {1, 2}
    assert trial.rows(DispensingOrder) == []
    with trial.store.reading() as connection:
        work = Work(trial.store, connection, trial.staff, trial_moment(trial))
        derived = rederive(work, trial.study_id)
    assert (derived.allocations, derived.same) == (4, 4)


def trial_moment(trial: Trial) -> Any:
    """The last moment on record."""
    return trial.rows(AuditEntry)[-1]["at"]


def test_what_is_recorded(sqlite_trial: Trial) -> None:
    """The trail tells the blinded comparison, the second chain the whole; a site's own record grows by a row."""
    trial = sqlite_trial
    windows = trial.definition.kit_types[0].windows.model_copy(update={"dnd_days": 9})
    kit_types = tuple(kit.model_copy(update={"windows": windows}) for kit in trial.definition.kit_types)
    trial.amend(amended(wider(trial.definition), kit_types=kit_types))
    trial.adopt(FIRST_SITE, 2)
    (loaded,) = trial.rows(AuditEntry, act="study_amended")
    (secret,) = trial.rows(SecretAuditEntry, act="study_amended")
    assert any("window after days was" in change for change in loaded["new"]["changes"])
    assert not any("dnd days" in change for change in loaded["new"]["changes"])
    assert any("dnd days was 10, is now 9" in change for change in secret["body"]["changes"])
    versions = trial.rows(StudyVersion)
    assert [(row["number"], row["status"]) for row in versions] == [(1, "approved"), (2, "approved")]
    assert None not in (versions[1]["signature_id"], versions[1]["approved_at"])
    adopted = [(row["site_id"], row["version_number"]) for row in trial.rows(SiteVersion)]
    assert adopted == [
        (trial.site_id(FIRST_SITE), 1),
        (trial.site_id(SECOND_SITE), 1),
        (trial.site_id(FIRST_SITE), 2),
    ]
    assert trial.rows(Message)[-1]["sentence"] == "Protocol version 2 is in force at site 1001 from now on."
    (entry,) = trial.rows(AuditEntry, act="version_adopted")
    assert (entry["old"], entry["new"], entry["reason"]) == ({"version": 1}, {"version": 2}, "Ethics approved")


def test_a_draft_waits_is_withdrawn_or_signed_by_another(sqlite_trial: Trial) -> None:
    """One draft at a time; neither unsigned nor withdrawn versions come into force."""
    trial = sqlite_trial
    trial.do(Role.CONFIGURATOR, amend_study, amending(trial, wider(trial.definition)))
    with pytest.raises(DraftWaiting):
        trial.do(Role.CONFIGURATOR, amend_study, amending(trial, wider(trial.definition)))
    trial.refuses(adopt_version, adopting(trial), VersionNotSigned, trial.actor(Role.SUPPLY_MANAGER))
    approval = ApproveVersion(study_id=trial.study_id, version=2, signing=signing())
    both = trial.actor(Role.CONFIGURATOR, Role.STUDY_TEAM)
    with pytest.raises(SamePerson):
        trial.do(both, approve_version, approval)
    withdrawal = WithdrawVersion(study_id=trial.study_id, version=2, reason="Wrong file")
    trial.do(Role.CONFIGURATOR, withdraw_version, withdrawal)
    trial.refuses(adopt_version, adopting(trial), VersionNotSigned, trial.actor(Role.SUPPLY_MANAGER))
    with pytest.raises(VersionNotDraft):
        trial.do(Role.STUDY_TEAM, approve_version, approval)
    assert trial.amend(wider(trial.definition)) == 3
    assert [row["status"] for row in trial.rows(StudyVersion)] == ["approved", "retired", "approved"]


def test_who_amends(sqlite_trial: Trial) -> None:
    """The configurator, nobody else; and only with something to amend, in a sound file."""
    trial = sqlite_trial
    with pytest.raises(NotAllowed):
        trial.do(Role.SUPPLY_MANAGER, amend_study, amending(trial, wider(trial.definition)))
    with pytest.raises(NothingAmended):
        trial.do(Role.CONFIGURATOR, amend_study, amending(trial, trial.definition))
    dangling = amended(trial.definition, dispensing=trial.definition.dispensing[1:])
    with pytest.raises(StudyRefused):
        trial.do(Role.CONFIGURATOR, amend_study, amending(trial, dangling))
    with pytest.raises(StudyRefused):
        trial.do(Role.CONFIGURATOR, amend_study, AmendStudy(study_id=trial.study_id, definition={"study": 1}))
    assert len(trial.rows(StudyVersion)) == 1


def test_an_amendment_that_does_not_fit_is_refused(sqlite_trial: Trial) -> None:
    """By name, in words, with nothing of the treatment in it."""
    trial = sqlite_trial
    trial.randomized()
    plan = trial.definition.randomization.model_copy(update={"block_sizes": (8,)})
    with pytest.raises(AmendmentNotPossible, match="SequenceSettled") as refused:
        trial.do(Role.CONFIGURATOR, amend_study, amending(trial, amended(trial.definition, randomization=plan)))
    assert [finding.name for finding in refused.value.findings] == ["SequenceSettled"]
    assert trial.audit()["act"] == "amendment_refused"


def test_what_happened_since_the_draft_counts(sqlite_trial: Trial) -> None:
    """A level that nobody had entered when the file was loaded: by the signature somebody has."""
    trial = sqlite_trial
    trial.do(Role.CONFIGURATOR, amend_study, amending(trial, without_a_level(trial.definition)))
    trial.randomized()
    approval = ApproveVersion(study_id=trial.study_id, version=2, signing=signing())
    with pytest.raises(AmendmentNotPossible, match="LevelGone"):
        trial.do(Role.STUDY_TEAM, approve_version, approval)


def test_a_site_whose_subjects_do_not_fit_stays(sqlite_trial: Trial) -> None:
    """Entered at one site after the signature: that site stays where it is, the other goes on."""
    trial = sqlite_trial
    trial.amend(without_a_level(trial.definition))
    trial.randomized(SECOND_SITE)
    manager = trial.actor(Role.SUPPLY_MANAGER)
    trial.refuses(adopt_version, adopting(trial, SECOND_SITE), AmendmentNotPossible, manager)
    trial.adopt(FIRST_SITE, 2)


def test_a_site_only_goes_forward(sqlite_trial: Trial) -> None:
    """Never twice, never back, never once closed; by whom it may, with a reason."""
    trial = sqlite_trial
    manager = trial.actor(Role.SUPPLY_MANAGER)
    trial.amend(wider(trial.definition))
    trial.adopt(FIRST_SITE, 2)
    for version in (1, 2):
        trial.refuses(adopt_version, adopting(trial, version=version), VersionNotLater, manager)
    trial.refuses(adopt_version, adopting(trial, version=7), VersionNotSigned, manager)
    with pytest.raises(NotAllowed):
        trial.do(trial.staff, adopt_version, adopting(trial, SECOND_SITE))
    with pytest.raises(BadInput):
        trial.do(manager, adopt_version, adopting(trial, SECOND_SITE, reason=" "))
    closing = ChangeSite(study_id=trial.study_id, site=SECOND_SITE, event=SiteEvent.CLOSE, reason="Done")
    trial.do(manager, change_site, closing)
    trial.refuses(adopt_version, adopting(trial, SECOND_SITE), SiteClosedForEver, manager)


def test_a_second_press_changes_nothing(sqlite_trial: Trial) -> None:
    """The same key gives the first answer."""
    trial = sqlite_trial
    trial.amend(wider(trial.definition))
    manager, at = trial.actor(Role.SUPPLY_MANAGER), trial_moment(trial)
    answers = [perform(trial.store, manager, at, adopt_version, adopting(trial), "pressed") for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(trial.rows(SiteVersion, version_number=2)) == 1


@pytest.mark.parametrize("facts", [{}, {"scope": "country", "key": "GB"}, {"scope": "stratum", "key": "ldl=LT85"}])
def test_a_new_limit_counts_everybody(trial: Trial, facts: dict[str, str]) -> None:
    """Those enrolled before it came, and those at sites where it is not in force yet."""
    trial.randomized(FIRST_SITE)
    trial.amend(with_cap(trial.definition, 3, **facts))
    trial.adopt(FIRST_SITE, 2)
    trial.randomized(SECOND_SITE)
    trial.randomized(FIRST_SITE)
    subject = trial.screen(FIRST_SITE)
    trial.refuses(randomize_subject, trial.asking(subject), EnrolmentClosed)


def test_planned_sites_open_on_the_version_they_were_given(sqlite_trial: Trial) -> None:
    """A planned site is moved without a record of its own; its opening is that record."""
    trial = sqlite_trial
    trial.amend(wider(trial.definition))
    trial.adopt("1003", 2)
    assert trial.rows(SiteVersion, version_number=2) == []
    ((number, site_id),) = trial.sites(1)
    assert number == "1003"
    assert [row["site_id"] for row in trial.rows(SiteVersion, version_number=2)] == [site_id]
    assert trial.rows(Site, number="1003")[0]["version_number"] == 2


def with_a_new_pen(study: StudyDefinition) -> StudyDefinition:
    """The study with a third type of pen for both arms, its levels, and a new country behind a depot."""
    look = study.blinding_groups[0].model_copy(update={"code": "NEW", "name": "New pen"})
    pen = study.kit_types[0].model_copy(update={"code": "PEN-N", "name": "New pen", "blinding_group": "NEW"})
    levels = {**study.resupply.study, "PEN-N": MinMax(minimum=2, maximum=4)}
    resupply = study.resupply.model_copy(update={"study": levels})
    malta = study.country("GB").model_copy(update={"code": "MT", "name": "Malta", "aliases": (), "depot": "MLA"})
    depot = study.depots[0].model_copy(
        update={"code": "MLA", "name": "Malta", "country": "MT", "supplied_by": study.depots[0].code}
    )
    lane = study.lanes[-1]
    lanes = (
        lane.model_copy(update={"origin": study.depots[0].code, "target": "MLA"}),
        lane.model_copy(update={"origin": "MLA", "target": "MT"}),
    )
    return amended(
        study,
        blinding_groups=(*study.blinding_groups, look),
        kit_types=(*study.kit_types, pen),
        dispensing=tuple(also_given(rule, "PEN-N") for rule in study.dispensing),
        resupply=resupply,
        countries=(*study.countries, malta),
        depots=(*study.depots, depot),
        lanes=(*study.lanes, *lanes),
    )


def also_given(rule: DispensingRule, kit_type: str) -> DispensingRule:
    """The rule with one kit more, where any are given."""
    if not rule.kits:
        return rule
    return rule.model_copy(update={"kits": (*rule.kits, KitNeed(kit_type=kit_type, quantity=1))})


def test_the_network_grows_with_the_signature(trial: Trial) -> None:
    """Depots, lanes and levels of what is new hold from the approval on, and not before."""
    study = with_a_new_pen(trial.definition)
    counts = len(trial.rows(Depot)), len(trial.rows(Lane)), len(trial.rows(ResupplySetting))
    trial.do(Role.CONFIGURATOR, amend_study, amending(trial, study))
    assert (len(trial.rows(Depot)), len(trial.rows(Lane)), len(trial.rows(ResupplySetting))) == counts
    approval = ApproveVersion(study_id=trial.study_id, version=2, signing=signing())
    trial.do(Role.STUDY_TEAM, approve_version, approval)
    depots = {row["code"]: row for row in trial.rows(Depot)}
    assert depots["MLA"]["supplied_by_id"] == depots[trial.definition.depots[0].code]["id"]
    assert [row["target"] for row in trial.rows(Lane)][-2:] == ["MLA", "MT"]
    (setting,) = trial.rows(ResupplySetting, kit_type="PEN-N")
    assert (setting["minimum"], setting["effective_from"]) == (2, trial.day)
    site = SitePart(number="9001", name="Valletta", country="MT")
    trial.agree(ProposeSite(study_id=trial.study_id, site=site, reason="A new country"))
    assert trial.rows(Site, number="9001")[0]["version_number"] == 2


def test_a_site_is_sent_only_what_its_version_knows(trial: Trial) -> None:
    """The new pen goes to the site on the new version; there it is dispensed, at the other nothing changes."""
    trial.amend(with_a_new_pen(trial.definition))
    trial.definition = with_a_new_pen(trial.definition)
    trial.load([a_lot(lot="N1", blinded_lot="L9", kit_type="PEN-N", kits=40)])
    trial.adopt(FIRST_SITE, 2)
    trial.resupply()
    for _ in range(9):
        trial.later(1)
        trial.carry()
    sent = {row["site_id"] for row in trial.rows(Shipment)[2:]}
    assert sent == {trial.site_id(FIRST_SITE)}
    new = trial.hand_over(trial.assign(trial.randomized(FIRST_SITE)))
    old = trial.hand_over(trial.assign(trial.randomized(SECOND_SITE)))
    assert len(new.kits) == len(old.kits) + 1
    no_kit_twice(trial)
    blocks_are_balanced(trial)


def test_the_first_opened_site_settles_the_sequence(sqlite_store: Store) -> None:
    """Before that a plan can be amended; then no other site opens, or goes on, on a version with another plan."""
    house = SupplyHouse.of(sqlite_store, the_trial_study())
    study = the_trial_study()
    plan = study.randomization.model_copy(update={"block_sizes": (8,), "size_weights": ()})
    assert house.amend(amended(study, randomization=plan)) == 2
    house.sites(1)
    opening = ChangeSite(study_id=house.study_id, site="1002")
    asking = AdoptVersion(study_id=house.study_id, site="1002", version=2, reason="Agreed")
    with pytest.raises(SequenceInUse):
        house.do(Role.SUPPLY_MANAGER, adopt_version, asking)
    assert house.do(Role.SUPPLY_MANAGER, change_site, opening).status == "active"


def test_a_withdrawn_first_version_opens_no_site(sqlite_store: Store) -> None:
    """A site waits until it is on a version that was approved."""
    study = the_trial_study()
    house = SupplyHouse.of(sqlite_store, study)
    ask = LoadStudy(definition=study.model_dump(mode="json"), mode=Mode.TEST, effective_from=house.day)
    house.study_id = house.do(Role.CONFIGURATOR, load_study, ask).study_id
    withdrawal = WithdrawVersion(study_id=house.study_id, version=1, reason="Wrong file")
    house.do(Role.STUDY_TEAM, withdraw_version, withdrawal)
    plan = study.randomization.model_copy(update={"block_sizes": (8,), "size_weights": ()})
    assert house.amend(amended(study, randomization=plan)) == 2
    opening = ChangeSite(study_id=house.study_id, site="1001")
    with pytest.raises(VersionNotSigned):
        house.do(Role.SUPPLY_MANAGER, change_site, opening)
    house.adopt("1001", 2)
    assert house.do(Role.SUPPLY_MANAGER, change_site, opening).status == "active"
    assert [row["version_number"] for row in house.rows(SiteVersion, study_id=house.study_id)] == [2]
