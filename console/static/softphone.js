// The phone in this browser: registers as its owner's phone, answers with a click, mutes, hangs up. Whoever answers
// here has taken the call: nothing else can answer a browser, so no key is asked for.
const $ = (id) => document.getElementById(id);
const csrf = () => document.querySelector("meta[name=csrf-token]").content;
const SOON = 5000; // ms for which a key 1 counts that came before the ring
let call = null;
let wanted = 0; // when the desk's ring was taken before this phone rang

const PAUSES = [2000, 30000]; // ms between two tries to connect: the first and the longest
const PATIENCE = 10000; // ms that an admission may take, and what the carrier then says
const EXPIRED = 20104; // the carrier's code: the admission has ended
let device = null;
let owed = true; // an admission: there is none, or it ends in seconds
let trying = false;
let pause = PAUSES[0];
let next = 0; // the timer of the next try
let patient = false; // it is for the case alone that the carrier says nothing

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
  const answer = await fetch("/softphone", { method: "POST", headers: { "X-CSRFToken": csrf(), "X-Requested-With": "script" }, signal: AbortSignal.timeout(PATIENCE) });
  const said = await answer.json().catch(() => ({})); // a server on the way answers in words of its own
  if (!said.token) throw new Error(said.error ?? `the server does not admit this phone (${answer.status})`);
  return said.token;
}

function idle() {
  call = null;
  $("soft-mute").setAttribute("aria-pressed", "false");
  $("soft-mute").firstChild.textContent = "Mute ";
  buttons(false, false);
  if (device?.state === "registered") say("connected", "ok");
  else say("not connected, trying again", "bad");
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

function begin(token) {
  device?.removeAllListeners();
  device?.destroy(); // what it has sent while the network was away is lost: another begins anew
  device = new Twilio.Device(token, { codecPreferences: ["opus", "pcmu"] });
  device.on("registered", () => {
    if (!owed) rest();
    if (!call) idle();
  });
  device.on("unregistered", () => fails(new Error("the line to the carrier is gone")));
  device.on("incoming", rings);
  device.on("error", fails);
  device.on("tokenWillExpire", () => { owed = true; connect(); });
  device.register().catch(fails);
}

// Whoever is ready is rung here: a phone that is not connected tries until it is, and says so.
function fails(error) {
  if (error.code === EXPIRED) owed = true;
  if (!call) say(connected() ? error.message : `not connected, trying again: ${error.message}`, "bad");
  if (!connected()) again();
}

const connected = () => !owed && device?.state === "registered";

function rest() {
  clearTimeout(next);
  next = 0;
  pause = PAUSES[0];
}

function again() {
  if (trying || (next && !patient)) return;
  clearTimeout(next);
  patient = false;
  next = setTimeout(connect, pause);
  pause = Math.min(2 * pause, PAUSES[1]);
}

// The carrier is still to say that this phone is connected.
function waits() {
  patient = true;
  next = setTimeout(connect, PATIENCE);
}

async function connect() {
  if (trying) return;
  trying = true;
  clearTimeout(next);
  next = 0;
  let wrong = null;
  try {
    const token = await admission();
    owed = false;
    if (call || device?.state === "registered") device.updateToken(token);
    else begin(token);
  } catch (error) {
    wrong = error;
  }
  trying = false;
  if (wrong) fails(wrong);
  else if (!connected()) waits();
  else if (call) rest();
  else { rest(); idle(); }
}

// The network is back, or a laptop was opened: nobody waits for the end of a pause then.
function hurry() {
  if (connected() || document.hidden) return;
  pause = PAUSES[0];
  connect();
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
window.addEventListener("online", hurry);
document.addEventListener("visibilitychange", hurry);
connect();
