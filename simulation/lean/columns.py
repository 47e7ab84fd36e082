"""What stands in which column of the arrays of a replication; minutes and days count from the scenario's start."""

from simulation.measures import MEASURES, WASTED

# Scalars that change: World.clock
(
    UNTIL,
    ACT,
    WHICH,
    MADE,
    QUEUED,
    LATER,
    UNUSED_LATER,
    DAY_AT_HAND,
    NEXT_PERSON,
    NEXT_REQUEST,
    SUBJECTS,
    ARMS_KNOWN,
    SHIPMENTS,
    LOADS,
    LEAST_LEFT,
    WAITS,
    LOGGED,
    LOGGED_KITS,
    SITE_KITS,
    SITE_KIT_MINUTES,
    REGIONAL_KITS,
    REGIONAL_KIT_MINUTES,
    LAST_RANDOMIZED_DAY,
    COMPLETION_DAY,
    ASKED_PERSON,
    ASKED_ARM,
    ASKED_LEVEL,
    ASKED_CODE,
    NOW,
    PENDING,
    CHECKED_DAY,
    NEXT_NIGHT,
    READ,
    CLOCK_SIZE,
) = range(34)

# Scalars that stay: World.fixed
(
    END,
    SITES,
    DRIFT,
    EVERY_REQUEST,
    WAITS_FOR_GOODS,
    WAITS_COUNTED,
    PATIENCE_MINUTES,
    TARGET,
    TURNED_AWAY,
    SITE_MAX,
    ALL_ARMS,
    FIRST_CODE,
    FIRST_DAYS_TO_LAST,
    VALID_MINUTES,
    CONSOLIDATED,
    PROTECTION,
    LEAST_KITS,
    SHIPPER_KITS,
    KEEPS_EVENTS,
    KEEPS_DAYS,
    REGIONAL,
    STORAGES,
    RECEIPT_MINUTE,
    PREDICTIVE,
    FORESEEN_DAYS,
    STAY_SCALE,
    PASS_OF,
    PASS_OUT_OF,
    FIXED_SIZE,
) = range(29)

# Sites by number, then depots by code: World.places
(
    OPEN,
    SHUT,
    SUPPLIED_ONCE,
    RANDOMIZED,
    IN_SCREENING,
    MARKED,
    FIRST_WAITING,
    LAST_WAITING,
    COUNTRY,
    SUPPLIER,
    CALENDAR,
    LEAD_DAYS,
    LANE,
    STOP_DAY,
    PLANNED,
    PLACE_COLUMNS,
) = range(16)

MARKS, EVERY_TYPE = 62, -1
"""MARKED has a bit for each kit type that may be low; kit types so many places apart share one."""

# World.piles
EXPIRY_DAY, KIT_TYPE, LOT, WITHDRAWN, IN_NETWORK, KITS_MADE, KITS_GIVEN, KITS_WASTED, PILE_COLUMNS = range(9)

# World.windows by place and kit type
DNC_DAYS, DNS_DAYS, DND_DAYS, WINDOWS = range(4)

# World.people
(
    SITE,
    LEVEL,
    WEIGHT,
    NUMBER,
    ARM,
    BEGAN,
    VISIT,
    STOPS,
    MOVED_DAYS,
    TREATED,
    ARRIVES,
    SCREENED_MINUTES,
    FAILS,
    STAYS_MINUTES,
    _,
    _,
    PERSON_COLUMNS,
) = range(17)
"""What each visit asks for comes first: a processor takes eight numbers from its memory at once."""

# World.visits
CODE, DAY, AT_RANDOMIZATION, DAYS_TO_LAST, VISIT_COLUMNS = range(5)

# World.own_visits: what befalls one person at one visit in one number, so that much lies near the processor:
# days before or after the plan, minute of the day, marks, and 32 bits of titration.
OFF_DAYS_FROM, MINUTE_FROM = 48, 36
MINUTE_MASK, TITRATION_MASK = (1 << 12) - 1, (1 << 32) - 1
QUITS, HELD, LOSES_A_KIT = 1 << 32, 1 << 33, 1 << 34

# World.planned: a visit's window in days from randomization, and the first day of any from there on
P_FROM, P_UNTIL, P_EARLIEST, P_COLUMNS = range(4)

# World.foreseen: whole kits to the trigger and to be reached, then parts of kits, and what is left of them
F_TRIGGER, F_REACH, F_SHARE, F_REST, F_COLUMNS = range(5)

# World.requests
R_MINUTE, R_SITE, R_NEED, R_DAYS_TO_LAST, REQUEST_COLUMNS = range(5)

# World.later; World.queue has the first three
Q_KEY, Q_MADE, Q_WHAT, Q_AFTER, LATER_COLUMNS = range(5)

# World.ships
S_PLACE, S_FATE, S_FROM, S_TO, S_ON_ITS_WAY, SHIP_COLUMNS = range(6)

# World.waits
W_SITE, W_SINCE, W_WHO, W_NEED, W_DAYS_TO_LAST, W_WORDS, W_BEFORE, W_AFTER, W_ALIVE, WAIT_COLUMNS = range(10)

# World.log
L_MINUTE, L_WHAT, L_PLACE, L_WHO, L_DETAIL, L_KITS_UNTIL, LOG_COLUMNS = range(7)

# World.road_faults; kinds of World.road_faults and fates of consignments
F_FROM, F_UNTIL, F_KIND, ROAD_FAULT_COLUMNS = range(4)
DELAYED, LOST, SPOILED = range(3)
ARRIVES_WELL = 0

RANK_BITS, MINUTE_BITS = 33, 37
"""Where rank, phase and minute stand in the number of a moment."""

TALLY = {name: place for place, name in enumerate([*MEASURES, "shippers"])}
"""Place of each count."""
BY_TYPE = {name: place for place, name in enumerate([*WASTED, "due"])}
"""Place of each count by kit type."""

WHAT = (
    "screened",
    "failed",
    "turned_away",
    "refused",
    "randomized",
    "stopped",
    "completed",
    "dispensed",
    "missed",
    "lost",
    "sent",
    "arrived",
    "not_arrived",
    "spoiled",
    "expired",
    "recalled",
    "closed",
)
(
    T_SCREENED,
    T_FAILED,
    T_TURNED_AWAY,
    T_REFUSED,
    T_RANDOMIZED,
    T_STOPPED,
    T_COMPLETED,
    T_DISPENSED,
    T_MISSED,
    T_LOST,
    T_SENT,
    T_ARRIVED,
    T_NOT_ARRIVED,
    T_SPOILED,
    T_EXPIRED,
    T_RECALLED,
    T_CLOSED,
) = range(17)
REQUEST_WORDS, REPLACEMENT_WORDS = -1, -2
"""In place of a visit's code."""

# What the machine code says when it stops: it has come to its moment, or lacks something first.
REACHED, LACKS_ARM, LACKS_NEED, LACKS_TRIPS, LACKS_ROOM = range(5)

# What it does when it has come there.
NOTHING, OPENS, SHUTS, RELEASES, EXPIRES, RECALLS, WARM_UP_ENDS = range(7)

OUT_ON_PAPER, OUT_AND_LOST = 1, 2
TOP_UP, DECOYS, WHOLE_BLOCKS, MIXED_MINIMUM = range(4)
PROTECTIONS = ("top_up", "decoys", "whole_blocks", "mixed_minimum")
