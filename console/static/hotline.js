// Hotline: the small shared script. Every page works without it; it adds the theme switch and the keyboard.
const root = document.documentElement;
const saved = (() => { try { return localStorage.getItem("theme"); } catch { return null; } })();
if (saved) root.dataset.theme = saved;
let armed = 0;

// On a phone the bars of pages scroll sideways: where one is must be seen.
for (const here of document.querySelectorAll(".rail nav [aria-current], .subnav [aria-current]")) {
  const bar = here.closest("nav");
  const hidden = here.getBoundingClientRect().right - bar.getBoundingClientRect().right;
  if (hidden > 0) bar.scrollLeft += hidden + 16;
}

function theme() {
  const dark = getComputedStyle(root).colorScheme === "dark"
    || (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "light" : "dark";
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* private window */ }
}

function move(step) {
  const rows = [...document.querySelectorAll("[data-rows] a[data-row]")];
  const at = rows.indexOf(document.activeElement);
  rows[Math.max(0, Math.min(rows.length - 1, at + step))]?.focus();
}

addEventListener("click", (e) => {
  if (e.target.closest("[data-theme-switch]")) theme();
  const opener = e.target.closest("[data-open]");
  if (opener) document.getElementById(opener.dataset.open)?.showModal();
  if (e.target.closest("[data-close]")) e.target.closest("dialog").close();
  if (e.target.closest("[data-print]")) print();
});

addEventListener("keydown", (e) => {
  const typing = e.composedPath()[0].isContentEditable || e.target.matches("input:not([type=radio], [type=checkbox]), textarea, select");
  if (e.key === "Escape" && typing) return e.target.blur();
  if (e.altKey && /^Digit[1-9]$/.test(e.code)) {
    const sets = [...document.querySelectorAll("[data-outcomes]")].filter((f) => f.checkVisibility());
    const radio = sets[0]?.querySelectorAll("input")[e.code.at(-1) - 1];
    if (radio) { e.preventDefault(); radio.click(); }
    return;
  }
  if (e.ctrlKey && e.key === "Enter") {
    const own = e.target.closest("form")?.querySelectorAll("[data-send]") ?? [];  // never another form's
    const main = [...(own.length ? own : document.querySelectorAll("[data-send]"))].find((b) => b.checkVisibility());
    if (main) { e.preventDefault(); main.click(); }
    return;
  }
  if (typing || e.ctrlKey || e.metaKey || e.altKey) return;
  if (Date.now() - armed < 1200) { // g, then a page: another key is no deed of the page that one was about to leave
    armed = 0;
    const link = document.querySelector(`.rail a[data-go="${CSS.escape(e.key)}"]`);
    if (link) { e.preventDefault(); link.click(); }
    return;
  }
  const hits = [...document.querySelectorAll(`[data-key~="${CSS.escape(e.key)}"]`)].filter((x) => !x.disabled && x.checkVisibility());
  const hit = hits.find((x) => "first" in x.dataset) ?? hits[0]; // what rings goes before what waits
  if (e.key === "g") armed = Date.now();
  else if (e.key === "?") document.getElementById("shortcuts")?.showModal();
  else if (e.key === "/") { e.preventDefault(); document.querySelector("[data-search]")?.focus(); }
  else if (e.key === "j") move(1);
  else if (e.key === "k") move(-1);
  else if (hit && !document.querySelector("dialog[open]")) { e.preventDefault(); hit.focus(); hit.click(); }
});

// Prepared words go into a field that holds nothing, or the words prepared before: what was typed is never lost.
addEventListener("change", (e) => {
  const into = document.getElementById(e.target.dataset?.fill ?? "");
  const before = [...(e.target.options ?? [])].map((one) => one.value);
  if (into && (!into.value.trim() || before.includes(into.value))) { into.value = e.target.value; into.focus(); }
});
