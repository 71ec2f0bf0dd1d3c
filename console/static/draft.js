// A draft: every text is kept as it is typed, checked at its place, and never written over somebody else's.
import { makeEditor } from "./editor.min.js";
import { $, ask, draft, element, goesOn, home, tell } from "./draft-ask.js";
import { change, changed, files, keeper, kept, open, saveAll, typed, unshelve } from "./draft-keep.js";
import { fitting } from "./draft-forms.js";
import { ran } from "./draft-tried.js";
import { mark } from "./menus.js";
import { byScript } from "./session.js";

let here = "", words = { steps: [], teams: [], flags: [], recordings: [], forms: {} };
let now = { problems: [], changed: {}, runs: {} };
let drawn = "";

const editor = makeEditor($("editor"), {
  label: "Menu file in YAML",
  changed: () => typed(here, editor.text()),
  complete,
  keys: [{ key: "F12", run: () => { toBox(stepAt(editor.line())); return true; } }],
});
keeper({
  brought(path, text) {
    if (!files.has(path)) return show([...files.keys()][0], false);
    if (path === here) { editor.replace(text); editor.focus(); }
  },
  settle, refresh,
});

// ---- the files ----
function show(path, keep = true) {
  if (!files.has(path)) return;
  const before = files.get(here);
  if (before && keep) before.kept = editor.state();
  if (before?.dirty) saveAll();
  here = path;
  const file = files.get(path);
  const kept = file.kept && file.kept.doc.toString() === file.text ? file.kept : undefined;
  editor.open(file.text, kept);
  tabs();
  diagnose();
}

const isScenario = (path) => path.startsWith("menus/tests/");

function tabs() {
  const links = [...files.keys()].filter((path) => !isScenario(path) || path === here).map((path) => {
    const link = element("a", path.replace(/^menus\//, ""));
    link.href = `#${path}`;
    if (path === here) { link.setAttribute("aria-current", "true"); link.dataset.key = "t"; }
    for (const [severity, look] of [["error", "bad"], ["look at", "warn"]]) {
      const count = now.problems.filter((one) => one.path === path && one.severity === severity).length;
      if (!count) continue;
      const pill = element("span", count, `pill ${look}`);
      pill.append(element("span", severity !== "error" ? " to look at" : count === 1 ? " error" : " errors", "vh"));
      link.append(" ", pill);
    }
    link.addEventListener("click", (event) => { event.preventDefault(); show(path); editor.focus(); });
    return link;
  });
  const focused = document.activeElement?.closest("#files") ? document.activeElement.getAttribute("href") : "";
  $("files").replaceChildren(...links);
  if (focused) links.find((link) => link.getAttribute("href") === focused)?.focus();
  scenarios();
  const file = files.get(here);
  $("earlier").href = `${home}/earlier?path=${encodeURIComponent(here)}`;
  $("whose").textContent = file ? `${here}: ${file.who}${file.at ? `, ${file.at}` : ""}` : "";
}

// The scenarios stand apart: there are many, and they are opened when one fails.
function scenarios() {
  const paths = [...files.keys()].filter(isScenario);
  $("scenario-count").textContent = `${paths.length} ${paths.length === 1 ? "file" : "files"}`;
  if ($("scenario-files").dataset.shown === paths.join()) return;
  $("scenario-files").dataset.shown = paths.join();
  $("scenario-files").replaceChildren(...paths.map((path) => {
    const link = element("a", path.replace("menus/tests/", ""));
    link.href = `#${path}`;
    link.dataset.file = path;
    return link;
  }));
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-file]");
  if (!link || !files.has(link.dataset.file)) return;
  event.preventDefault();
  show(link.dataset.file);
  editor.focus();
});

// A file that is new to the draft, or was taken from it before: then its revision goes on from there.
async function make(path, text) {
  let { status, told, show: shown } = await change({ path, text, seen: 0 });
  if (status === 409 && told.theirs?.gone) ({ status, told, show: shown } = await change({ path, text, seen: told.theirs.revision }));
  if (status !== 200) return tell(`${path} is not in the draft: ${told.error}`);
  tell("");
  files.set(path, { text, revision: told.revision, who: draft.me, at: "", dirty: false });
  show(path);
  shown();
  editor.focus();
  return true;
}

$("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = event.target.elements.path, path = field.value.trim();
  if (!path || files.has(path)) return path && show(path);
  if (await make(path, "")) field.value = "";
});

