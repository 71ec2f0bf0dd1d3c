// What every part of a draft's page needs: its elements, its words to people, its questions to the server.
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

export function tell(words) {
  $("banner").textContent = words;
  $("banner").hidden = !words;
}

// The answer's status, 0 where nobody answers, and what it told. What is small is sent even if the page is left.
export async function ask(path, body) {
  const token = document.querySelector("meta[name=csrf-token]").content;
  const text = JSON.stringify(body ?? {});
  try {
    const answer = await fetch(home + path, body === undefined ? {} : {
      method: "POST", body: text, headers: { "Content-Type": "application/json", "X-CSRFToken": token }, keepalive: text.length < 15_000,
    });
    const told = (answer.headers.get("Content-Type") ?? "").includes("json") ? await answer.json() : { error: `The answer was ${answer.status}.` };
    return { status: answer.status, told };
  } catch {
    return { status: 0, told: { error: away } };
  }
}
