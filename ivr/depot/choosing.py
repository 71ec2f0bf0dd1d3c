"""Which store keeps the files of people: folders of this machine, or the bucket that RECORDINGS_URL names."""

from __future__ import annotations

from ivr.depot import EXPORTS, INBOX, MESSAGES, Depot
from ivr.depot.bucket import Bucket
from ivr.depot.folders import Folders
from ivr.settings import Settings


def depot_of(settings: Settings) -> Depot:
    """Open the store that the settings name; nothing is read, written or asked yet."""
    if settings.bucket:
        return Bucket(*settings.bucket)
    inbox, exports = settings.recordings / INBOX, settings.recordings / EXPORTS
    return Folders({INBOX: inbox, EXPORTS: exports, MESSAGES: settings.data / MESSAGES})
