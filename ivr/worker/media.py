"""Pictures and sounds that came with a text message: fetched from the carrier, judged like files of a letter, kept."""

from __future__ import annotations

import re
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from ivr.carrier.recordings import CarrierAway, download
from ivr.depot import DepotAway
from ivr.depot.choosing import depot_of
from ivr.keys import Keyring
from ivr.messages import Said, key_for, opened, seal
from ivr.messages.files import Came, keep, why_not
from ivr.settings import Settings
from ivr.store import Store
from ivr.store.messages import Message

AT_CARRIER = re.compile(r"/2010-04-01/Accounts/AC[0-9a-f]{32}/Messages/\w{2,64}/Media/\w{2,64}", re.ASCII)


class Media:
    """Fetches what is still at the carrier."""

    def __init__(self, store: Store, keyring: Keyring, settings: Settings) -> None:
        """Keep where the settings say that files of people are kept."""
        self._store = store
        self._keyring = keyring
        self._settings = settings
        self._depot = depot_of(settings)

    def fetch(self, message: Message, last: bool) -> str:
        """Fetch the files of one message and keep them with it; says why not, "" where all is done.

        The `last` attempt keeps what there is and names the rest.
        """
        said = opened(message, self._store, self._keyring).said
        if said is None:  # its key was erased: nobody could ever open what came with it
            self._store.messages.filled(message.id, message.private, (), time.time())
            return ""
        try:
            filled, files = self._filled(said, last)
        except CarrierAway as away:
            return str(away)
        key = key_for(self._store, self._keyring, message.call, message.case)
        try:
            kept = keep(self._depot, message.id, files)
        except DepotAway as away:
            return str(away)
        self._store.messages.filled(message.id, seal(key, message.id, filled), kept, time.time())
        return ""

    def _filled(self, said: Said, last: bool) -> tuple[Said, list[Came]]:
        files: list[Came] = []
        left_out = list(said.left_out)
        for number, each in enumerate(said.media, 1):
            kind, _, url = each.partition(" ")
            name = f"picture-{number}" if kind.startswith("image/") else f"file-{number}"
            try:
                file = Came(name, kind, self._content(url))
            except CarrierAway as away:
                if not last:
                    raise
                left_out.append(f"{name}: {away}")
                continue
            reason = why_not(file, len(files))
            if reason:
                left_out.append(f"{name}: {reason}")
            else:
                files.append(file)
        names = tuple(file.name for file in files)
        return replace(said, media=(), names=names, left_out=tuple(left_out)), files

    def _content(self, url: str) -> bytes:
        """Get one file. The form's address is used for its path alone, so that nobody can point us elsewhere."""
        path = urlsplit(url).path
        if not AT_CARRIER.fullmatch(path):
            raise CarrierAway("its address is not one of the carrier's")
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "file"
            download(self._settings, f"{self._settings.api_url}{path}", target)
            return target.read_bytes()
