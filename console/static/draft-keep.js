// The files of a draft, and how they are kept: each as it is typed, again and again while nobody answers, and never
// over somebody else's text.
import { $, ask, draft, tell, tellOver } from "./draft-ask.js";

export const open = draft.open === "open" || draft.open === "publishing";
export const files = new Map(); // path -> {text, revision, who, at, dirty, saving, kept}
const page = { here: () => "", brought() {}, settle() {}, refresh() {} }; // what the page does; see `keeper`
const AGAIN = 5000; // milliseconds until what was not kept is sent again
let waiting = 0, changes = 0, conflict = null;

export const keeper = (made) => Object.assign(page, made);

// How many changes of ours were answered: an answer that was asked for before the last of them is late.
export const changed = () => changes;

// A change of a file, sent: its answer is shown where it is not late.
export async function change(body) {
  const asked = changes;
  const { status, told } = await ask("/file", body);
  const late = asked !== changes;
  if (status === 200) changes += 1;
  return { status, told, show: () => (late ? page.refresh() : page.settle(told)) };
}

// What is typed and not kept yet stands in this browser, too: it outlives a crash and a network that is away.
const shelf = (path) => `draft:${draft.draft}:${path}`;
export function shelve(path, file) {
  try {
    if (file.dirty) localStorage.setItem(shelf(path), JSON.stringify({ text: file.text, revision: file.revision }));
    else localStorage.removeItem(shelf(path));
  } catch { /* private window */ }
}
export function unshelve() {
  try {
    const held = Object.keys(localStorage).filter((key) => key.startsWith(shelf(""))).map((key) => key.slice(shelf("").length));
    for (const path of held) {
      const { text, revision } = JSON.parse(localStorage.getItem(shelf(path)));
      const file = files.get(path) ?? { text: "", revision: 0, who: "", at: "" };
      if (text === file.text) { localStorage.removeItem(shelf(path)); continue; }
      files.set(path, Object.assign(file, { text, revision, dirty: true }));
    }
  } catch { /* private window */ }
}

const later = (pause) => { clearTimeout(waiting); waiting = setTimeout(saveAll, pause); };

export function typed(path, text) {
  const file = files.get(path);
  if (!file) return;
  Object.assign(file, { text, dirty: true });
  shelve(path, file);
  $("kept").textContent = open ? "…" : "This draft is closed: what you type is not kept.";
  if (open) later(600);
}

// Keep every file that waits for it, and tell whether all are kept now.
export async function saveAll() {
  if (!open) return true;
  const disputed = conflict?.path;
  await Promise.all([...files].filter(([path, file]) => file.dirty && path !== disputed).map(([path]) => save(path)));
  return [...files.values()].every((file) => !file.dirty && !file.saving);
}

async function save(path) {
  const file = files.get(path);
  if (file.saving) return file.saving;
  file.saving = send(path, file);
  try { return await file.saving; } finally { file.saving = undefined; }
}

async function send(path, file) {
  const text = file.text;
  const { status, told, show } = await change({ path, text, seen: file.revision });
  if (status === 409) return dispute(path, told);
  if (status !== 200) {
    const again = "What you typed stands in this window and this browser, and is sent again every few seconds.";
    if (status === 401) tellOver(`Not kept. ${again}`);
    else tell(`Not kept: ${told.error} ${again}`);
    return later(AGAIN);
  }
  Object.assign(file, { revision: told.revision, who: draft.me, dirty: file.text !== text });
  shelve(path, file);
  if (![...files.values()].some((each) => each !== file && each.dirty)) tell("");
  $("kept").textContent = `Kept at ${told.kept_at} UTC.`;
  show();
  if (file.dirty) later(600);
}

// Wait until all that was typed is kept; false where it cannot be, and the page says why.
export async function kept() {
  clearTimeout(waiting);
  for (let round = 0; round < 5; round += 1) if (await saveAll()) return true;
  if (conflict) $("take-theirs").focus();
  return false;
}

// ---- two texts of one file ----
function dispute(path, told) {
  if (conflict) return later(AGAIN); // one after the other
  conflict = { path, theirs: told.theirs };
  tell("");
  $("conflict-words").textContent = told.error;
  $("theirs").value = told.theirs?.text ?? "";
  $("yours").value = files.get(path).text;
  $("conflict").hidden = false;
  $("kept").textContent = "Not kept yet.";
  $("take-theirs").focus();
}

function settled(text, dirty) {
  const { path, theirs } = conflict;
  const file = files.get(path);
  conflict = null;
  $("conflict").hidden = true;
  Object.assign(file, { text, dirty, revision: theirs?.revision ?? 0, who: theirs?.who ?? "", at: theirs?.at ?? "" });
  shelve(path, file);
  if (!dirty && (!theirs || theirs.gone)) files.delete(path);
  page.brought(path, text);
  later(0);
}
$("take-theirs").addEventListener("click", () => { settled(conflict.theirs?.text ?? "", false); page.refresh(); });
$("keep-mine").addEventListener("click", () => settled(files.get(conflict.path).text, true));

// ---- leaving the page ----
addEventListener("pagehide", () => { saveAll(); });
document.addEventListener("click", (event) => {
  const link = event.target.closest(".top a[href], .banner a[href]");
  if (!link || "door" in link.dataset || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  go(event, () => { location.href = link.href; });
});
document.addEventListener("submit", (event) => {
  if (event.target.closest(".top, .banner, #trial")) go(event, () => event.target.requestSubmit(event.submitter));
});
async function go(event, on) {
  if (![...files.values()].some((file) => file.dirty || file.saving)) return;
  event.preventDefault();
  if (await kept()) on();
}
