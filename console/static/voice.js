// What the line says, aloud, where the browser has a voice for the language; the text stands on the page in any case.
const synth = window.speechSynthesis;

const voiceFor = (language) => synth?.getVoices().find((voice) => voice.lang.replace("_", "-").startsWith(language.slice(0, 2)));

export function hush() {
  synth?.cancel();
}

export function speaking() {
  return Boolean(synth?.speaking);
}

export function speak(pieces) {
  if (!synth) return;
  for (const piece of pieces) {
    const voice = voiceFor(piece.language);
    if (!voice || !piece.text) continue;
    const saying = new SpeechSynthesisUtterance(piece.text);
    saying.voice = voice;
    saying.lang = piece.language;
    synth.speak(saying);
  }
}
