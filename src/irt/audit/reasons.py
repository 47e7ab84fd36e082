"""Acts that change, end or take back what was recorded before, or decide on it: each says why (E6-27, E6-32).

Reasons that could tell what is inside a kit (holds, recalls, expiry, steps of a release) stand in the second chain
or in a secret table instead.
"""

REASONED = frozenset(
    {
        "access_reviewed",
        "account_disabled",
        "account_reopened",
        "deviation_closed",
        "dispensing_given_up",
        "dose_changed",
        "dose_held",
        "dose_resumed",
        "excursion_closed",
        "incident_closed",
        "incident_followed",
        "kit_replaced",
        "kits_handed_over_partly",
        "misallocation_recorded",
        "outage_pack_closed",
        "outage_pack_recalled",
        "pickup_cancelled",
        "preparation_corrected",
        "preparation_discarded",
        "quality_decided",
        "return_cancelled",
        "role_revoked",
        "run_in_failed",
        "screening_failed",
        "second_factor_reset",
        "trail_reviewed",
        "treatment_ended",
        "version_withdrawn",
        "visit_corrected",
        "visit_skipped",
    }
)
"""The acts whose entry has a reason; one without is something to look at."""
