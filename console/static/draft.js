// A draft: every text is kept as it is typed, checked at its place, and never written over somebody else's.
import { makeEditor } from "./editor.min.js";
import { mark } from "./menus.js";

const $ = (id) => document.getElementById(id);
const draft = $("draft").dataset;
const home = `/menus/drafts/${draft.draft}`;
const open = draft.open === "open";
const files = new Map(); // path -> {text, revision, who, at, dirty, saving, kept}
let here = "", words = { steps: [], teams: [], flags: [], recordings: [], deeds: [] };
let now = { problems: [], changed: {}, runs: {} };
let waiting = 0, drawn = "", conflict = null;

const editor = makeEditor($("editor"), {
  label: "Menu file in YAML",
  changed: typed,
  complete,
  keys: [{ key: "F12", run: () => { toBox(stepAt(editor.line())); return true; } }],
});

function element(name, words, look) {
  const made = document.createElement(name);
  if (words !== undefined) made.textContent = words;
  if (look) made.className = look;
  return made;
}

function tell(words) {
  $("banner").textContent = words;
  $("banner").hidden = !words;
}

async function ask(path, body) {
  const token = document.querySelector("meta[name=csrf-token]").content;
  const answer = await fetch(home + path, body === undefined ? {} : {
    method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", "X-CSRFToken": token },
  });
  const told = (answer.headers.get("Content-Type") ?? "").includes("json") ? await answer.json() : { error: `The answer was ${answer.status}.` };
  return { status: answer.status, told };
}

// What is typed and not kept yet stands in this browser, too: it outlives a crash and a network that is away.
const shelf = (path) => `draft:${draft.draft}:${path}`;
function shelve(path, file) {
  try {
    if (file.dirty) localStorage.setItem(shelf(path), JSON.stringify({ text: file.text, revision: file.revision }));
    else localStorage.removeItem(shelf(path));
  } catch { /* private window */ }
}
function unshelve(path, file) {
  try {
    const held = JSON.parse(localStorage.getItem(shelf(path)) ?? "null");
    if (held && held.text !== file.text) Object.assign(file, { text: held.text, revision: held.revision, dirty: true });
    else localStorage.removeItem(shelf(path));
  } catch { /* private window */ }
}

function typed() {
  const file = files.get(here);
  if (!file) return;
  file.text = editor.text();
  file.dirty = true;
  shelve(here, file);
  $("kept").textContent = open ? "…" : "This draft is closed: what you type is not kept.";
  clearTimeout(waiting);
  if (open) waiting = setTimeout(() => save(here), 600);
}

async function save(path, over) {
  const file = files.get(path);
  if (!file || file.saving || !file.dirty || (conflict && conflict.path === path && over === undefined)) return;
  file.saving = true;
  const text = file.text;
  try {
    const { status, told } = await ask("/file", { path, text, seen: over ?? file.revision });
    if (status === 409) return dispute(path, told);
    if (status !== 200) return tell(`Not kept: ${told.error} What you typed stands in this window and this browser.`);
    tell("");
    Object.assign(file, { revision: told.revision, who: draft.me, dirty: file.text !== text });
    shelve(path, file);
    $("kept").textContent = `Kept at ${told.kept_at} UTC.`;
    settle(told);
  } catch {
    tell("Not kept: the hotline does not answer. What you typed stands in this window and this browser, and is kept as soon as it does.");
    waiting = setTimeout(() => save(path), 5000);
  } finally {
    file.saving = false;
    if (file.dirty && !conflict && $("banner").hidden) { clearTimeout(waiting); waiting = setTimeout(() => save(path), 600); }
  }
}

function dispute(path, told) {
  conflict = { path, theirs: told.theirs };
  tell("");
  $("conflict-words").textContent = told.error;
  $("theirs").value = told.theirs?.text ?? "";
  $("yours").value = files.get(path).text;
  $("conflict").hidden = false;
  $("kept").textContent = "Not kept yet.";
  $("take-theirs").focus();
}

function settled(text, revision, dirty) {
  const { path, theirs } = conflict;
  const file = files.get(path);
  conflict = null;
  $("conflict").hidden = true;
  Object.assign(file, { text, revision, dirty, who: theirs?.who ?? "", at: theirs?.at ?? "" });
  shelve(path, file);
  if (path === here) { editor.replace(text); editor.focus(); }
  return path;
}
$("take-theirs").addEventListener("click", () => { settled(conflict.theirs?.text ?? "", conflict.theirs?.revision ?? 0, false); refresh(); });
$("keep-mine").addEventListener("click", () => {
  const mine = files.get(conflict.path).text;
  save(settled(mine, conflict.theirs?.revision ?? 0, true));
});

