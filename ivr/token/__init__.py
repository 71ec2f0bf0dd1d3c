"""The state of a call in the address that the carrier asks next: sealed, opened, and how long it can get."""

from ivr.token.longest import longest
from ivr.token.packing import Vocabulary
from ivr.token.sealing import START, Envelope, Pretend, Tokens, starts

__all__ = ["START", "Envelope", "Pretend", "Tokens", "Vocabulary", "longest", "starts"]
