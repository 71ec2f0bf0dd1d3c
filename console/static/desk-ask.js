// One question to the server: its status (0 where nobody answered) and what it told.
export async function ask(url, body, keepalive = false) {
  try {
    const answer = await fetch(url, {
      method: "POST",
      keepalive,
      headers: { "X-Requested-With": "script", "Content-Type": "application/json", "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content },
      body: JSON.stringify(body),
    });
    return { status: answer.status, told: await answer.json().catch(() => null) };
  } catch {
    return { status: 0, told: null };
  }
}