// ---- the files ----
function show(path, keep = true) {
  if (!files.has(path)) return;
  const before = files.get(here);
  if (before && keep) { before.kept = editor.state(); if (before.dirty) save(here); }
  here = path;
  const file = files.get(path);
  const kept = file.kept && file.kept.doc.toString() === file.text ? file.kept : undefined;
  editor.open(file.text, kept);
  tabs();
  diagnose();
}

function tabs() {
  const links = [...files.keys()].map((path) => {
    const link = element("a", path.replace(/^menus\//, ""));
    link.href = `#${path}`;
    if (path === here) link.setAttribute("aria-current", "true");
    for (const [severity, look] of [["error", "bad"], ["look at", "warn"]]) {
      const count = now.problems.filter((one) => one.path === path && one.severity === severity).length;
      if (!count) continue;
      const pill = element("span", count, `pill ${look}`);
      pill.append(element("span", severity === "error" ? " errors" : " to look at", "vh"));
      link.append(" ", pill);
    }
    link.addEventListener("click", (event) => { event.preventDefault(); show(path); editor.focus(); });
    return link;
  });
  const focused = document.activeElement?.closest("#files") ? document.activeElement.getAttribute("href") : "";
  $("files").replaceChildren(...links);
  if (focused) links.find((link) => link.getAttribute("href") === focused)?.focus();
  const file = files.get(here);
  $("earlier").href = `${home}/earlier?path=${encodeURIComponent(here)}`;
  $("whose").textContent = file ? `${here}: ${file.who}${file.at ? `, ${file.at}` : ""}` : "";
}

$("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = event.target.elements.path, path = field.value.trim();
  if (!path || files.has(path)) return path && show(path);
  const { status, told } = await ask("/file", { path, text: "", seen: 0 });
  if (status !== 200) return tell(told.error);
  tell("");
  files.set(path, { text: "", revision: told.revision, who: draft.me, at: "", dirty: false });
  field.value = "";
  show(path);
  settle(told);
  editor.focus();
});

// ---- problems ----
const go = (path, line, column) => { if (path !== here) show(path); editor.go(line, column); };

function diagnose() {
  editor.problems(now.problems.filter((one) => one.path === here));
}

function mend(problem) {
  show(problem.path);
  const lines = files.get(problem.path).text.split("\n");
  lines.splice(problem.fix.line - 1, problem.fix.last - problem.fix.line + 1, ...(problem.fix.text ? problem.fix.text.split("\n") : []));
  editor.change(lines.join("\n"));
  editor.go(problem.fix.line, 1);
}

function listed(problem) {
  const row = element("div", undefined, "prob");
  const bad = problem.severity === "error";
  const told = element("span", problem.text);
  if (problem.hint) told.append(element("span", ` ${problem.hint}.`, "dim"));
  if (problem.fix && open) {
    const button = element("button", "Put it right", "quiet small");
    button.type = "button";
    button.addEventListener("click", () => mend(problem));
    told.append(" ", button);
  }
  const place = element("small", undefined, "mono");
  const link = element("a", `${problem.path}:${problem.line}:${problem.column}`);
  link.href = `#${problem.path}`;
  link.addEventListener("click", (event) => { event.preventDefault(); go(problem.path, problem.line, problem.column); });
  place.append(files.has(problem.path) ? link : link.textContent, ` ${problem.code}`);
  row.append(element("span", problem.severity, `st ${bad ? "bad" : "warn"}`), told, place);
  return row;
}

function count() {
  const errors = now.errors, rest = now.problems.length - errors;
  const told = [];
  if (errors) told.push(element("span", `${errors} ${errors === 1 ? "error" : "errors"}`, "st bad"));
  if (rest) told.push(element("span", `${rest} to look at`, "st warn"));
  if (!told.length) told.push(element("span", "none", "st ok"));
  $("counts").replaceChildren(...told);
  const none = element("div", undefined, "empty");
  none.append(element("b", "Nothing is wrong"), "Hear it, play the scenarios, then see what changes and publish.");
  const sorted = [...now.problems].sort((a, b) => (a.severity === "error" ? 0 : 1) - (b.severity === "error" ? 0 : 1));
  $("problems").replaceChildren(...(sorted.length ? sorted.slice(0, 100).map(listed) : [none]));
  $("hear").disabled = errors > 0;
}

// ---- the picture ----
async function draw() {
  if (drawn === now.mark) return;
  const asked = drawn = now.mark;
  const answer = await fetch(`${home}/picture`);
  if (answer.status === 200) {
    const at = $("drawn").querySelector(".picture");
    const place = at ? [at.scrollLeft, at.scrollTop] : [0, 0];
    $("drawn").innerHTML = await answer.text();
    $("drawn").querySelector(".picture")?.scrollTo(...place);
  } else if (!$("drawn").firstChild) {
    $("drawn").replaceChildren(element("p", "There is no picture while the draft has errors.", "bd dim"));
  }
  if (asked !== now.mark) return;
  for (const box of document.querySelectorAll(".ivr .wrong")) box.classList.remove("wrong");
  for (const one of now.problems)
    if (one.severity === "error") $(`box-${stepAt(one.line, one.path)}`)?.parentNode.classList.add("wrong");
  for (const [step, how] of Object.entries(now.changed)) $(`box-${step}`)?.parentNode.classList.add(how);
  for (const [step, how] of Object.entries(now.changed)) document.querySelector(`[data-facts="${CSS.escape(step)}"] h3`)?.append(" ", element("span", how, `pill ${how === "new" ? "ok" : "warn"}`));
}

const area = (path) => path.replace(/^menus\//, "").replace(/\.yaml$/, "");
function stepAt(line, path = here) {
  const lines = (files.get(path)?.text ?? "").split("\n");
  for (let at = line; at > 0; at -= 1) {
    const found = /^([\w]+):/.exec(lines[at - 1] ?? "");
    if (found) return `${area(path)}.${found[1]}`;
  }
  return "";
}
function toBox(step) {
  const box = $(`box-${step}`);
  if (!box) return;
  mark(step);
  box.focus({ preventScroll: true });
  box.scrollIntoView({ block: "center", inline: "center" });
}
function toText(step) {
  const cut = step.indexOf("."), path = `menus/${step.slice(0, cut)}.yaml`, name = step.slice(cut + 1);
  const file = files.get(path);
  if (!file) return;
  mark(step);
  const line = file.text.split("\n").findIndex((one) => one.startsWith(`${name}:`)) + 1;
  go(path, Math.max(1, line), 1);
}
$("drawn").addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#step-']");
  if (link) { event.preventDefault(); event.stopPropagation(); toText(decodeURIComponent(link.getAttribute("href").slice(6))); }
});

