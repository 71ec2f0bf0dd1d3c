"""The wiring of the voice port, done once per worker."""

from __future__ import annotations

from flask import Flask

from ivr.node import Node
from ivr.settings import Settings
from webhooks.audio import Audio
from webhooks.door import Door
from webhooks.health import Health
from webhooks.noted import noted
from webhooks.notes import Ears, Notes
from webhooks.queue import Legs, Waits, ending
from webhooks.signature import Seal
from webhooks.talks import Talks
from webhooks.taskrouter import Tasks
from webhooks.texts import Texts
from webhooks.voice import Voice


def create_app(settings: Settings, node: Node | None = None) -> Flask:
    """Build the application of one worker, after its fork; `node` is opened and started unless it is handed in."""
    if node is None:
        node = Node(settings)
        node.start()
    node.switchboard.script = noted
    door = Door(Seal(settings.public_url, settings.auth_token, dict(settings.shared_keys)))
    tasks = Tasks(node.tasks, node.task_events, settings.public_url)
    door.lead("POST", "/taskrouter/assignment", tasks.assignment)
    door.lead("POST", "/taskrouter/events", tasks.events)
    _lead_calls(door, Voice(node.switchboard, node.talking, node.taping, settings.public_url))
    _lead_queues(door, Waits(node.waiting, node.talking, settings.public_url), Legs(node.offering, settings.public_url))
    _lead_talks(door, Talks(node.waiting, node.talking, settings.public_url))
    notes = Notes(node.switchboard, Ears(node.waiting, node.talking, node.rung), node.transcribing)
    door.lead("POST", "/voice/status", notes.status)
    door.lead("POST", "/voice/recording", notes.recording)
    texts = Texts(node.mailroom)
    door.lead("POST", "/sms", texts.sms)
    door.lead("POST", "/sms/status/<message>", texts.sms_status)
    door.lead("POST", "/voice/transcription", notes.transcription)
    door.lead("GET", "/audio/<name>.wav", Audio(node.library).audio)
    health = Health(node)
    door.lead("GET", "/health", health.health)
    door.lead("POST", "/health", health.proof)
    door.extensions["node"] = node
    return door


def _lead_calls(door: Door, voice: Voice) -> None:
    door.lead("POST", "/voice", voice.called)
    door.lead("POST", "/voice/fallback", voice.fallback)
    turns = (voice.step, voice.next, voice.recorded, voice.dialed, voice.whisper, voice.key)
    for view in turns:
        door.lead("POST", f"/voice/t/<token>/{view.__name__}", view)


def _lead_queues(door: Door, waits: Waits, legs: Legs) -> None:
    door.lead("POST", "/voice/t/<token>/left", waits.left)
    door.lead("POST", "/voice/t/<token>/wait/<int:number>", waits.wait)
    door.lead("POST", "/voice/t/<token>/wait/<int:number>/key", waits.wait_key)
    for view in (legs.offer, legs.claim, legs.take, legs.notice, legs.ended, legs.hello, legs.answer):
        door.lead("POST", f"/voice/o/<leg>/{view.__name__}", ending(view))
    door.lead("POST", "/voice/o/<leg>/status", legs.leg_status)
    door.lead("POST", "/voice/o/<leg>/joined", legs.joined)


def _lead_talks(door: Door, talks: Talks) -> None:
    door.lead("POST", "/voice/t/<token>/parted", talks.caller_parted)
    for view in (talks.party_room, talks.party_ask, talks.party_key, talks.party_parted, talks.party_status):
        door.lead("POST", f"/voice/k/<leg>/{view.__name__.removeprefix('party_')}", ending(view))
