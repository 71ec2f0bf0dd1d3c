// The browser phone: a keypad that calls the line through its real webhooks. The server plays the carrier; this file
// shows what it answers (see console/phone.py for the shape of a call) and speaks it where the browser has a voice.
import { speak, hush, speaking } from "./voice.js";
import { showSource, showKnows } from "./beside.js";

const $ = (id) => document.getElementById(id);
const state = { call: null, seen: 0, busy: false, typed: "", ahead: [], pause: 0, acting: "quiet" };
const MOST_AHEAD = 32; // keys pressed while an answer is on its way

const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;

function element(tag, words, name) {
  const made = document.createElement(tag);
  if (words !== undefined) made.textContent = words;
  if (name) made.className = name;
  return made;
}

async function ask(path, body) {
  if (state.busy) return;
  state.busy = true;
  document.body.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "X-Requested-With": "script", "Content-Type": "application/json", "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content },
      body: JSON.stringify(body ?? {}),
    });
    const shown = await answer.json();
    $("banner").hidden = answer.ok;
    $("banner").textContent = answer.ok ? "" : shown.error;
    if (answer.ok) show(shown);
    if (shown.told) tell(shown.told);
  } catch {
    $("banner").textContent = "The hotline did not answer. The transcript is kept; try again, or look at the terminal where the hotline runs.";
    $("banner").hidden = false;
  } finally {
    state.busy = false;
    document.body.removeAttribute("aria-busy");
  }
  const next = state.ahead.shift();
  if (next !== undefined) press(next);
}

function tell(words) {
  $("told").textContent = words;
  $("told").hidden = false;
}

// Tells whether anybody listens for the caller's keys; else those keyed ahead are as lost as on a telephone.
const open = (call) => call?.awaits === "keys" || call?.awaits === "message";

// A key as a telephone takes it: one that is listened for alone goes at once; of several, each is kept until there are
// enough, the key that finishes, or a pause as long as the line's own. No key is lost while an answer is on its way.
function press(key) {
  if (state.busy) {
    if (state.ahead.length < MOST_AHEAD) state.ahead.push(key);
    return;
  }
  if (!open(state.call)) { forget(); return; }
  hush();
  const { digits, finish, wait } = state.call?.listens ?? {};
  if (state.call.awaits !== "keys" || digits === 1) { act("press", { keys: key }); return; }
  keep(state.typed + key);
  if (state.typed.length === digits || finish.includes(key)) send();
  else state.pause = setTimeout(send, wait * 1000);
}

function keep(keys) {
  clearTimeout(state.pause);
  state.typed = keys;
  $("many").elements.keys.value = keys;
}

function send() {
  const keys = state.typed;
  keep("");
  if (keys) act("press", { keys });
}

function forget() {
  state.ahead = [];
  keep("");
}

const act = (what, body) => state.call && ask(`/phone/calls/${state.call.id}/${what}`, body);

function dial() {
  hush();
  forget();
  state.seen = 0;
  $("turns").replaceChildren();
  $("pretend").open = false;
  const past = $("again");
  if (past && !past.dataset.done) {
    past.dataset.done = "yes"; // what is dialled afterwards is a call of one's own
    ask(`/calls/${past.dataset.call}/again`, { version: $("version").value, turn: past.dataset.turn });
    return;
  }
  ask("/phone/calls", {
    version: $("version").value, line: $("line").value, caller: $("caller").value,
    at: $("at").value, agents: $("agents").value,
    keys: $("example")?.dataset.keys ?? "", flags: $("example")?.dataset.flags ?? "",
  });
}

function turn(entry) {
  const item = element("li", undefined, `turn ${entry.who}`);
  item.append(element("time", clock(entry.at)));
  const body = element("div");
  const who = element("div", undefined, "who");
  for (const word of entry.head) who.append(element("span", word));
  if (entry.ms !== null) who.append(element("span", `${entry.ms} ms`, "num"));
  const what = element("div", undefined, "what");
  what.append(...words(entry));
  body.append(who, what);
  item.append(body);
  return item;
}

function words(entry) {
  if (entry.keys) return [`${entry.did} `, ...[...entry.keys].flatMap((key) => [element("kbd", key), " "]), entry.label ?? ""];
  return entry.spoken.map((piece) => element("span", `${piece.text} `, piece.cut ? "said" : ""));
}

function keypad(call) {
  for (const button of document.querySelectorAll(".pad button")) {
    const label = call.live ? call.keys[button.dataset.key] : undefined;
    button.disabled = !open(call);
    button.classList.toggle("can", label !== undefined);
    button.querySelector("small").textContent = label ?? "";
    button.title = label ?? ""; // whole, where the key is too narrow for it
  }
}

