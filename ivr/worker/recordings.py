"""Callers' recordings: fetched, checked, and put in place in one move."""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path

from ivr.carrier.recordings import SID, CarrierAway, download, media_address
from ivr.depot import INBOX, DepotAway
from ivr.depot.choosing import depot_of
from ivr.engine.effects import KeepRecording
from ivr.records import NoteRecord
from ivr.settings import CARRIER, Settings
from ivr.store.recordings import Fetched
from ivr.worker.wave import NotWave, length

LATE = 60.0  # seconds after which we ask the carrier though it has not told us that the recording is ready
PAUSES = (1, 2, 5, 10, 30, 60, 300, 900, 3600)  # seconds before the next attempt; the last one for as long as it takes
SLACK = 2.0  # seconds that a recording may be shorter than the carrier says: it rounds, and it trims silence
ABSENT = {"absent": "the carrier has no recording", "failed": "the carrier could not make the recording"}


def pause(attempts: int) -> int:
    """Say how long to wait after so many attempts in vain."""
    return PAUSES[min(attempts, len(PAUSES)) - 1]


def told(notes: list[NoteRecord], sid: str) -> dict[str, str]:
    """Find what the carrier said last of a recording's end, in the words of its form; {} before it says anything."""
    found: dict[str, str] = {}
    for note in notes:
        said = json.loads(note.body)
        about = note.kind == "recording" and said.get("RecordingSid") == sid
        if about and said.get("RecordingStatus") in {"completed", *ABSENT}:
            found = said
    return found


class Inbox:
    """The folder ``inbox``: one folder per call, one WAV file per recording."""

    def __init__(self, settings: Settings) -> None:
        """Keep where the settings say that files of people are kept."""
        self._settings = settings
        self.depot = depot_of(settings)

    @property
    def recordings(self) -> Path:
        """The folder that holds ``prompts/`` of the working copy."""
        return self._settings.recordings

    def fetch(self, call: str, wanted: KeepRecording, said: dict[str, str]) -> Fetched:
        """Try once to get a recording; `said` is what the carrier told us of it."""
        if said.get("RecordingStatus") in ABSENT:
            return Fetched("absent", reason=ABSENT[said["RecordingStatus"]])
        if self._settings.local_account and self._settings.api_url == CARRIER:
            return Fetched("absent", reason="the account is of our own making: no carrier stands behind it")
        if not (SID.fullmatch(call) and SID.fullmatch(wanted.sid)):
            return Fetched("absent", reason="its name cannot be the name of a file")
        name, promised = f"{INBOX}/{call}/{wanted.sid}.wav", said.get("RecordingDuration", "")
        try:
            with tempfile.TemporaryDirectory(dir=self._settings.data, prefix=".fetching-") as folder:
                draft = Path(folder) / "sound.wav"
                url = said.get("RecordingUrl") or wanted.url
                download(self._settings, media_address(self._settings, wanted.sid, url), draft)
                return self._keep(draft, name, promised)
        except (CarrierAway, NotWave, DepotAway, OSError) as error:
            return Fetched("waiting", reason=str(error))

    def _keep(self, draft: Path, name: str, promised: str) -> Fetched:
        seconds = length(draft)
        if promised.isascii() and promised.isdigit() and seconds + SLACK < int(promised):
            raise NotWave(f"it plays {seconds:.1f} of {promised} seconds")
        with draft.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
            file.seek(0)
            self.depot.keep(name, file)
        return Fetched("kept", name, digest, round(seconds), size)
