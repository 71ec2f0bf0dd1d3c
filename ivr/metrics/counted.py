"""Everything that is counted; each has its row in docs/observability.md, and a test compares the two."""

from __future__ import annotations

from ivr.metrics.meters import Counted, Held, Timed

GROUPS = ("voice", "pages", "jobs")
OUTCOMES = ("new", "repeated", "unkept")
STATUSES = ("200", "204", "400", "403", "404", "405", "413", "500", "503")

ANSWERS = Counted("ivr_answers_total", "Answers of the voice port, by HTTP status.", {"status": STATUSES})
TURNS = Timed(
    "ivr_turn_seconds",
    "Turns of calls, and the seconds until their answer was ready.",
    {"kind": ("drive", "side", "end"), "outcome": OUTCOMES},
)
COMMITS = Counted(
    "ivr_commits_total",
    "Records that were to be kept, by where they are.",
    {"kept": ("database", "spool", "nothing")},
)
BREAKERS = Held("ivr_breakers_open", "Processes of this node that hold the database for away.")
FOLDED = Counted("ivr_spool_folded_records_total", "Records that were brought from the spool into the database.")
REFUSED = Counted("ivr_spool_refused_records_total", "Records of the spool that the database does not take.")
BRANCHES = Counted("ivr_spool_branches_total", "Requests that came to two turns, on nodes apart from each other.")
FALLBACKS = Counted("ivr_fallbacks_total", "Answers of ours that the carrier could not use or did not get.")
CARRIER = Counted(
    "ivr_carrier_requests_total",
    "Requests to the carrier's REST side, by what came of them.",
    {"outcome": ("answered", "refused", "busy", "away")},
)
JOBS = Counted(
    "ivr_jobs_total",
    "Attempts of the job process, by what they came to.",
    {
        "kind": ("effect", "recording", "sms", "email", "copy", "delivery"),
        "outcome": ("done", "waiting", "failed", "unknown"),
    },
)
ROUNDS = Counted("ivr_job_rounds_total", "Rounds of the job process.")
INTERRUPTED = Counted("ivr_job_rounds_interrupted_total", "Parts of a round that broke off, to come again in the next.")
LETTERS = Counted(
    "ivr_letters_total",
    "E-mails that came in, by what was done with them.",
    {"outcome": ("taken", "refused", "asked_again")},
)
GUARD = Counted(
    "ivr_guard_total",
    "Times that a rule of the guard was met on a line.",
    {"rule": ("hour", "day", "withheld", "minutes")},
)
CLOCK_JUMPS = Counted("ivr_clock_jumps_total", "Times that the clock of this machine was set, as each process saw it.")
STARTS = Counted("ivr_process_starts_total", "Starts of processes.", {"group": GROUPS})
PROCESSES = Held("ivr_processes", "Processes that are alive.", {"group": GROUPS})
