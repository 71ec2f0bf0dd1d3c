// Menus: a step's box leads to its text and back; one file is shown at a time. Without it every file stands there.
const texts = document.querySelector(".texts");
const files = [...document.querySelectorAll(".files a[href^='#file-']")];

function show(pre) {
  if (!pre) return;
  for (const other of texts.querySelectorAll("pre")) other.hidden = other !== pre;
  for (const link of files) link.toggleAttribute("aria-current", link.hash === `#${pre.id}`);
}

export function mark(step) {
  for (const line of document.querySelectorAll(".texts .l")) line.classList.toggle("now", line.dataset.step === step);
  for (const box of document.querySelectorAll(".ivr a[id^='box-']")) box.parentNode.classList.toggle("sel", box.id === `box-${step}`);
  for (const facts of document.querySelectorAll("[data-facts]")) facts.hidden = facts.dataset.facts !== step;
  const none = document.querySelector("[data-none]");
  if (none) none.hidden = true;
}

function bring(element) {
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "center", inline: "center" });
}

function follow() {
  const id = decodeURIComponent(location.hash.slice(1));
  const target = document.getElementById(id);
  if (!target) return;
  if (id.startsWith("file-")) { show(target); target.focus({ preventScroll: true }); }
  if (id.startsWith("step-")) { show(target.closest("pre")); mark(id.slice(5)); bring(target); }
  if (id.startsWith("box-")) { mark(id.slice(4)); bring(target); }
}

if (texts) {
  show(texts.querySelector("pre"));
  addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#step-'], a[href^='#box-'], a[href^='#file-']");
    if (!link) return;
    event.preventDefault();
    history.replaceState(null, "", link.getAttribute("href"));
    follow();
  });
  follow();
}