// ---- completion ----
function complete(before) {
  const all = (list, detail) => list.map((label) => ({ label, detail }));
  if (/flag\.$/.test(before)) return all(words.flags, "flag");
  if (/\bteam:\s*$/.test(before)) return all(words.teams, "team");
  const near = area(here);
  const steps = words.steps.map((step) => ({ label: step.startsWith(`${near}.`) ? step.slice(near.length + 1) : step, detail: "step" }));
  if (/(->|\w+:)\s*$/.test(before)) return [...steps, ...all(words.teams, "team"), ...all(words.recordings, "recording")];
  if (/^\s+$/.test(before)) return all(words.deeds, "deed");
  return [...steps, ...all(words.flags.map((flag) => `flag.${flag}`), "flag")];
}

// ---- what is tried ----
function ran(kind) {
  const run = now.runs[kind], said = [];
  const button = document.querySelector(`[data-run=${kind}]`);
  button.disabled = !open || run?.state === "running" || now.errors > 0;
  if (!run) return [element("p", "Not tried yet.", "dim")];
  if (run.state === "running") {
    const bar = element("progress");
    bar.max = run.total || 1;
    bar.value = run.done;
    bar.setAttribute("aria-label", `${run.done} of ${run.total}`);
    return [element("p", `${run.done} of ${run.total}, begun by ${run.who}`), bar];
  }
  if (run.stale) said.push(element("p", "The draft has changed since.", "st warn wrap"));
  if (run.state !== "done") return [...said, element("p", run.result.error ?? "It was stopped. Begin it again.", "st bad wrap")];
  return [...said, ...(kind === "trial" ? trial(run.result) : scenarios(run.result))];
}