$("remove")?.addEventListener("click", async () => {
  const path = here, file = files.get(path);
  if (!file || !(await kept())) return;
  const { status, told, show: shown } = await change({ path, text: "", seen: file.revision, gone: true });
  if (status !== 200) { tell(`${path} was not removed: ${told.error}`); return; }
  tell("");
  files.delete(path);
  show([...files.keys()][0], false);
  const back = element("button", "Put it back", "quiet small");
  back.type = "button";
  back.addEventListener("click", async () => { if (await make(path, file.text)) $("kept").textContent = `${path} is back.`; });
  $("kept").replaceChildren(`${path} is removed from the draft. `, back);
  back.focus();
  shown();
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
  const answer = await fetch(`${home}/picture`, { headers: byScript });
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
  const form = words.forms[here === "config.yaml" ? "config" : /^menus\/\w+\.yaml$/.test(here) ? "menu" : ""];
  const fit = form ? fitting(form, editor.text().split("\n"), editor.line() - 1, before) : [];
  if (fit.length) return fit;
  const near = area(here);
  const written = [...files].flatMap(([path, file]) => /^menus\/\w+\.yaml$/.test(path) ? [...file.text.matchAll(/^([a-z]\w*):/gm)].map((found) => `${area(path)}.${found[1]}`) : []);
  const steps = [...new Set([...words.steps, ...written])].map((step) => ({ label: step.startsWith(`${near}.`) ? step.slice(near.length + 1) : step, detail: "step" }));
  if (/(->|\w+:)\s*$/.test(before)) return [...steps, ...all(words.teams, "team"), ...all(words.recordings, "recording")];
  return [...steps, ...all(words.flags.map((flag) => `flag.${flag}`), "flag")];
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-run]");
  if (!button) return;
  button.disabled = true;
  if (!(await kept())) { button.disabled = false; return; }
  const { status, told } = await ask(`/runs/${button.dataset.run}`, {});
  if (status !== 200) { button.disabled = false; return tell(told.error); }
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
  if (!files.has(here)) show([...files.keys()][0], false);
  tabs();
  diagnose();
  count();
  for (const kind of ["scenarios", "trial"]) {
    const said = JSON.stringify([now.runs[kind], now.errors > 0]);
    if (shown[kind] !== said) $(kind).replaceChildren(...ran(kind, now.runs[kind], !open || now.errors > 0));
    shown[kind] = said;
  }
  draw();
}

async function fetchFile(path) {
  const asked = changed();
  const { status, told } = await ask(`/file?path=${encodeURIComponent(path)}`);
  const file = files.get(path);
  if (status !== 200 || asked !== changed() || file?.dirty || file?.saving || told.revision <= file?.revision) return;
  files.set(path, { ...told, dirty: false });
  if (path === here) editor.replace(told.text);
  if (told.who !== draft.me) $("kept").textContent = `${told.who} changed ${path} at ${told.at}.`;
  tabs();
}

function company(others) {
  const words = others.length ? `${others.join(", ")} ${others.length === 1 ? "has" : "have"} this draft open, too.` : "";
  if ($("others").textContent !== words) $("others").textContent = words;
}

// What was asked before a change of ours is late when it comes after it: the next round tells what holds now.
async function refresh() {
  const asked = changed();
  const { status, told } = await ask("/state");
  goesOn(status);
  if (status !== 200) return; // the next round asks again
  company(told.others);
  if (told.state !== draft.open && ![...files.values()].some((file) => file.dirty)) return location.reload();
  if (asked === changed()) settle(told);
}

// menus before what hangs on them, the first area first, config.yaml last
const rank = (path) => (path === "config.yaml" ? 99 : path.split("/").length) + (path === "menus/main.yaml" ? -1 : 0);
const { status, told } = await ask("/state?texts=yes");
if (status !== 200) tell(`${told.error} Open the page again.`);
else begin(told);

function begin(first) {
  words = first.words;
  company(first.others);
  for (const [path, file] of Object.entries(first.files).sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b))) files.set(path, { ...file, dirty: false });
  unshelve();
  show(files.has("menus/main.yaml") ? "menus/main.yaml" : files.keys().next().value, false);
  settle(first);
  saveAll();
  document.body.dataset.ready = "yes";
  setInterval(refresh, 3000);
}
