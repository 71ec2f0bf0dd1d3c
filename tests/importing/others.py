"""Menus of other systems: of our own making, one of each form, and the names of strangers'."""

from __future__ import annotations

import json
from typing import Any

from ivr.importing.hotline import Hotline

STUDIO = {
    "description": "small",
    "initial_state": "Start",
    "states": [
        {"name": "Start", "type": "trigger", "transitions": [{"event": "incomingCall", "next": "Ask Why"}]},
        {
            "name": "Ask Why",
            "type": "gather-input-on-call",
            "properties": {"say": "Press 1 for sales, 2 to leave {now}.", "timeout": 4, "loop": 2, "language": "fr-CA"},
            "transitions": [{"event": "keypress", "next": "Split"}, {"event": "timeout", "next": "Bye"}],
        },
        {
            "name": "Split",
            "type": "split-based-on",
            "properties": {"input": "{{widgets.Ask Why.Digits}}"},
            "transitions": [
                {"event": "noMatch", "next": "Bye"},
                {
                    "event": "match",
                    "next": "Look",
                    "conditions": [{"type": "equal_to", "value": "1", "arguments": ["{{widgets.Ask Why.Digits}}"]}],
                },
                {
                    "event": "match",
                    "next": "Bye",
                    "conditions": [{"type": "equal_to", "value": "2", "arguments": ["{{widgets.Ask Why.Digits}}"]}],
                },
            ],
        },
        {
            "name": "Look",
            "type": "make-http-request",
            "properties": {"url": "https://example.invalid/"},
            "transitions": [{"event": "success", "next": "Bye"}, {"event": "failed", "next": "Queue"}],
        },
        {"name": "Queue", "type": "send-to-flex", "transitions": [{"event": "failedToEnqueue", "next": "Write"}]},
        {"name": "Bye", "type": "say-play", "properties": {"say": "Goodbye, you pressed {{widgets.Ask Why.Digits}}."}},
        {
            "name": "Write",
            "type": "send-message",
            "properties": {"body": "Our address.", "service": "IS1"},
            "transitions": [{"event": "sent", "next": "Bye"}, {"event": "failed", "next": "Bye"}],
        },
    ],
}
FREESWITCH = b"""<include>
  <menu name="front" greet-long="say:Welcome, please choose." greet-short="say:Please choose." timeout="4000"
      exit-sound="say:Goodbye." max-failures="2" max-timeouts="3" confirm-key="#">
    <entry action="menu-exec-app" digits="1" param="transfer +15005550101 XML default"/>
    <entry action="menu-sub" digits="2" param="back_room"/>
    <entry action="menu-exec-app" digits="/^(10[0-9])$/" param="transfer $1 XML default"/>
  </menu>
  <menu name="back_room" greet-long="phrase:back" exit-sound="say:Goodbye."><entry action="menu-top" digits="*"/></menu>
</include>"""
TREE = b"""options:
  - name: sales
    number: '+15005550101'
  - name: repairs
    colour: red
    options:
      - {name: cars, number: 555-0102}
"""
RAPIDPRO = {
    "nodes": [
        {
            "uuid": "a",
            "actions": [{"type": "say_msg", "text": "Pick one or two."}],
            "exits": [{"destination_uuid": "b"}],
        },
        {
            "uuid": "b",
            "router": {
                "type": "switch",
                "wait": {"type": "msg", "hint": {"type": "digits", "count": 1}},
                "result_name": "Pick",
                "default_category_uuid": "o",
                "categories": [
                    {"uuid": "1", "name": "One", "exit_uuid": "x1"},
                    {"uuid": "2", "name": "Two", "exit_uuid": "x2"},
                    {"uuid": "o", "name": "Other", "exit_uuid": "x3"},
                ],
                "cases": [
                    {"type": "has_number_eq", "arguments": ["1"], "category_uuid": "1"},
                    {"type": "has_number_eq", "arguments": ["2"], "category_uuid": "2"},
                    {"type": "has_text", "arguments": [], "category_uuid": "2"},
                ],
            },
            "exits": [
                {"uuid": "x1", "destination_uuid": "d"},
                {"uuid": "x2", "destination_uuid": "d"},
                {"uuid": "x3", "destination_uuid": "c"},
            ],
        },
        {"uuid": "c", "actions": [{"type": "say_msg", "text": "Neither."}], "exits": [{"destination_uuid": "b"}]},
        {
            "uuid": "d",
            "actions": [{"type": "say_msg", "text": "You said @results.pick. Bye."}, {"type": "send_email"}],
            "exits": [{}],
        },
    ],
    "type": "voice",
    "name": "Small",
}
SMALL = {
    "studio": json.dumps(STUDIO).encode(),
    "freeswitch": FREESWITCH,
    "phone-tree": TREE,
    "rapidpro": json.dumps(RAPIDPRO).encode(),
}
STRANGERS = [
    "twilio-studio/helpline-ca-main.json",
    "twilio-studio/helpline-nz-hours-risk.json",
    "twilio-studio/visual-ivr-studio.json",
    "rapidpro/ivr_flow.json",
    "freeswitch/demo_ivr.xml",
    "yaml-ivr/phone-tree-example.yaml",
]


def step_of(hotline: Hotline, theirs: str) -> dict[str, Any] | None:
    """Our step of a state of theirs; None where there is none."""
    return hotline.steps.get(hotline.name(theirs))