function scenarios(result) {
  const said = [element("p", `${result.passed} of ${result.passed + result.failed} scenarios pass`, `st wrap ${result.failed ? "bad" : "ok"}`)];
  for (const one of result.failures) {
    const more = element("details");
    more.append(element("summary", one.path), element("pre", one.why, "why-pre"));
    said.push(more);
  }
  return said;
}

function trial(result) {
  const list = element("dl", undefined, "facts");
  for (const [number, words] of [[result.keys.alike, "go the same way to the same end"], [result.keys.parted, "take another way"], [result.keys.elsewhere, "end elsewhere"], [result.keys.dead, "press a key that leads nowhere"], [result.keys.stopped, "could not be followed to their end"]])
    list.append(element("dt", number.toLocaleString("en"), "num"), element("dd", words));
  const said = [element("p", `${result.calls.toLocaleString("en")} past calls, by the same keys`), list];
  if (!result.calls) return [element("p", "No real call of the last 30 days has ended: there is nothing to try. The phone and the scenarios need none.", "dim")];
  for (const group of result.keys.groups) {
    const more = element("details");
    more.append(element("summary", `${group.kind}: ${group.calls} calls`), element("p", group.told));
    for (const one of group.examples) {
      const line = element("p", undefined, "small inline");
      const name = `${new Date(one.at * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
      const link = element(draft.calls ? "a" : "span", name);
      if (draft.calls) link.href = draft.calls + one.call;
      line.append(link, ` on ${one.line}${one.keys.length ? `, keys ${one.keys.join(" ")}` : ""}`);
      more.append(line);
    }
    said.push(more);
  }
  return said;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-run]");
  if (!button) return;
  button.disabled = true;
  const { status, told } = await ask(`/runs/${button.dataset.run}`, {});
  if (status !== 200) return tell(told.error);
  tell("");
  settle(told);
});

// ---- how it stands ----
const shown = {};
function settle(told) {
  now = told;
  for (const [path, theirs] of Object.entries(told.files)) {
    const file = files.get(path);
    if (!file) { fetchFile(path); continue; }
    if (theirs.revision === file.revision) { Object.assign(file, { at: theirs.at, who: theirs.who }); continue; }
    if (!file.dirty && !file.saving && theirs.revision > file.revision) fetchFile(path);
  }
  for (const path of [...files.keys()]) if (!(path in told.files) && !files.get(path).dirty) files.delete(path);
  tabs();
  diagnose();
  count();
  for (const kind of ["scenarios", "trial"]) {
    const said = JSON.stringify([now.runs[kind], now.errors > 0]);
    if (shown[kind] !== said) $(kind).replaceChildren(...ran(kind));
    shown[kind] = said;
  }
  draw();
}

async function fetchFile(path) {
  const { status, told } = await ask(`/file?path=${encodeURIComponent(path)}`);
  const file = files.get(path);
  if (status !== 200 || file?.dirty) return;
  files.set(path, { ...told, dirty: false });
  if (path === here) editor.replace(told.text);
  if (told.who !== draft.me) $("kept").textContent = `${told.who} changed ${path} at ${told.at}.`;
  tabs();
}

function company(others) {
  const words = others.length ? `${others.join(", ")} ${others.length === 1 ? "has" : "have"} this draft open, too.` : "";
  if ($("others").textContent !== words) $("others").textContent = words;
}

async function refresh() {
  try {
    const { status, told } = await ask("/state");
    if (status === 200) { company(told.others); settle(told); }
  } catch { /* the next round asks again; a save says that nobody answers */ }
}

// menus before what hangs on them, the first area first, config.yaml last
const rank = (path) => (path === "config.yaml" ? 99 : path.split("/").length) + (path === "menus/main.yaml" ? -1 : 0);
const { told } = await ask("/state?texts=yes");
words = told.words;
company(told.others);
for (const [path, file] of Object.entries(told.files).sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b))) { files.set(path, { ...file, dirty: false }); unshelve(path, files.get(path)); }
show([...files.keys()].find((path) => path === "menus/main.yaml") ?? files.keys().next().value, false);
settle(told);
for (const [path, file] of files) if (file.dirty && open) save(path);
document.body.dataset.ready = "yes";
setInterval(refresh, 3000);
addEventListener("pagehide", () => { const file = files.get(here); if (file?.dirty && open) save(here); });
