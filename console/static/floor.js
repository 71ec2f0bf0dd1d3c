// The floor: asks how it stands every two seconds and replaces the rows, never the button that has the focus.
const rows = document.getElementById("floor-rows");
const banner = document.getElementById("floor-banner");
const EVERY = 2000; // ms
let last = rows.innerHTML.trim();

function tick() {
  for (const time of rows.querySelectorAll("time[data-since]")) {
    const seconds = Math.max(0, Math.floor(Date.now() / 1000 - Number(time.dataset.since)));
    time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
}

function show(html) {
  if (html.trim() === last) return;
  last = html.trim();
  const held = rows.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  rows.innerHTML = html;
  if (held) rows.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
  tick();
}

async function look() {
  if (document.visibilityState === "hidden") return;
  try {
    const answer = await fetch(rows.dataset.now, { headers: { "X-Requested-With": "script" } });
    if (!answer.ok) throw new Error(String(answer.status));
    show((await answer.json()).html);
    banner.hidden = true;
  } catch {
    banner.hidden = false;
    banner.textContent = "The hotline does not answer. These rows are as they were; talks go on.";
  }
}

tick();
setInterval(tick, 1000);
setInterval(look, EVERY);
