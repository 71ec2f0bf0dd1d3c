// The cards of calls in hand, each with its wrap-up form. What is typed is kept in this browser at once and on the
// server within a second; a reload, sleep, or a second call takes nothing away.
import { ask } from "./desk-ask.js";

const $ = (id) => document.getElementById(id);
const PAUSE = 600; // ms without a key until a draft goes to the server
const AGAIN = 5000; // ms until it is tried again
const mark = `desk ${$("desk").dataset.person} `;
const calls = new Map(); // call -> what is known of its form
let show = () => {};

const articles = () => [...$("calls").children];
const shown = () => articles().find((one) => !one.hidden);
const form = (article) => article.querySelector("form[data-wrap]");

const kept = {
  read(call) { try { return JSON.parse(localStorage.getItem(mark + call)); } catch { return null; } },
  write(call, value) { try { localStorage.setItem(mark + call, JSON.stringify(value)); } catch { /* a private window: the server has it */ } },
  drop(call) { try { localStorage.removeItem(mark + call); } catch { /* as above */ } },
};

// Names the calls of which something typed was never taken by the server.
export function remembered() {
  try { return Object.keys(localStorage).filter((key) => key.startsWith(mark)).map((key) => key.slice(mark.length)); } catch { return []; }
}

function values(of) {
  const answers = {};
  for (const field of of.querySelectorAll("input[name^='answer.']")) {
    if (field.value.trim() !== field.dataset.was) answers[field.name.slice("answer.".length)] = field.value.trim();
  }
  const cases = {};
  for (const field of of.querySelectorAll("[name^='case.']")) {
    if (field.value !== field.dataset.was) cases[field.name.slice("case.".length)] = { was: field.dataset.was, to: field.value };
  }
  return { notes: of.elements.notes.value, outcome: of.elements.outcome.value, wrong: of.elements.wrong.checked, answers, cases };
}

function fill(of, given) {
  of.elements.notes.value = given.notes;
  if (given.outcome) of.elements.outcome.value = given.outcome;
  of.elements.wrong.checked = given.wrong;
  for (const [name, value] of Object.entries(given.answers)) {
    const field = of.elements[`answer.${name}`];
    if (field) field.value = value;
  }
  for (const [name, { to }] of Object.entries(given.cases ?? {})) {
    const field = of.elements[`case.${name}`];
    if (field) field.value = to;
  }
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// Both texts, where neither holds the other: of two windows that wrote, none loses a word.
function joined(theirs, ours) {
  if (ours.includes(theirs)) return ours;
  return theirs.includes(ours) ? theirs : `${theirs}\n${ours}`;
}

function say(one, words, shape) {
  const line = document.createElement("span");
  line.className = shape ? `st ${shape}` : "dim";
  line.textContent = words;
  one.form.querySelector("[data-kept]").replaceChildren(line);
}

function typed(call) {
  const one = calls.get(call);
  one.done = false;
  kept.write(call, { rev: one.rev, given: values(one.form) });
  clearTimeout(one.timer);
  one.timer = setTimeout(() => send(call), PAUSE);
}

async function send(call, done = false) {
  const one = calls.get(call);
  clearTimeout(one.timer);
  if (one.busy) { one.next = one.next || done; one.again = true; return; }
  one.busy = true;
  const given = values(one.form);
  const { status, told } = await ask(one.form.action, { ...given, rev: one.rev, done });
  one.busy = false;
  if (told?.conflict) conflict(call, told.conflict);
  else if (told?.rev) taken(call, given, told);
  else if (told?.error) refused(call, told.error, status);
  else {
    say(one, "Kept in this browser; the hotline does not answer, it is tried again", "warn");
    one.timer = setTimeout(() => send(call, done), AGAIN);
    return;
  }
  if (one.again) { const next = one.next; one.again = one.next = false; send(call, next); }
  else if (told?.conflict) send(call, done);
}

function taken(call, given, told) {
  const one = calls.get(call);
  one.rev = told.rev;
  if (same(given, values(one.form))) kept.drop(call);
  else kept.write(call, { rev: one.rev, given: values(one.form) });
  one.done = Boolean(told.saved_at) && same(given, values(one.form));
  if (one.done && told.desk.me.state === "ready" && one.form.contains(document.activeElement)) document.activeElement.blur(); // key 1 takes the next
  if (one.done) for (const field of one.form.querySelectorAll("[name^='case.']")) field.dataset.was = field.value;
  say(one, `Saved ${new Date(told.at * 1000).toLocaleTimeString("en-GB")}`, "ok");
  one.form.querySelector("[data-told]").textContent = "";
  show(told.desk);
}

function refused(call, words, status) {
  const one = calls.get(call);
  one.form.querySelector("[data-told]").textContent = words;
  if (status !== 409) say(one, "Kept in this browser", "warn");
}

function conflict(call, theirs) {
  const one = calls.get(call);
  one.rev = theirs.rev;
  const notes = one.form.elements.notes;
  const at = notes.selectionStart;
  const both = joined(theirs.notes, notes.value);
  const before = both.length - notes.value.length;
  if (both === notes.value) return;
  notes.value = both;
  notes.setSelectionRange(at + before, at + before);
  kept.write(call, { rev: one.rev, given: values(one.form) });
}

function adopt(call, article) {
  const of = form(article);
  const one = { form: of, rev: Number(of.dataset.rev), done: false };
  calls.set(call, one);
  const local = kept.read(call);
  if (local && same(local.given, values(of))) kept.drop(call);
  else if (local) {
    const notes = local.rev === one.rev ? local.given.notes : joined(of.elements.notes.value, local.given.notes);
    fill(of, { ...local.given, notes });
    typed(call);
  }
  of.addEventListener("input", () => typed(call));
  of.addEventListener("change", () => typed(call));
  of.addEventListener("submit", (event) => { event.preventDefault(); send(call, true); });
}

// Tells whether somebody is at work in the card that is shown: then no other takes its place by itself.
function busy() {
  const article = shown();
  if (!article) return false;
  const one = calls.get(article.dataset.call);
  if (!one || one.done) return false;
  return article.contains(document.activeElement) || Boolean(one.form.elements.notes.value || one.form.elements.outcome.value);
}

function turn(call) {
  for (const article of articles()) article.hidden = article.dataset.call !== call;
  for (const article of articles()) if (article.hidden && calls.get(article.dataset.call)?.done) article.remove();
  others();
}

// Lists the other calls that are not finished; a key press leads to each.
function others() {
  const rest = articles().filter((one) => one.hidden && form(one));
  $("others").hidden = rest.length === 0;
  if ($("others").dataset.calls === rest.map((one) => one.dataset.call).join()) return;
  $("others").dataset.calls = rest.map((one) => one.dataset.call).join();
  $("others").replaceChildren("Not finished:", ...rest.map((one) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = one.querySelector("h2").textContent;
    button.addEventListener("click", () => turn(one.dataset.call));
    return button;
  }));
}

