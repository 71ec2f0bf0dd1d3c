// What every page that goes on by itself says when its session is over: the way back to it leads by the sign-in.
export const byScript = { "X-Requested-With": "script" }; // so that a refusal is one, and no page to sign in

export function over(banner, more = "") {
  const door = document.createElement("a");
  door.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
  door.textContent = "Sign in";
  door.dataset.door = "";
  const words = `Your session is over. ${more}`;
  if (banner.hidden || banner.firstChild?.textContent !== words) banner.replaceChildren(words, " ", door); // a focus on it stays
  banner.hidden = false;
}
