"""What a turn's record says of the document that answered: a digest of its bytes, by which they can be proved."""

from __future__ import annotations

from hashlib import blake2b

from ivr.card import Carried
from ivr.engine.verbs import Verb
from webhooks.twiml import MAIN, Addresses, TwimlRefused, document


def noted(verbs: tuple[Verb, ...], token: str, card: Carried | None) -> str:
    """Digest a caller's document, hexadecimal; "" for one that the carrier would refuse, where an apology went.

    Our own address is left out, and the number that those we ring are shown: a setting and the carrier's word decide
    them, no turn does.
    """
    try:
        written = document(verbs, MAIN, Addresses("", token, "", card))
    except TwimlRefused:
        return ""
    return blake2b(written, digest_size=8).hexdigest()