// Loads a call's card once, and shows it unless somebody is at work in another. `sealed` is the card that came with the
// ring of a browser phone: it opens a call that was never in a queue.
export async function bring(call, sealed = "", own = true) {
  const there = articles().find((one) => one.dataset.call === call);
  if (there && !(own && "reads" in there.dataset)) return;
  there?.remove(); // it was there to be read alone
  const article = document.createElement("div");
  article.dataset.call = call;
  article.hidden = true;
  $("calls").append(article);
  const answer = await fetch(`/desk/calls/${encodeURIComponent(call)}${sealed && `?card=${encodeURIComponent(sealed)}`}`, { headers: { "X-Requested-With": "script" } }).catch(() => null);
  if (!answer?.ok) {
    article.remove();
    if (answer?.status === 404) kept.drop(call);
    return;
  }
  article.innerHTML = await answer.text();
  if (form(article)) adopt(call, article);
  else article.dataset.reads = "";
  if (!busy()) turn(call);
  others();
  $("idle").hidden = true;
}

// Shows the card of a call about which a colleague asks, as long as they do.
export function asked(call) {
  for (const article of articles()) if ("reads" in article.dataset && article.dataset.call !== call) article.remove();
  if (call) bring(call, "", false);
}

// Fits the words of every form to what the agent does now.
export function live(now) {
  for (const article of articles()) {
    const of = form(article);
    if (!of) continue;
    const talks = now.call === article.dataset.call;
    const words = now.me.state === "wrap_up" ? "Save and be ready" : "Save";
    const button = of.querySelector("[data-save]");
    if (button.textContent !== words) button.textContent = words;
    article.querySelector("[data-when]").textContent = talks ? "fill in while you talk" : "the talk is over";
  }
}

// Takes over the cards that came with the page.
export function begin(how) {
  show = how;
  for (const article of articles()) adopt(article.dataset.call, article);
  others();
  addEventListener("pagehide", () => {
    for (const [call, one] of calls) {
      if (kept.read(call)) ask(one.form.action, { ...values(one.form), rev: one.rev, done: false }, true);
    }
  });
}