function agent(call) {
  const now = call.agent;
  $("agent-state").textContent = now.state;
  $("agent-state").className = `st ${{ quiet: "off", ringing: "warn", listening: "info", talking: "ok" }[now.state] ?? "off"}`;
  $("agent-words").textContent = now.words;
  $("agent-keys").hidden = now.state === "quiet";
  $("agent-answer").hidden = $("agent-let").hidden = now.state !== "ringing";
  $("take").hidden = $("pass").hidden = now.state !== "listening";
  $("agent-hang").hidden = now.state !== "listening" && now.state !== "talking";
}

// Brings into view where the next deed is done, when that changes: on a narrow screen the two phones stand far apart.
function follow(call) {
  const acting = call.agent.state;
  if (acting !== state.acting) $(acting === "quiet" ? "pad" : "agent").scrollIntoView({ block: "nearest" });
  state.acting = acting;
}

function controls(call) {
  $("clock").textContent = call.live ? clock(call.seconds) : call.ended;
  $("clock").className = `st num ${call.live ? "ok" : "off"}`;
  $("dial").hidden = call.live;
  for (const id of ["silent", "back", "hang"]) $(id).hidden = !call.live;
  $("many").hidden = !call.live || call.awaits !== "keys";
  $("message").hidden = call.awaits !== "message";
  $("silent").disabled = !open(call);
  $("back").disabled = !call.back;
  $("speaking").querySelector("[data-words]").textContent = call.words;
  $("save").href = `/phone/calls/${call.id}/scenario`;
  $("save").setAttribute("aria-disabled", "false");
  if ($("story")) {
    $("story").href = `/calls/${call.sid}`;
    $("story").hidden = call.live;
  }
}

function show(call) {
  state.call = call;
  $("nothing").hidden = true;
  if (call.turns.length < state.seen) { state.seen = 0; $("turns").replaceChildren(); }
  const fresh = call.turns.slice(state.seen);
  $("turns").append(...fresh.map(turn));
  [...$("turns").children].forEach((item, at, all) => {
    item.classList.toggle("on", at === all.length - 1);
    item.toggleAttribute("aria-current", at === all.length - 1);
  });
  state.seen = call.turns.length;
  $("count").textContent = `${call.turns.length} ${call.turns.length === 1 ? "turn" : "turns"}`;
  keypad(call);
  agent(call);
  controls(call);
  showSource(call.source);
  showKnows(call.knows);
  $("heard").scrollTop = $("turns").lastElementChild?.offsetTop ?? 0; // the newest turn, and never the page
  follow(call);
  if ($("aloud").checked) speak(fresh.filter((entry) => entry.who === "line").flatMap((entry) => entry.spoken));
  mark();
}

function mark() {
  const on = speaking();
  $("skip").hidden = !on;
  $("speaking").querySelector(".eq").hidden = !on;
}

function copy() {
  const lines = (state.call?.turns ?? []).map((entry) => {
    const said = entry.keys ? `${entry.did} ${entry.keys}` : entry.spoken.map((piece) => piece.text).join(" ");
    return `${clock(entry.at)} ${entry.head.join(" ")}: ${said}`;
  });
  navigator.clipboard.writeText(lines.join("\n"));
  $("copy").textContent = "Copied";
  setTimeout(() => { $("copy").textContent = "Copy"; }, 1500);
}

document.querySelector(".pad").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) press(button.dataset.key);
});
$("many").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = event.target.elements.keys;
  hush();
  keep(field.value);
  send();
});
$("message").querySelector("button").addEventListener("click", () => { hush(); act("speak", { seconds: Number($("message").querySelector("select").value) }); });
$("dial").addEventListener("click", dial);
$("silent").addEventListener("click", () => { hush(); forget(); act("silence"); });
$("back").addEventListener("click", () => { hush(); forget(); act("back"); });
$("hang").addEventListener("click", () => { hush(); forget(); act("hang_up"); });
$("skip").addEventListener("click", () => { hush(); mark(); });
$("copy").addEventListener("click", copy);
$("take").addEventListener("click", () => act("agent", { does: "takes" }));
$("pass").addEventListener("click", () => act("agent", { does: "passes" }));
$("agent-answer").addEventListener("click", () => act("agent", { does: "answers" }));
$("agent-let").addEventListener("click", () => act("agent", { does: "no_answer" }));
$("agent-hang").addEventListener("click", () => act("agent", { does: "hangs_up" }));
$("line").addEventListener("change", (event) => { $("h-pad").textContent = event.target.selectedOptions[0].dataset.number; });
setInterval(mark, 300);
if ($("again")) dial();
if ($("example")) $("dial").focus();

// Who leaves the page has put the phone down: nothing could take the call up again.
window.addEventListener("pagehide", () => {
  if (!state.call?.live) return;
  fetch(`/phone/calls/${state.call.id}/hang_up`, {
    method: "POST", keepalive: true, body: "{}",
    headers: { "X-Requested-With": "script", "Content-Type": "application/json", "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content },
  });
});
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
