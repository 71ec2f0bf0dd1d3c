"""One request, one turn: open the token, step once, commit, answer."""

from ivr.switchboard.board import Answer, Leg
from ivr.switchboard.ending import Switchboard
from ivr.switchboard.entries import Notice

__all__ = ["Answer", "Leg", "Notice", "Switchboard"]
