"""The names of our own words. ``ivr/menu/phrases`` writes each of them in every language.

A slot such as ``{value}`` stands where the comment names it; it may be left out where a language does not need it.
"""

from __future__ import annotations

# The staff's own line (ivr/menu/staff.py), whose slots are the names that it keeps.
_STAFF = (
    *("language", "this_language", "number", "pin", "moment", "refused", "cannot", "main", "hear", "flag"),
    *("air", "off_air", "prompt", "flags", "emergency", "until", "hour", "tonight", "keyed", "off"),
    *("time", "confirm_on", "confirm_off", "confirm_air", "confirm_off_air", "yes", "no", "done", "speak"),
    *("heard", "right", "keep", "again", "once_more", "which", "unknown", "read", "kept", "on", "on_air"),
    *("nothing", "bye"),
)
STAFF = frozenset(f"staff_{name}" for name in _STAFF)

PHRASES = STAFF | frozenset(
    {
        "for",  # {words} {key}: "For {words}, press {key}."
        "to",  # {words} {key}: "To {words}, press {key}."
        "wrong",  # said before a prompt that is heard again after a wrong key, where the menu has no words of its own
        "not_understood",  # the same after words that mean none of the choices
        "press",  # words that callers may say beside a number: "press key number option please"
        "read_back",  # {value}: "You keyed {value}. If that is right, press 1. To key it again, press 2."
        "offer",  # {value}: "You are calling from {value}. To use this number, press 1. For another one, press 2."
        "yes_no",  # said after the question of an `ask` of kind yes_no: "For yes, press 1. For no, press 2."
        "yes",  # how the answer 1 of yes_no is spoken
        "no",  # how the answer 2 of yes_no is spoken
        "key_star",  # the key * by its name: "star"
        "key_hash",  # the key # by its name: "hash"
        "plus",  # the + before a phone number: "plus"
        "point",  # the mark between whole and cents, written: "." or ","
        "date",  # {day} {month} {year}: "{month} {day}, {year}"
        "month_year",  # {month} {year}: "{month} {year}"
        "withheld",  # spoken for a number that the caller withheld: "a withheld number"
        "recorded",  # spoken for a name that holds a recording: "recorded"
        "too_long",  # last words when the call has lasted as long as it may
        "too_many_steps",  # last words when the call has gone through as many steps as it may
        "too_silent",  # last words when the caller has stayed silent too often in a row
        "whisper",  # {team} {waited}: "A call for {team}, waiting for {waited}. To take it, press 1." Nothing private.
        "connecting",  # to an agent who took a call without a summary: "You are being connected."
        "queue_next",  # while waiting, to who is next: "You are next."
        "queue_place",  # while waiting, {count} is 2 or more: "You are number {count} in the queue."
        "queue_estimate",  # while waiting, {waited}: "The wait is about {waited}."
        "caller_left",  # to an agent whose caller is gone: "The caller has left."
        "taken",  # to an agent whom somebody else forestalled: "Somebody else has taken this call."
        "reference",  # {case.number}: said by a `case` without words of its own: "Your reference is {case.number}."
        "resolved",  # the questions of a survey; said before yes_no: "Did we solve what you called about?"
        "representative",  # from 1 to 5: "How content are you with the person you talked to? …"
        "recommend",  # from 0 to 10, ended by hash: "How likely is it that you recommend us? …"
        "survey_opt_in",  # 1 or 2: "Will you answer a few short questions? For yes, press 1. For no, press 2."
        "survey_comment",  # said before a comment is recorded
        "survey_thanks",  # said when all was answered
        "sms_resolved",  # the same questions in writing, each with how it is answered
        "sms_representative",
        "sms_recommend",
        "sms_scale",  # {low} {high}: behind a question of one's own: "Answer with a number from {low} to {high}."
        "call_back_offer",  # {value}: "We will call you back on {value}. If that is right, press 1. …"
        "call_back_number",  # asks for a number, ended by hash
        "call_back_time",  # {hours}: asks for a time with four digits
        "call_back_closed",  # "We are not there at that time."
        "call_back_promised",  # {number} {day} {time}
        "call_back_soon",  # {number}
        "call_back_whisper",  # {team} {day} {time}: to an agent, as `whisper`. Nothing private.
        "calling_back",  # to an agent who took a call back: "The caller is being called now."
        "call_back_hello",  # {company}: to whoever answers; 1 is joined, 2 needs it no more
        "not_reached",  # to an agent: "The caller could not be reached."
        "office",  # {name} {address} {hours} {phone}; hours is open_today or closed_today
        "office_by_sms",  # 1 sends it, 2 goes on
        "message_sent",  # "A text message is on its way to you."
        "one_moment",  # said while our records are asked
        "status_new",  # how a case stands: "We have your case and will soon begin to work on it."
        "status_open",  # "We are working on your case."
        "status_waiting",  # "Your case waits for an answer from you."
        "status_solved",  # "We have solved your case."
        "status_done",  # of a closed case: "Your case is done."
        "open_today",  # {hours}: "Open today {hours}."
        "closed_today",  # "Closed today."
        "day",  # {weekday} {month} {day}: "{weekday}, {month} {day}"
        "clock",  # {hour} {minute}: "{hour}:{minute}"
        "span",  # {from} {to}: "from {from} to {to}"
        "and",  # between two spans: "and"
        "confirmation",  # {company} {case.number}: what `confirm` writes: "{company}: your reference is {case.number}."
        "message_received",  # {company} {case.number}: written to a stranger whose message opened a case
        "message_help",  # {company}: answers the word HELP
        "message_footer",  # {company}: below an e-mail
        "seconds",  # {count}, other than 1: "{count} seconds"
        "one_second",  # "one second"
        "minutes",  # {count}, other than 1: "{count} minutes"
        "one_minute",  # "one minute"
    }
    | {f"weekday_{number}" for number in range(1, 8)}  # the days by name, weekday_1 is Monday
    | {f"month_{number}" for number in range(1, 13)}  # the months by name, month_1 is January
    | {f"digit_{number}" for number in range(10)}  # what callers may say for a digit, a space between its forms
)
