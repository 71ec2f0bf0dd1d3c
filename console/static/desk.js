// The desk: shows what the server says of this moment, by a stream or, where that breaks, by asking. It replaces small
// pieces alone and never a form, never takes the focus, and never closes what somebody reads.
import { asked, begin, bring, live, remembered } from "./desk-call.js";
import { ask } from "./desk-ask.js";

const $ = (id) => document.getElementById(id);
const POLL = 2000; // ms between two questions while there is no stream
const AGAIN = 30000; // ms until a stream is tried again that was refused
const STALE = 40000; // ms without a word on the stream; the server speaks every 15 s
const desk = { shown: JSON.parse($("desk").dataset.shown), ahead: 0, html: {}, source: null, heard: 0, answered: 0 };
const title = document.title;

const clock = (s) => `${Math.floor(s / 60)}:${String(Math.max(0, Math.floor(s % 60))).padStart(2, "0")}`;

function tick() {
  const now = (Date.now() + desk.ahead) / 1000;
  for (const time of document.querySelectorAll("time[data-since]")) {
    time.textContent = clock(Math.max(0, now - Number(time.dataset.since)));
  }
  for (const time of document.querySelectorAll("time[data-until]")) {
    time.textContent = clock(Math.max(0, Number(time.dataset.until) - now));
  }
}

// Replaces one piece where it differs, and keeps the focus that was on a key of it.
function swap(id, html) {
  if (desk.html[id] === html) return;
  const held = $(id).contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  $(id).innerHTML = html;
  desk.html[id] = html;
  if (held) $(id).querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
}

function timer(name, at, before = "", after = "") {
  const time = document.createElement("time");
  time.dataset[name] = at;
  return [before, time, after];
}

function me(now) {
  $("me").className = `st ${now.shape}`;
  $("me").textContent = now.reason ? `${now.words}: ${now.reason}` : now.words;
  const left = now.until ? timer("until", now.until, "", " left, then ready") : timer("since", now.since, "for ");
  $("since").replaceChildren(...(now.since ? left : []));
  for (const radio of $("state").elements.to) {
    radio.disabled = !now.rests;
    radio.checked = radio.value === now.state;
  }
  $("take-next").disabled = !now.rests || now.engaged;
  $("idle-words").textContent = now.state === "ready" ? "You are ready" : "No call";
}

// What became of a call that rang here and is not ours.
function ended(before, now) {
  if (!before.ring || now.ring === before.ring || now.call) return "";
  if (now.me.state === "not_ready") return `You are away: ${now.me.reason}.`;
  return "That call does not ring you any more.";
}

function show(now) {
  const before = desk.shown;
  desk.shown = now;
  desk.ahead = now.now * 1000 - Date.now();
  desk.answered = Date.now();
  $("banner").hidden = true;
  if (JSON.stringify(before.me) !== JSON.stringify(now.me) || !desk.html.queue) me(now.me);
  $("waiting").textContent = now.waiting || "nobody";
  for (const [id, html] of Object.entries(now.html)) swap(id, html);
  const words = ended(before, now);
  if (words) $("live").textContent = words;
  if (now.ring && now.ring !== before.ring) $("live").textContent = "";
  document.title = now.ring ? `Ringing · ${title}` : title;
  if (before.call !== now.call || before.me.state !== now.me.state) document.dispatchEvent(new Event("talk")); // its bar
  if (now.call) bring(now.call);
  live(now);
  $("idle").hidden = Boolean(now.ring || now.call || document.querySelector("#calls > [data-call]:not([hidden])"));
  tick();
}

// Says what is wrong in the banner; the rows stay, with their age.
function refused(words) {
  $("banner").textContent = words;
  $("banner").hidden = false;
}

async function here() {
  const { told } = await ask("/desk/here", {});
  if (told?.desk) show(told.desk);
  else if (told?.error) refused(told.error); // signed out, or the database is away
  else if (Date.now() - desk.answered > 2 * POLL) {
    const at = new Date(desk.answered || Date.now()).toLocaleTimeString("en-GB");
    refused(`The hotline does not answer. What you see is of ${at}; it is asked again by itself. What you type is kept.`);
  }
}

async function act(url, body, form) {
  const { told } = await ask(url, body);
  if (told?.desk) show(told.desk);
  const beside = form?.isConnected && form.closest("section")?.querySelector("[data-words]");
  if (beside) { beside.textContent = told?.words ?? ""; beside.hidden = !told?.words; }
  if (told?.error) refused(told.error);
  else if (!told) refused("The hotline did not answer. Nothing was changed; try again.");
  else if (!beside) $("live").textContent = told.words ?? "";
}

const streaming = () => desk.source?.readyState === EventSource.OPEN && Date.now() - desk.heard < STALE;

function hear(event) {
  desk.heard = Date.now();
  if (event.type === "desk") show(JSON.parse(event.data));
  if (event.type === "beat") here(); // the answer is the sign that this page is alive
}

// Ends a stream that the server does not want now; the page asks meanwhile.
function leave(wait) {
  desk.source?.close();
  if (wait) setTimeout(listen, wait);
}

function listen() {
  desk.source?.close();
  const source = new EventSource("/desk/stream");
  desk.source = source;
  desk.heard = Date.now();
  for (const name of ["desk", "beat"]) source.addEventListener(name, hear);
  source.addEventListener("full", () => leave(AGAIN));
  source.addEventListener("elsewhere", () => leave(0)); // another window of ours has it now
  source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED && source === desk.source) leave(AGAIN); });
}

function look() {
  document.body.dataset.live = streaming() ? "stream" : "polling";
  if (!streaming()) here();
}

function wake() {
  if (document.visibilityState !== "visible" || streaming()) return;
  here();
  if (desk.source?.readyState !== EventSource.CONNECTING) listen();
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("#state, #next, form[data-deed]");
  if (!form) return;
  event.preventDefault();
  act(form.action, Object.fromEntries(new FormData(form)), form);
});
$("state").addEventListener("change", (event) => {
  const form = $("state").elements;
  if (event.target.name === "reason" && form.to.value !== "not_ready") return;
  act($("state").action, { to: form.to.value, reason: form.reason.value });
});
document.addEventListener("asked", (event) => asked(event.detail)); // a colleague consults us
document.addEventListener("visibilitychange", wake);
addEventListener("online", wake);
addEventListener("pageshow", (event) => { if (event.persisted) wake(); });

begin(show);
for (const call of remembered()) bring(call);
tick();
setInterval(tick, 1000);
setInterval(look, POLL);
listen();
here();
