"""The carrier behind the phone in a browser: its socket and its end of the sound. The library is the real one."""

from __future__ import annotations

import json
import re
import struct
from urllib.parse import quote

from playwright.sync_api import BrowserContext, Page, Route, WebSocketRoute

# Where the library looks for the carrier, and for the sound of a ring.
SOCKET = re.compile(r"wss://voice-js\.[^/]*twilio\.com/")
EVENTS, SOUNDS = re.compile(r"https://eventgw\.[^/]*twilio\.com/"), re.compile(r"https://sdk\.twilio\.com/")
ANYBODY = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*"}
OFFER = """async () => {
  const line = new RTCPeerConnection();
  window.line = line;
  const voice = await navigator.mediaDevices.getUserMedia({ audio: true });
  for (const track of voice.getTracks()) line.addTrack(track, voice);
  await line.setLocalDescription(await line.createOffer());
  await new Promise((done) => {
    line.onicegatheringstatechange = () => line.iceGatheringState === "complete" && done();
    setTimeout(done, 1000);
  });
  return line.localDescription.sdp;
}"""
ANSWERED = """async (sdp) => {
  await window.line.setRemoteDescription({ type: "answer", sdp });
  for (let tries = 0; tries < 50 && window.line.connectionState !== "connected"; tries += 1) {
    await new Promise((done) => setTimeout(done, 100));
  }
  return window.line.connectionState;
}"""

# The carrier gives a sign of life; a phone that hears none for 15 s connects anew.
BEATS = "() => { setInterval(() => window.beat(), 4000); }"


class BrowserPhone:
    """What one browser's phone is connected to; the test rings it, and asks what its owner did."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        """Stand in for the carrier in every page of this context; at `address` a microphone may be used."""
        context.grant_permissions(["microphone"])
        context.route_web_socket(SOCKET, self._opened)
        context.route(EVENTS, lambda route: route.fulfill(status=200, headers=ANYBODY, body=""))
        context.route(SOUNDS, _silence)
        self._far = context.new_page()  # the carrier's end of the sound
        # A page of nobody's: ours let scripts have a microphone only where there is a phone.
        self._far.route("**/*", lambda asked: asked.fulfill(content_type="text/html", body="the carrier's end"))
        self._far.goto(address)
        self._socket: WebSocketRoute | None = None
        self._far.expose_function("beat", self._beat)
        self._far.evaluate(BEATS)
        self._told: list[tuple[str, dict[str, object]]] = []
        self.ends_in: int | None = None  # seconds until the next admission ends, where that is told

    def _opened(self, socket: WebSocketRoute) -> None:
        self._socket = socket
        socket.on_message(lambda text: self._hear(socket, str(text)))

    def _beat(self) -> None:
        if self._socket is not None:
            self._socket.send("\n")

    def _hear(self, socket: WebSocketRoute, text: str) -> None:
        if text == "\n":  # a sign of life
            return
        said = json.loads(text)
        self._told.append((said["type"], said.get("payload", {})))
        if said["type"] == "listen":
            token = {} if self.ends_in is None else {"token": {"identity": "priya_1", "ttl": self.ends_in}}
            self.ends_in = None
            self._say(socket, "connected", region="US_EAST_VIRGINIA", edge="ashburn", **token)
        if said["type"] == "register":
            self._say(socket, "ready")

    @staticmethod
    def _say(socket: WebSocketRoute, kind: str, **payload: object) -> None:
        socket.send(json.dumps({"type": kind, "payload": payload, "version": "1.6"}))

    def ring(self, leg: str, card: str = "") -> None:
        """Ring this browser for a leg; `card` goes along where a team rings it."""
        sdp = self._far.evaluate(OFFER)
        assert self._socket is not None, "the browser's phone has not registered"
        told = {"CallSid": leg, "From": "+18005550100"} | ({"Params": f"card={quote(card)}"} if card else {})
        self._say(self._socket, "invite", callsid=leg, sdp=sdp, parameters=told)

    def answered(self, page: Page) -> None:
        """Wait until the owner has answered, and join the sound."""
        assert self._far.evaluate(ANSWERED, self._wait(page, "answer")["sdp"]) == "connected"

    def hangs_up(self, leg: str) -> None:
        """End the leg from the carrier's side."""
        assert self._socket is not None
        self._say(self._socket, "hangup", callsid=leg)

    def _wait(self, page: Page, kind: str) -> dict[str, object]:
        for _ in range(100):
            for said, payload in self._told:
                if said == kind:
                    self._told.clear()
                    return payload
            page.wait_for_timeout(100)
        raise AssertionError(f"the browser's phone did not say {kind}, but {[said for said, _ in self._told]}")


def _silence(route: Route) -> None:
    """Play nothing: a tenth of a second, 8 bit, one channel."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8)
    sound = struct.pack("<4sI4s", b"RIFF", 836, b"WAVE") + form + struct.pack("<4sI", b"data", 800) + b"\x80" * 800
    route.fulfill(status=200, headers=ANYBODY, content_type="audio/wav", body=sound)
