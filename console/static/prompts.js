// Prompts: record in the browser. What was said is made a wav here, put into the form's own field and heard before it is sent.
const can = Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder && window.AudioContext);

// What the browser says of a microphone, in words.
const WHY = { NotAllowedError: "The browser was told not to use the microphone", NotFoundError: "There is no microphone" };

function wav(samples, rate) {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const text = (at, words) => [...words].forEach((char, index) => view.setUint8(at + index, char.charCodeAt(0)));
  text(0, "RIFF"); view.setUint32(4, 36 + samples.length * 2, true); text(8, "WAVEfmt ");
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
  view.setUint32(24, rate, true); view.setUint32(28, rate * 2, true); view.setUint16(32, 2, true); view.setUint16(34, 16, true);
  text(36, "data"); view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, index) => view.setInt16(44 + index * 2, Math.max(-1, Math.min(1, sample)) * 32767, true));
  return new File([view.buffer], "recorded.wav", { type: "audio/wav" });
}

async function record(button) {
  const form = button.closest("form"), words = button.firstChild.textContent;
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream), pieces = [];
  const ended = new Promise((done) => recorder.addEventListener("stop", done));
  recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
  recorder.start();
  button.firstChild.textContent = "Stop";
  button.dataset.running = "yes";
  await new Promise((done) => button.addEventListener("click", done, { once: true }));
  recorder.stop();
  await ended;
  stream.getTracks().forEach((track) => track.stop());
  delete button.dataset.running;
  button.firstChild.textContent = words;
  const context = new AudioContext();
  const sound = await context.decodeAudioData(await new Blob(pieces).arrayBuffer());
  context.close();
  const held = new DataTransfer();
  held.items.add(wav(sound.getChannelData(0), sound.sampleRate));
  form.elements.sound.files = held.files;
  hear(form, held.files[0]);
  form.querySelector("button:not([data-record])").focus();
}

// What was recorded is listened to before it is brought.
function hear(form, file) {
  const player = form.querySelector("audio") ?? document.createElement("audio");
  URL.revokeObjectURL(player.src);
  Object.assign(player, { controls: true, src: URL.createObjectURL(file) });
  player.setAttribute("aria-label", "What you recorded, not in the draft yet");
  form.append(player);
}

for (const button of document.querySelectorAll("[data-record]")) {
  button.hidden = !can;
  button.addEventListener("click", () => {
    if (!button.dataset.running) record(button).catch((error) => { button.firstChild.textContent = WHY[error.name] ?? "The microphone cannot be used"; button.disabled = true; });
  });
}
