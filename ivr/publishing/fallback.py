"""The static fallback: what callers hear when nothing of ours can answer; any host of files can serve it by GET.

Four files, written at each publish: an apology that rings the operator's always-on numbers; the whisper to whoever
answers; a message recorded; a word of thanks. The thanks end the caller's leg after the message, and on the leg of
whoever pressed a key the end of the document joins the two. Addresses are relative, so the folder may lie anywhere.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from ivr.content import Content
from ivr.engine.tree import Tree
from ivr.retries import RETRIES

START, WHISPER, MESSAGE, THANKS = "fallback.xml", "whisper.xml", "message.xml", "thanks.xml"
FOLDER = "fallback"
RINGS = 20  # seconds; all numbers at once, the first that presses a key has the call
MESSAGE_SECONDS = 120
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# Ours, not the hotline's: the menus cannot be read when these are heard. Whoever is recorded is told so before.
_WORDS = {
    "en": (
        "We are sorry, our phone menu is out of order.",
        "Please hold the line, we are connecting you.",
        "Your message will be recorded. Please leave your name and number after the tone, then hang up.",
        "A call while the phone menu is out of order. Press any key to take it.",
        "Thank you.",
    ),
    "da": (
        "Vi beklager, vores telefonmenu virker ikke lige nu.",
        "Bliv venligst i røret, vi stiller dig igennem.",
        "Din besked bliver optaget. Indtal dit navn og dit nummer efter tonen, og læg så på.",
        "Et opkald, mens telefonmenuen ikke virker. Tryk på en tast for at tage det.",
        "Tak.",
    ),
    "es": (
        "Lo sentimos, nuestro menú telefónico no funciona en este momento.",
        "No cuelgue, por favor, le ponemos con una persona.",
        "Su mensaje se grabará. Deje su nombre y su número después de la señal, y cuelgue.",
        "Una llamada mientras el menú no funciona. Pulse cualquier tecla para atenderla.",
        "Gracias.",
    ),
    "fr": (
        "Désolé, notre menu téléphonique ne fonctionne pas en ce moment.",
        "Veuillez rester en ligne, nous vous mettons en communication.",
        "Votre message sera enregistré. Laissez votre nom et votre numéro après le signal, puis raccrochez.",
        "Un appel pendant que le menu ne fonctionne pas. Appuyez sur une touche pour le prendre.",
        "Merci.",
    ),
    "hu": (
        "Elnézést kérünk, a telefonos menünk jelenleg nem működik.",
        "Kérjük, tartsa a vonalat, kapcsoljuk munkatársunkat.",
        "Az üzenetét rögzítjük. Kérjük, a hangjelzés után mondja el a nevét és a számát, majd tegye le.",
        "Hívás érkezett, miközben a telefonos menü nem működik. A fogadásához nyomjon meg egy gombot.",
        "Köszönjük.",
    ),
    "lv": (
        "Atvainojiet, mūsu tālruņa izvēlne pašlaik nedarbojas.",
        "Lūdzu, palieciet uz līnijas, mēs jūs savienojam.",
        "Jūsu ziņa tiks ierakstīta. Pēc signāla nosauciet savu vārdu un numuru, tad nolieciet klausuli.",
        "Zvans, kamēr tālruņa izvēlne nedarbojas. Lai to pieņemtu, nospiediet jebkuru taustiņu.",
        "Paldies.",
    ),
}


def write_fallback(content: Content, data: Path) -> None:
    """Write the four files of a version under the data folder; each is whole at any time."""
    folder = data / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, text in fallback(content).items():
        draft = folder / f"{name}.{os.getpid()}"
        draft.write_bytes(text)
        draft.replace(folder / name)


def fallback(content: Content) -> dict[str, bytes]:
    """Make the four documents, by file name."""
    say, words = speaker(content.tree)
    sorry, hold, message, whisper, thanks = words
    company = content.tree.company
    numbers = content.always_on
    ring = say(hold) + _dial(numbers) if numbers else f'<Redirect method="GET">{_link(MESSAGE)}</Redirect>'
    record = (
        f'<Record timeout="5" maxLength="{MESSAGE_SECONDS}" playBeep="true" action={_address(THANKS)} method="GET"/>'
    )
    gather = f'<Gather input="dtmf" numDigits="1" finishOnKey="" timeout="10" action={_address(THANKS)} method="GET">'
    documents = {
        START: say(f"{company}. {sorry}") + ring,
        WHISPER: f"{gather}{say(whisper)}</Gather><Hangup/>",
        MESSAGE: say(message) + record + "<Hangup/>",
        THANKS: say(thanks),
    }
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return {name: f"{head}<Response>{body}</Response>\n".encode() for name, body in documents.items()}


class Speaker:
    """Says our words in the hotline's language, where the carrier has a voice for it and we have the words."""

    def __init__(self, language: str, voice: str) -> None:
        """Speak so; voice "" is the carrier's own."""
        self._attributes = (f" voice={quoteattr(voice)}" if voice else "") + f" language={quoteattr(language)}"

    def __call__(self, text: str) -> str:
        """Write one sentence."""
        return f"<Say{self._attributes}>{escape(_UNFIT.sub('', text))}</Say>"


def speaker(tree: Tree) -> tuple[Speaker, tuple[str, ...]]:
    """Choose the hotline's language, else another of its own that can be spoken, else English."""
    for language in (tree.language, *tree.voices):
        words = _WORDS.get(language.partition("-")[0])
        if words and language in tree.voices:
            return Speaker(language, tree.voices[language]), words
    return Speaker("en-US", ""), _WORDS["en"]


def _dial(numbers: tuple[str, ...]) -> str:
    nouns = "".join(
        f'<Number url={_address(WHISPER)} method="GET">{escape(number)}</Number>' for number in numbers[:10]
    )
    return f'<Dial timeout="{RINGS}" action={_address(MESSAGE)} method="GET">{nouns}</Dial>'


def _link(name: str) -> str:
    return escape(name + RETRIES)


def _address(name: str) -> str:
    return quoteattr(name + RETRIES)
