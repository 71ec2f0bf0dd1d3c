// What goes on by itself: asks every few seconds and replaces the inside of [data-poll]; the focus stays where it is.
import { byScript, over } from "./session.js";

for (const box of document.querySelectorAll("[data-poll]")) {
  const old = document.getElementById(box.dataset.pollOld ?? "");
  const away = old?.textContent;
  let last = box.innerHTML.trim();

  const show = (html) => {
    if (html.trim() === last) return;
    last = html.trim();
    const held = box.contains(document.activeElement) ? document.activeElement.id : "";
    box.innerHTML = html;
    if (held) document.getElementById(held)?.focus();
  };

  setInterval(async () => {
    if (document.visibilityState === "hidden" || box.querySelector("[data-poll-end]")) return;
    try {
      const answer = await fetch(box.dataset.poll, { headers: byScript });
      if (answer.status === 401) return old && over(old, "What stands here is as it was.");
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      show(await answer.text());
      if (old) old.hidden = true;
    } catch {
      if (!old) return;
      if (old.textContent !== away) old.textContent = away; // what is said once is not read out again
      old.hidden = false;
    }
  }, Number(box.dataset.every ?? 3000));
}
