// The floor: asks how it stands every two seconds and replaces the rows; the focus stays where it is.
import { byScript, over } from "./session.js";

const rows = document.getElementById("floor-rows");
const banner = document.getElementById("floor-banner");
const EVERY = 2000; // ms
const OVER = "These rows are as they were; talks go on.";
const AWAY = "The hotline does not answer. These rows are as they were; talks go on.";
let old = false; // whether the banner says so
let last = rows.innerHTML.trim();

// A moment as minutes and seconds; who is away since yesterday is not counted in seconds.
function span(seconds) {
  const hours = Math.floor(seconds / 3600);
  if (hours >= 48) return `${Math.floor(hours / 24)} days`;
  if (hours >= 1) return `${hours} h ${Math.floor(seconds / 60) % 60} min`;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function tick() {
  for (const time of rows.querySelectorAll("time[data-since]")) {
    const seconds = Math.max(0, Math.floor(Date.now() / 1000 - Number(time.dataset.since)));
    time.textContent = span(seconds);
  }
}

function show(html) {
  if (html.trim() === last) return;
  last = html.trim();
  const held = rows.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  rows.innerHTML = html;
  if (held) (button(held) ?? button(held.replace(/^(leave|take-over)-/, "listen-")))?.focus();
  tick();
}

const button = (key) => rows.querySelector(`[data-key="${CSS.escape(key)}"]`);

function tell(words) {
  banner.hidden = !words;
  if (banner.textContent !== words) banner.textContent = words; // what is said once is not read out again
}

// Comes into a talk, or leaves it: the rows stay, and so does the focus.
async function ask(form) {
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: byScript });
    if (answer.status === 401) return over(banner, OVER);
    const said = await answer.json();
    if (!answer.ok) { tell(said.error); return; }
    tell("");
    look();
  } catch {
    tell("The hotline did not answer. The talk goes on as it was; try again.");
  }
}

async function look() {
  if (document.visibilityState === "hidden") return;
  try {
    const answer = await fetch(rows.dataset.now, { headers: byScript });
    if (answer.status === 401) { old = true; return over(banner, OVER); }
    if (!answer.ok) throw new Error(String(answer.status));
    show((await answer.json()).html);
    if (old) tell("");
    old = false;
  } catch {
    tell(AWAY);
    old = true;
  }
}

rows.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(event.target);
});

tick();
setInterval(tick, 1000);
setInterval(look, EVERY);
