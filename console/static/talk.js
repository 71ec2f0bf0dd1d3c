// The bar of one's own talk: deeds go by fetch, and the bar is looked at again every second while somebody talks. What
// is being typed or chosen in it is never taken away.
const box = document.querySelector("[data-talkbar]");
const banner = document.getElementById("talkbar-banner");
const EVERY = 1000; // milliseconds
let last = box.innerHTML.trim();

function show(html) {
  if (html.trim() === last) return;
  const typing = box.contains(document.activeElement) && document.activeElement.matches("input, select");
  if (typing && box.querySelector("[data-stage]")?.dataset.stage === stage(html)) return;
  const open = [...box.querySelectorAll("details[open][data-keep]")].map((each) => each.dataset.keep);
  const chosen = box.querySelector("[data-stage]")?.dataset.stage === stage(html) ? fields() : [];
  const held = box.contains(document.activeElement);
  const key = held ? document.activeElement.dataset.key : "";
  last = html.trim();
  box.innerHTML = html;
  for (const field of fields()) {
    const before = chosen.find((each) => named(each) === named(field));
    if (before && (field.matches("input") || [...field.options].some((each) => each.value === before.value))) field.value = before.value;
  }
  for (const name of open) box.querySelector(`[data-keep="${name}"]`)?.setAttribute("open", "");
  if (held) ((key && box.querySelector(`[data-key="${key}"]`)) ?? box.querySelector("button"))?.focus(); // keys go on from there
}

// What can be typed or chosen, and how each is called: by its form and its name.
const fields = () => [...box.querySelectorAll("select[name], input[name]:not([type=hidden])")];
const named = (field) => `${field.form?.getAttribute("action")} ${field.name}`;

function stage(html) {
  return new DOMParser().parseFromString(html, "text/html").querySelector("[data-stage]")?.dataset.stage;
}

function tell(words) {
  banner.hidden = !words;
  banner.textContent = words;
}

async function ask(form) {
  const buttons = form.querySelectorAll("button");
  buttons.forEach((each) => { each.disabled = true; });
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "script" } });
    const said = await answer.json();
    tell(answer.ok ? "" : said.error);
    if (answer.ok) show(said.html);
  } catch {
    tell("The hotline did not answer. The talk goes on as it was; try again.");
  } finally {
    buttons.forEach((each) => { each.disabled = false; });
  }
}

async function look() {
  if (document.visibilityState === "hidden") return;
  try {
    const answer = await fetch("/talk", { headers: { "X-Requested-With": "script" } });
    if (!answer.ok) return;
    const said = await answer.json();
    show(said.html);
    document.dispatchEvent(new CustomEvent("asked", { detail: said.asked }));
  } catch { /* the next look may be answered; what is shown stays */ }
}

box.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-talk]");
  if (!form) return;
  event.preventDefault();
  ask(form);
});
document.addEventListener("talk", look);
setInterval(look, EVERY);
