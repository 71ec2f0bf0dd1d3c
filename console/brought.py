"""A sound that somebody brings to a page: read in any form that people have, made ready for the phone."""

from __future__ import annotations

from flask import request

from ivr.errors import IvrError
from ivr.menu.phone_quality import NoSound, phone_sound

FORMS = "wav, mp3, flac or ogg"


class NotTaken(IvrError):
    """What was brought is no sound for the phone."""


def brought(field: str, of: str = "") -> bytes | None:
    """Make the file of a form's field a wav for the phone that says which text it speaks; None where none was chosen.

    `of` is the fingerprint of that text. Raises NotTaken.
    """
    file = request.files.get(field)
    if file is None or not file.filename:
        return None
    try:
        return phone_sound(file.stream, of).wav
    except NoSound as error:
        raise NotTaken(f"{file.filename} was not taken", hint=str(error)) from error
