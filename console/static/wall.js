// The wall: kept up to date by a stream or, where that breaks, by asking. Figures that are old are said to be, and stand still.
const $ = (id) => document.getElementById(id);
const box = $("main");
const POLL = 3000; // ms between two questions while there is no stream
const SILENT = 12000; // ms without a word on the stream, which speaks every five seconds: the line is dead
const AGAIN = 30000; // ms until a stream is tried again that was refused
const OLD = 15000; // ms after which figures are called old
const WARNED = 3600; // seconds before the sign-in of this screen ends, whatever is done
const wall = { ahead: 0, at: 0, html: "", source: null, heard: Date.now(), why: "" };
const shown = JSON.parse(box.dataset.shown);
const inZone = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: shown.zone, ...options });
const day = inZone({ weekday: "short", day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit" });
const minute = inZone({ hour: "2-digit", minute: "2-digit" });
const second = inZone({ hour: "2-digit", minute: "2-digit", second: "2-digit" });

const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;
const now = () => Date.now() + wall.ahead;
const isOld = () => now() - wall.at > OLD;

// Says since when nothing is known. Without news the waits stand still: nobody knows whether those callers are there yet.
function tick() {
  const old = isOld();
  const until = (old ? wall.at : now()) / 1000;
  for (const time of box.querySelectorAll("time[data-since]")) time.textContent = clock(Math.max(0, until - Number(time.dataset.since)));
  for (const tile of box.querySelectorAll("[data-tile][data-from]")) {
    const late = until - Number(tile.dataset.from) > Number(tile.dataset.target);
    tile.classList.toggle("warn", late);
    for (const word of tile.querySelectorAll("[data-late]")) word.hidden = !late;
    for (const word of tile.querySelectorAll("[data-waits]")) word.className = `st ${late ? "warn" : "info"}`;
  }
  $("clock").textContent = day.format(now());
  const left = shown.until - now() / 1000;
  const ending = left > 0 && left < WARNED ? `The sign-in of this screen ends at ${minute.format(shown.until * 1000)}` : "";
  if ($("ending").textContent !== ending) $("ending").textContent = ending;
  $("ending").hidden = !ending;
  $("live").className = `st ${old ? "bad" : "ok"}`;
  $("live").textContent = old ? `As of ${second.format(wall.at)}` : "Live";
  $("figures").classList.toggle("aged", old);
  if (old) say();
  $("banner").hidden = !old;
}

function say() {
  const words = `These figures are of ${second.format(wall.at)}. ${wall.why || "The hotline does not answer"}; it is asked again by itself.`;
  if ($("banner").textContent === words) return;
  $("banner").textContent = words;
  if (wall.why !== SIGNED_OUT) return;
  const door = document.createElement("a");
  door.href = box.dataset.signin;
  door.textContent = "Sign in";
  $("banner").append(" ", door);
}
const SIGNED_OUT = "The session of this screen is over";

function take(news) {
  wall.ahead = news.now * 1000 - Date.now();
  wall.at = news.at * 1000;
  wall.why = Date.now() + wall.ahead - wall.at > OLD ? "The database does not answer" : "";
  if (news.html && news.html !== wall.html) {
    wall.html = news.html;
    $("figures").innerHTML = news.html;
  }
  tick();
}

async function ask() {
  try {
    const answer = await fetch("/wall/now", {
      headers: { "X-Requested-With": "script" }, // so that a refusal is one, and no page to sign in
      signal: AbortSignal.timeout(8000),
    });
    if (answer.ok) return take(await answer.json());
    wall.why = answer.status === 401 || answer.status === 403 ? SIGNED_OUT : "The database does not answer";
  } catch {
    wall.why = "The hotline does not answer";
  }
  tick();
}

const streaming = () => wall.source?.readyState === EventSource.OPEN && Date.now() - wall.heard < SILENT;

function leave(wait) {
  wall.source?.close();
  wall.source = null;
  setTimeout(listen, wait);
}

function listen() {
  wall.source?.close();
  const source = new EventSource("/wall/stream");
  wall.source = source;
  wall.heard = Date.now();
  for (const name of ["wall", "beat"]) source.addEventListener(name, (event) => { wall.heard = Date.now(); take(JSON.parse(event.data)); });
  source.addEventListener("full", () => leave(AGAIN));
  source.addEventListener("over", () => leave(AGAIN));
  source.addEventListener("error", () => { if (source === wall.source && source.readyState === EventSource.CLOSED) leave(AGAIN); });
}

function look() {
  document.body.dataset.live = streaming() ? "stream" : "polling";
  if (streaming()) return;
  ask();
  // a line that died without a word is never told: the stream is begun anew
  if (wall.source && Date.now() - wall.heard > SILENT) listen();
}

function wake() {
  if (document.visibilityState !== "visible" || streaming()) return;
  ask();
  if (wall.source?.readyState !== EventSource.CONNECTING) listen();
}

document.addEventListener("visibilitychange", wake);
addEventListener("online", wake);
addEventListener("pageshow", (event) => { if (event.persisted) wake(); });
addEventListener("keydown", (event) => { if (event.key === "Escape") box.querySelector("[data-back]").click(); });

take(shown);
setInterval(tick, 1000);
setInterval(look, POLL);
listen();
