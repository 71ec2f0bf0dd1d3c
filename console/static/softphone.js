// The phone in this browser: registers as its owner's phone, answers with a click, mutes, hangs up. Whoever answers
// here has taken the call: nothing else can answer a browser, so no key is asked for.
const $ = (id) => document.getElementById(id);
const csrf = () => document.querySelector("meta[name=csrf-token]").content;
const SOON = 5000; // ms for which a key 1 counts that came before the ring
let call = null;
let wanted = 0; // when the desk's ring was taken before this phone rang

function say(words, shape) {
  $("soft-state").textContent = words;
  $("soft-state").className = `st ${shape}`;
}

function buttons(answer, talk) {
  $("soft-answer").hidden = !answer;
  $("soft-mute").hidden = !talk;
  $("soft-answer").firstChild.textContent = talk ? "Talk " : "Answer ";
  $("soft-end").hidden = !(answer || talk);
  $("soft-end").firstChild.textContent = answer ? "Pass " : "Hang up";
  $("soft-end").className = answer ? "" : "danger";
  $("soft-end").toggleAttribute("data-key", answer);
  if (answer) $("soft-end").dataset.key = "2"; // a talk is not ended by a single key
  $("soft-end").lastElementChild.hidden = !answer;
}

async function admission() {
  const answer = await fetch("/softphone", { method: "POST", headers: { "X-CSRFToken": csrf(), "X-Requested-With": "script" } });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error);
  return said.token;
}

function idle() {
  call = null;
  $("soft-mute").setAttribute("aria-pressed", "false");
  $("soft-mute").firstChild.textContent = "Mute ";
  buttons(false, false);
  say("connected", "ok");
}

function talks() {
  say("in a talk", "ok");
  buttons(false, true);
}

function asks() {
  say("answered; press 1 to talk to the caller", "warn");
  buttons(true, true);
}

// Answers, or presses the key for which whoever has answered is asked.
function answer() {
  if (call?.status() === "pending") { call.accept(); return; }
  call?.sendDigits("1");
  talks();
}

function rings(incoming) {
  if (call) { incoming.reject(); return; }
  call = incoming;
  say("ringing", "warn");
  buttons(true, false);
  // A team that rings (its card goes along) asks whoever answers for key 1, in a browser, too.
  const asked = incoming.customParameters.has("card");
  incoming.on("accept", () => (asked ? asks() : talks()));
  for (const event of ["cancel", "disconnect", "reject"]) incoming.on(event, idle);
  incoming.on("error", (error) => say(`the call failed: ${error.message}`, "bad"));
  if (Date.now() - wanted < SOON) incoming.accept();
  wanted = 0;
}

// Takes the call that the desk shows: the click or key 1 there is the click here.
function take(form) {
  const words = form.closest("section").querySelector("[data-words]");
  if (call?.status() === "pending") { call.accept(); return; }
  wanted = Date.now();
  words.textContent = "The call comes to this browser in a moment and is answered then.";
  words.hidden = false;
}

async function connect() {
  const device = new Twilio.Device(await admission(), { codecPreferences: ["opus", "pcmu"] });
  device.on("registered", () => { if (!call) idle(); });
  device.on("unregistered", () => say("not connected", "off"));
  device.on("incoming", rings);
  device.on("error", (error) => say(`not connected: ${error.message}`, "bad"));
  device.on("tokenWillExpire", async () => {
    try { device.updateToken(await admission()); } catch (error) { say(`not connected: ${error.message}`, "bad"); }
  });
  await device.register();
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-soft-take]");
  if (!form) return;
  event.preventDefault();
  take(form);
});
$("soft-answer").addEventListener("click", answer);
$("soft-end").addEventListener("click", () => { if (call?.status() === "pending") call.reject(); else call?.disconnect(); });
$("soft-mute").addEventListener("click", () => {
  call?.mute(!call.isMuted());
  $("soft-mute").setAttribute("aria-pressed", String(call?.isMuted()));
  $("soft-mute").firstChild.textContent = call?.isMuted() ? "Unmute " : "Mute ";
});
connect().catch((error) => say(`not connected: ${error.message}`, "bad"));
