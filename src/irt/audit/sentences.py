"""The audit trail in plain sentences: who did what to which record, for inspectors and site staff alike."""

from collections.abc import Mapping
from typing import Any

TEMPLATES: dict[str, str] = {
    # Subjects and visits
    "subject_screened": "{who} screened subject {record} under screening number {screening}.",
    "screening_failed": "{who} recorded that subject {record} failed screening.",
    "run_in_started": "{who} started the run-in of subject {record} on {on_day}; it ends on {ends_on}.",
    "run_in_failed": "{who} recorded that the run-in of subject {record} failed.",
    "subject_rescreened": "{who} screened subject {record} again, under screening number {screening}.",
    "subject_randomized": "{who} randomized subject {record} under randomization number {randomization}.",
    "visit_recorded": "{who} recorded visit {visit} of subject {record} as done on {on_day}.",
    "visit_reopened": "{who} left visit {visit} of subject {record} open after its kits were given back.",
    "visit_corrected": "{who} took back that visit {visit} of subject {record} was {old_status}.",
    "weight_entered": "{who} entered the body weight of subject {record} for visit {visit}, to be confirmed.",
    "weight_confirmed": "{who} confirmed the body weight of subject {record} for visit {visit}: {weight_kg} kg.",
    "responses_recorded": "{who} recorded responses from {source}: {recorded} new, {corrected} changed.",
    "randomization_annotated": "{who} wrote a note beside randomization {record}: {kind}.",
    "visit_skipped": "{who} recorded that subject {record} skipped visit {visit}.",
    "dose_held": "{who} put the dosing of subject {record} on hold from {on_day}.",
    "dose_resumed": "{who} resumed the dosing of subject {record} from {on_day}.",
    "dose_changed": "{who} changed the dose level of subject {record} from {old_dose_level} to {dose_level}.",
    "treatment_ended": "{who} ended the treatment of subject {record} on {on_day}.",
    "subject_completed": "{who} recorded that subject {record} completed the study on {on_day}.",
    "subject_withdrawn": "{who} recorded that subject {record} withdrew on {on_day}.",
    "order_signed": "{who} ordered dispensing to subject {record} for visit {visit}, with a signature.",
    # Dispensing
    "kits_assigned": "{who} had kits {kits} assigned to subject {record} for visit {visit}.",
    "kit_scanned": "{who} scanned kit {read} for {record_kind} {record}: {answer}.",
    "scan_refused": "{who} scanned {read} for {record_kind} {record}, which was refused: {answer}.",
    "kits_handed_over": "{who} handed over kits {handed_over} ({record_kind} {record}).",
    "kits_handed_over_partly": "{who} handed over kits {handed_over}, not {not_given} ({record_kind} {record}).",
    "dispensing_given_up": "{who} gave up {record_kind} {record}; kits {not_given} were not given.",
    "kit_replaced": "{who} replaced kit {old_kit} by kit {kit} ({record_kind} {record}): {problem}.",
    "misallocation_recorded": "{who} recorded deviation {deviation}: kit {given} was given instead of {assigned}.",
    "kits_taken_back": "{who} took back kits of subject {record}: {returned} returned, {lost} lost.",
    "items_received": "{who} received {quantity} of {item}, lot {lot}, at {record_kind} {record}: {in_stock} now.",
    "items_handed_out": "{who} handed out {quantity} of {item}, lot {lot}, to {subject}; {in_stock} are left.",
    "items_taken_back": "{who} took back {quantity} of {item}, lot {lot}, from {subject}; they are set aside.",
    "items_set_aside": "{who} set {quantity} of {item}, lot {lot}, aside at {record_kind} {record}.",
    "items_destroyed": "{who} had {quantity} of {item}, lot {lot}, destroyed at {record_kind} {record}.",
    "items_counted": "{who} counted {item}, lot {lot}, at {record_kind} {record}: {quantity}, not {old_in_stock}.",
    "items_added": "{who} put {items} into shipment {record} to site {site}.",
    "items_arrived": "{who} received {items} with shipment {record}; damaged: {damaged}, missing: {missing}.",
    "stock_counted": "{who} counted the stock of {record_kind} {record}.",
    # To the door: never an address
    "address_recorded": "{who} recorded where subject {record} gets kits; the address is sealed.",
    "address_read": "{who} was shown the address of subject {record} for shipment {shipment}.",
    "address_erased": "{who} destroyed the key of the address of subject {record}.",
    "delivery_released": "{who} released the kits of visit {visit} to the home of subject {record}: {shipment}.",
    "delivery_dispatch": "{who} sent the kits of visit {visit} to the home of subject {record}.",
    "delivery_fail_attempt": "{who} recorded attempt {attempts} in vain at the door of subject {record}.",
    "delivery_reschedule": "{who} agreed another time for the delivery to subject {record}.",
    "delivery_return": "{who} brought the kits of subject {record} back to where they came from.",
    "parcel_packed": "{who} packed kits {kits} for the home of subject {record}: {shipment}.",
    "delivery_lose": "{who} recorded the parcel to subject {record} as lost.",
    "delivery_cancel": "{who} cancelled the delivery to subject {record}.",
    "delivery_code_given": "{who} gave subject {record} a one-time code, valid until {expires_at}.",
    "delivery_code_missed": "A wrong one-time code was entered for the delivery to subject {record}.",
    "delivery_confirmed": "{record} confirmed kits {kits} at the door; dispensed on {recorded_on}.",
    "deviation_closed": "{who} closed deviation {record}.",
    # On the way back
    "return_packed": "{who} packed kits {kits} of site {site} as return {record} to depot {depot}; seals {seals}.",
    "return_sent": "{who} sent return {record} from site {site} to depot {depot}.",
    "return_cancelled": "{who} opened the boxes of return {record} again at site {site}.",
    "return_received": "{who} received return {record} at depot {depot}: {received}; missing: {missing}.",
    "return_found": "{who} found kits {received} of return {record} at depot {depot}.",
    "pickup_asked": "{who} asked for a pick-up of kits {kits} at the home of subject {record}: {shipment}.",
    "pickup_address_read": "{who} was shown the address of subject {record} for pick-up {shipment}.",
    "pickup_attempt": "{who} recorded attempt {attempts} in vain to collect kits of subject {record}.",
    "pickup_rescheduled": "{who} agreed another time to collect kits of subject {record}.",
    "pickup_collected": "{who} collected kits {kits} of subject {record} at home; not there: {not_there}.",
    "pickup_cancelled": "{who} called off pick-up {shipment} at the home of subject {record}.",
    # From a main site to its satellite
    "sent_to_satellite": "{who} sent kits {kits} of site {site} to its satellite {satellite}: {record}.",
    # Supply
    "kit_list_loaded": "{who} loaded {kits} kits under blinded lots {blinded_lots}.",
    "lot_released": "{who} released blinded lot {record} for countries: {countries}.",
    "lot_approved": "{who} approved blinded lot {record} for {country}.",
    "release_step_signed": "{who} signed {step} of blinded lot {record} for {for}; usable since then in: {opened}.",
    "release_step_refused": "{who} refused {step} of blinded lot {record} for {for}.",
    "release_step_withdrawn": "{who} withdrew {step} of blinded lot {record} for {for}; closed: {closed}.",
    "pool_kits_reserved": "{who} reserved {kits} kits of pool {pool} for study {served} ({transfer}).",
    "pool_kits_given_back": "{who} gave {kits} kits of study {served} back to pool {pool} ({transfer}).",
    "resupply_run": "{who} ran resupply for {record}: {kits} kits proposed by {planner}.",
    "optimization_started": "{who} started optimization {record} from {day} for {horizon_days} days.",
    "optimization_problem_kept": "{who} had the problem of optimization {record} kept.",
    "optimization_cancel_asked": "{who} asked to stop optimization {record}.",
    "optimization_ended": "{who} ended optimization {record} without a plan: {status}.",
    "twin_asked": "{who} asked what a change would do, live twin {record}, job {job}.",
    "twin_kept": "{who} has the answer of live twin {record}.",
    "enrolment_forecast_asked": "{who} asked for enrolment forecast {record}, job {job}.",
    "enrolment_forecast_kept": "{who} has enrolment forecast {record}, from what was known on {known_on}.",
    "enrolment_planned": "{who} set enrolment plan {record}: {subjects} subjects at {sites} sites.",
    "advice_asked": "{who} asked for advice {record} beside plan {plan}, job {job}.",
    "advice_kept": "{who} has the answer of advice {record}.",
    "gate_defined": "{who} defined go-live gate {record} for version {version}.",
    "gate_run_started": "{who} started run {run} of go-live gate {record}, by the engine {engine}.",
    "gate_run_taken_up": "{who} went on with run {run} of go-live gate {record}.",
    "gate_cancel_asked": "{who} asked to stop run {run} of go-live gate {record}.",
    "gate_run_ended": "{who} ended run {run} of go-live gate {record} without a verdict: {status}.",
    "gate_run_kept": "{who} had the record of run {run} of go-live gate {record} kept: {verdict}.",
    "gate_courses_kept": "{who} had courses of run {run} of go-live gate {record} kept, for its plots.",
    "gate_signed": "{who} signed run {run} of go-live gate {record}; version {version} may go live.",
    "gate_overridden": "{who} let version {version} go live without its gate until {ends_on}, for urgent safety.",
    "plan_kept": "{who} had plan {record} of optimization {run} kept, checked: {consignments} consignments.",
    "plan_edited": "{who} wants the consignment {lane} of {dispatch_on} in plan {record} {kind}.",
    "plan_approved": "{who} approved plan {record} with a signature.",
    "plan_shipped": "{who} had plan {record} send {kits} kits: {shipments}; left behind: {left_behind}.",
    "kits_ordered": "{who} had {kits} kits sent to site {record} ({raised_by}): {shipments}.",
    "exception_taken": "{who} took the exception {record} ({kind}).",
    "shipments_carried": "{who} recorded {dispatched} shipments sent and {received} received on {record}.",
    "message_taken": "{who} sent message {name} ({what}); it is kept.",
    "message_turned_away": "{who} sent a message that was refused and kept: {sentence}.",
    "message_applied": "{who} had message {name} ({what}) carried out for shipment {shipment}.",
    "message_not_applied": "{who} sent message {name} ({what}), which could not be carried out: {sentence}.",
    "messages_prepared": "{who} had {messages} messages written to depot {record}.",
    "message_pushed_in_vain": "{who} gave up message {name} to a depot after {tries} tries.",
    "message_replayed": "{who} had message {name} given out again.",
    "messages_acknowledged": "{who} fetched messages {messages} for depot {record}.",
    "interface_expected": "{who} expects to hear of depot {record}'s system every {silence_hours} hours.",
    "interface_test_signed": "{who} signed the test of depot {record}'s interface for the side {side}.",
    "interface_opened": "{who} opened the interface of depot {record} for messages.",
    "webhook_key_made": "{who} made a key for messages pushed to depot {record}; the one before ends {ends_at}.",
    "tracking_taken": "{who} took {told} statuses of carrier {record}; {booked} steps were booked.",
    "picked_short": "{who} left kits {lacking} out of shipment {record}; instead go {instead}.",
    "stock_compared": "{who} sent depot {record}'s own stock ({name}): {new} new differences, {gone} gone.",
    "difference_taken": "{who} took the difference of {record} at depot {depot} ({number}).",
    "difference_explained": "{who} explained that {record} at depot {depot} is {there} there and {here} here.",
    "difference_corrected": "{who} corrected the record of {record} at depot {depot} by the act {act} ({number}).",
    "difference_accepted": "{who} accepted that {record} at depot {depot} is {there} there and {here} here.",
    "excursion_opened": "{who} opened excursion {record} for {place}.",
    "excursion_closed": "{who} closed excursion {record}, which was {old_status}; no kit waited for it.",
    "logger_file_stored": "{who} stored the logger's file {file} for {record}: {rule}.",
    "storage_unit_named": "{who} named storage unit {record}, {storage}.",
    "kits_quarantined": "{who} put kits {kits} into quarantine.",
    "quality_decided": "{who} decided on {record_kind} {record}: {accepted} accepted, {rejected} rejected.",
    "expiry_extended": "{who} extended lot {record} from {old_expiry} to {expiry} ({change}), for {countries}.",
    "expiry_shortened": "{who} shortened lot {record} from {old_expiry} to {expiry} ({change}): {kits} kits.",
    "extension_approved": "{who} approved the later date of lot {record} ({change}) for {country}.",
    "kits_relabelled": "{who} put new labels on kits {kits} ({change}); {labels_issued} were issued.",
    "relabelling_checked": "{who} checked the new labels of kits {kits}; they have the date {expiry} now.",
    "kits_labelled": "{who} put labels for {country} on kits {kits} of {shipment}; {labels_issued} were issued.",
    "labels_checked": "{who} checked the labels for {country} of kits {kits} of {shipment}.",
    "labels_refused": "{who} found the labels for {country} of kits {kits} of {shipment} wrong; they come off.",
    "label_master_written": "{who} wrote label master {record}, version {version}: {country}, {language}.",
    "label_proof_drawn": "{who} drew the proof of label master {record}, version {version}.",
    "label_master_approved": "{who} approved label master {record}, version {version}.",
    "label_master_rejected": "{who} rejected label master {record}, version {version}.",
    "returns_verified": "{who} verified kits {kits} at site {record}.",
    "returns_monitored": "{who} verified, as the monitor, kits {kits} at site {record}.",
    "depot_kits_verified": "{who} set apart kits {kits} at depot {record}, never to be used.",
    "depot_kits_confirmed": "{who} confirmed, as the second person, that kits {kits} at depot {record} are apart.",
    "kits_destroyed": "{who} booked the destruction of kits {kits} by certificate {record}.",
    "hold_opened": "{who} opened hold {record} ({kind}) over {over}: {kits} kits.",
    "hold_carried_out": "{record} found {found} kits where they were and moved {moved} of them.",
    "hold_lifted": "{who} lifted hold {record} ({kind}).",
    "duties_told": "{who} wrote letters of what is due: {kinds}.",
    "exceptions_told": "{who} wrote of matters of supply: {open} new, {overdue} overdue, {escalated} escalated.",
    "change_proposed": "{who} proposed to change {record} from {effective_from}.",
    "change_applied": "{who} approved the change of {record}; it holds from {effective_from}.",
    # An outage: packs, and what was done on paper
    "outage_pack_issued": "{who} issued pack {record} to site {site}, valid until {valid_until}: {kits} kits.",
    "outage_pack_recalled": "{who} recalled pack {record}.",
    "outage_pack_closed": "{who} closed pack {record}; kits {freed} are free again.",
    "outage_entered": "{who} entered from paper, pack {record}: {what} of {of} at {happened_at}.",
    "outage_entry_booked": "{who} compared entry {entry} of pack {record} with paper; deviations: {deviations}.",
    "outage_entry_rejected": "{who} found that entry {entry} of pack {record} is not what the paper says.",
    "outage_dispensing_booked": "{who} booked kits given on paper to subject {record} at {happened_at}: {booked}.",
    "outage_code_broken": "{who} booked: seal {seal} of subject {record} opened at {happened_at} by {opened_by}.",
    "opening_words_told": "{who} printed the {half} of the {seals} seals of pack {record}.",
    # Study
    "study_loaded": "{who} loaded study {record}, version {version}, in {mode} mode.",
    "study_amended": "{who} loaded version {version} of study {record}, an amendment of version {old_version}.",
    "version_approved": "{who} approved version {version} of study {record}.",
    "version_withdrawn": "{who} withdrew version {version} of study {record}, a draft.",
    "version_adopted": "{who} put version {version} in force at site {record}, after version {old_version}.",
    "approval_asked": "{who} asked another person to approve {record_kind} {record}.",
    "approval_decided": "{who} decided on {record_kind} {record}; approved: {granted}.",
    "randomization_list_loaded": "{who} loaded {record} with {positions} positions; its root is {merkle_root}.",
    "allocations_exported": "{who} exported {allocations} allocations for verification.",
    "seed_opened": "{who} needed the {record} seed, which was opened for this act ({custody}).",
    "seed_sealed": "{who} sealed the {record} seed to two holders, {holders}.",
    "seed_unsealed": "{who} and the two holders unsealed the {record} seed for the process {allocator}.",
    "seed_revealed": "{who} revealed the {record} seed; its SHA-256 is {commitment}.",
    "site_approval_recorded": "{who} recorded approval {record}, {what} of {place}: {reference}.",
    "site_approval_confirmed": "{who} held approval {record}, {what}, against its document and confirmed it.",
    "site_approval_withdrawn": "{who} withdrew approval {record}, {what}.",
    "uat_kept": "{who} kept acceptance run {record} of version {version}: {scripts} scripts.",
    "checklist_signed": "{who} signed the checklist of going live of {record}; still open: {open}.",
    "restore_tested": "{who} recorded test {record} of restoring a back-up; the trail came back whole: {passed}.",
    "uat_signed": "{who} signed {record}; passed: {passed}; evidence: “{evidence}”.",
    "study_lock_asked": "{who} asked for the lock of study {record}; still open: {open}.",
    "study_lock_set": "{who} locked study {record}: from now on only code breaks and reading are possible.",
    "study_lock_lift_asked": "{who} asked to lift the lock of study {record} for a correction.",
    "study_lock_lifted": "{who} lifted the lock of study {record} for a correction.",
    "study_lock_dropped": "{who} set the request {number} about the lock of study {record} aside.",
    "study_archived": "{who} archived study {record}, {rows} rows; root of its hashes {root}.",
    "site_monitored": "{who} verified records on monitoring visit {record}: “{verified}”.",
    "issue_opened": "{who} opened issue {record}, {rank}: “{sentence}”.",
    "issue_noted": "{who} noted on issue {record}: “{words}”.",
    "issue_closed": "{who} closed issue {record}: “{words}”.",
    "study_locked": "{who} declared the database of {record} locked.",
    "study_unblinded": "{who} declared {record} unblinded.",
    # Code breaks: that it happened, never what was seen
    "code_broken": "{who} broke the code of subject {record}: {reason_category}.",
    "broken_code_shown": "{who} was shown the broken code of subject {record} again.",
    "code_break_narrated": "{who} told why the code of subject {record} was broken.",
    "code_break_reviewed": "{who} reviewed the code break of subject {record}.",
    "code_break_practised": "{who} practised a code break at site {record} ({way}): nobody's treatment was told.",
    "practice_asked": "{who} asked sites {sites} to practise a code break.",
    # Unblinding besides the emergency: what everybody may know of it
    "safety_case_assessed": "{who} assessed safety case {record}.",
    "safety_case_shown": "{who} looked at safety case {record} again.",
    "safety_case_taken": "{who} took the document of safety case {record} to the safety database.",
    "unblinding_planned": "{who} asked for planned unblinding {record}: {purpose}, {scope}.",
    "unblinding_decided": "{who} decided on planned unblinding {record}; granted: {granted}.",
    "unblinded_list_taken": "{who} took the list of planned unblinding {record}: {subjects} subjects.",
    "accident_recorded": "{who} recorded {record}: {learner} may have learned the treatment of {subject} ({how}).",
    "accident_decided": "{who} decided what follows from {record}: {consequence}.",
    # People
    "signed_in": "{record} signed in.",
    "known_to_provider": "{record} came from the provider {issuer}.",
    "sign_in_failed": "An attempt to sign in as {record} failed.",
    "code_asked": "{record} gave the right password and was asked for the six-digit code.",
    "signed_out": "{who} ended session {session} of {record}.",
    "signed_out_everywhere": "{who} ended all sessions of {record}.",
    "signed_out_others": "{who} ended all other sessions of {record}.",
    "tasks_delegated": "{who} delegated to {username}, line {record}: {tasks}, from {starts_on} to {ends_on}.",
    "delegation_ended": "{who} took back the tasks of line {record} of the delegation log.",
    "account_created": "{who} made the account {record} for {printed_name}.",
    "account_disabled": "{who} locked the account {record}.",
    "account_reopened": "{who} opened the account {record} again.",
    "second_factor_reset": "{who} took the device for six-digit codes of {record} away.",
    "training_recorded": "{who} recorded the training of {record}.",
    "password_changed": "{who} chose a new password.",
    "password_reset": "{who} gave {record} a temporary password.",
    "password_refused": "A wrong password was entered for {record}.",
    "second_factor_offered": "{who} began to set up a device for six-digit codes.",
    "second_factor_confirmed": "{who} set up a device for six-digit codes.",
    "passkey_asked": "{who} began to make a passkey.",
    "passkey_registered": "{who} made a passkey: {label}.",
    "passkey_removed": "{who} removed a passkey: {label}.",
    "passkey_wanted": "{record} gave the right password and was asked for a passkey.",
    "passkey_question": "{who} was asked for a passkey to sign {record_kind} {record}.",
    "role_granted": "{who} granted {record} the role {role}.",
    "person_invited": "{who} invited somebody by e-mail to the role {role}: invitation {record}.",
    "invitation_withdrawn": "{who} withdrew invitation {record}.",
    "invitation_accepted": "An invitation, {record}, was accepted by {username}.",
    "account_joined": "An invitation led {printed_name} to make the account {record}.",
    "role_revoked": "{who} took the role {old_role} back from {record}.",
    "notice_approved": "{who} approved the wording of notice {record}: it may be sent.",
    "notice_withdrawn": "{who} withdrew the wording of notice {record}: it is held.",
    "calendar_made": "{who} made a calendar address; an earlier one does not work any more.",
    "calendar_stopped": "{who} stopped the calendar address.",
    "token_issued": "{who} made the token {record}, valid until {expires_at}.",
    "token_revoked": "{who} stopped the token {record}.",
    "log_layout_saved": "{who} chose the columns of the accountability log of site {record}: {headings}.",
    "kits_prepared": "{who} prepared kits {kits} for visit {visit} of subject {subject}: {record}.",
    "preparation_corrected": "{who} corrected preparation {corrects} of subject {subject} by {record}.",
    "preparation_discarded": "{who} threw preparation {record} of subject {subject} away.",
    "record_witnessed": "{who} acted before {witness}, who signed {record_kind} {record} as the witness.",
    "discrepancy_reported": "{who} reported the discrepancy of kit {record}, {event}: told to {told_to}.",
    "record_signed": "{who} signed {record_kind} {record}: “{meaning}”.",
    "signature_refused": "{who} tried to sign {record_kind} {record} with details that do not match.",
    "leak_report_kept": "{who} kept the leak report of {record}: {verdict}, {fields} fields named.",
    "access_reviewed": "{who} reviewed who has access: {roles} roles, {to_look_at} to look at.",
    "trail_reviewed": "{who} reviewed entries {from_entry} to {to_entry} of the history, as review {record}.",
    "incident_noted": "{who} noted incident {record}: {what}.",
    "incident_followed": "{who} wrote under incident {record}: {event}; it is {status}.",
    "incident_closed": "{who} closed incident {record} with a signature.",
    "trail_exported": "{who} exported the audit trail: {chains}.",
    "heads_anchored": "{who} anchored the last hashes of {heads} chains outside the database, as anchor {record}.",
    "history_exported": "{who} exported {rows} entries of the history as {record}.",
    "data_exported": "{who} exported data of the study, {what}, in the blinded edition.",
    "unblinded_data_exported": "{who} exported data of the study with treatments, {what}, for the {recipient}.",
    # Work that is done later
    "job_started": "{who} started job {record}: {kind}.",
    "bench_work_started": "{who} put a question on the bench, paper {record}, job {job}.",
    "bench_work_finished": "{who} has the answer of bench paper {record}.",
    "transfer_codes_drawn": "{who} had neutral codes drawn for the transfers of closed reports.",
    "first_allocations_checked": "{who} signed that the first {allocations} allocations were derived again.",
    "job_cancel_asked": "{who} asked to cancel job {record}.",
    "trail_verified": "{who} had {entries} entries and {signatures} signatures verified: {result}.",
    "message_given_up": "{who} gave up message {record} ({kind}) after {tries} tries: nobody was told by mail.",
}
"""Act -> sentence. Fields: who, record, record_kind, the entry's new values, and its old ones as old_<name>."""

