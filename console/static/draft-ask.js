// What every part of a draft's page needs: its elements, its words to people, its questions to the server.
import { byScript, over } from "./session.js";

export const $ = (id) => document.getElementById(id);
export const draft = $("draft").dataset;
export const home = `/menus/drafts/${draft.draft}`;
export const away = "The hotline does not answer.";

export function element(name, words, look) {
  const made = document.createElement(name);
  if (words !== undefined) made.textContent = words;
  if (look) made.className = look;
  return made;
}

let old = false; // whether the banner says that the page does not go on by itself

export function tell(words) {
  old = false;
  if ($("banner").textContent !== words) $("banner").textContent = words; // what is said once is not read out again
  $("banner").hidden = !words;
}

// Says that nothing goes on without a sign-in.
export function tellOver(more) {
  old = false;
  over($("banner"), more);
}

// Says by an answer's status that the page does not go on by itself, unless the banner tells more; or takes that back.
export function goesOn(status) {
  if (status === 200) return old && tell("");
  if (!old && !$("banner").hidden) return;
  if (status === 401) tellOver("What you type stands in this window and this browser.");
  else tell(`${status ? `The answer was ${status}.` : away} What others do is not seen here until it does.`);
  old = true;
}

// The answer's status, 0 where nobody answers, and what it told. What is small is sent even if the page is left.
export async function ask(path, body) {
  const token = document.querySelector("meta[name=csrf-token]").content;
  const text = JSON.stringify(body ?? {});
  try {
    const answer = await fetch(home + path, body === undefined ? { headers: byScript } : {
      method: "POST", body: text, headers: { ...byScript, "Content-Type": "application/json", "X-CSRFToken": token }, keepalive: text.length < 15_000,
    });
    const told = (answer.headers.get("Content-Type") ?? "").includes("json") ? await answer.json() : { error: `The answer was ${answer.status}.` };
    return { status: answer.status, told };
  } catch {
    return { status: 0, told: { error: away } };
  }
}