_REFUSED = "{who} was refused: {deed} for {record_kind} {record}. {sentence}"
_STATUS = "{who} set {record_kind} {record} to {status}."
_ANY = "{who} recorded for {record_kind} {record}: {deed}."


class _Facts(dict[str, str]):
    """What a template may name; a fact that an older entry lacks reads as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def sentence(
    act: str,
    person: str,
    record_kind: str,
    record: str,
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any] | None,
    reason: str | None,
) -> str:
    """The entry as a person reads it; an act without a template still makes a sentence."""
    facts = _Facts({f"old_{name}": plain(value) for name, value in (old or {}).items()})
    facts.update({name: plain(value) for name, value in (new or {}).items()})
    who = f"{person}," if "," in person else person
    deed = act.removesuffix("_refused").replace("_", " ")
    facts.update(who=who, record=record, record_kind=record_kind.replace("_", " "), deed=deed)
    said = _stopped(_template(act, new or {}).format_map(facts))
    return f"{said} Reason: {_stopped(reason)}" if reason else said


def _stopped(words: str) -> str:
    """One full stop at the end; what was typed or told may bring its own."""
    return f"{words.rstrip('.')}."


def plain(value: Any) -> str:
    """A value as text: lists with 'and', yes and no, none as a dash, codes without underscores."""
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {plain(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        words = [plain(each) for each in value]
        return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
    text = str(value)
    return text.replace("_", " ") if text.islower() else text


def _template(act: str, new: Mapping[str, Any]) -> str:
    if act in TEMPLATES:
        return TEMPLATES[act]
    if act.endswith("_refused"):
        return _REFUSED
    return _STATUS if "status" in new else _ANY
