// A recording: how loud it is, where one listens, and how fast. Without script the browser's own player is there.
const SPEEDS = [0.75, 1, 1.25, 1.5, 2];
const SVG = "http://www.w3.org/2000/svg";

function draw(wave, heights) {
  wave.replaceChildren(...heights.map((height, at) => {
    const bar = document.createElementNS(SVG, "rect");
    const tall = Math.max(1, height * 0.46);
    for (const [name, value] of Object.entries({ x: at, y: 24 - tall / 2, width: 0.7, height: tall })) bar.setAttribute(name, value);
    bar.setAttribute("class", "rest");
    return bar;
  }));
}

for (const box of document.querySelectorAll("[data-player]")) {
  const [audio, wave] = [box.querySelector("audio"), box.querySelector(".wave")];
  const speed = (step) => {
    const at = SPEEDS.indexOf(audio.playbackRate) + step;
    audio.playbackRate = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at))];
  };
  const progress = () => {
    const heard = audio.duration ? audio.currentTime / audio.duration : 0;
    [...wave.children].forEach((bar, at, all) => bar.setAttribute("class", at < heard * all.length ? "done" : "rest"));
  };
  const play = box.querySelector("[data-play]");

  fetch(box.dataset.peaks, { headers: { "X-Requested-With": "script" } })
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
    .then((told) => draw(wave, told.peaks))
    .catch(() => { wave.remove(); });
  play.addEventListener("click", () => { if (audio.paused) audio.play(); else audio.pause(); });
  box.querySelector("[data-slower]").addEventListener("click", () => speed(-1));
  box.querySelector("[data-faster]").addEventListener("click", () => speed(1));
  audio.addEventListener("ratechange", () => { box.querySelector("[data-speed]").textContent = `${audio.playbackRate}×`; });
  for (const name of ["play", "pause"]) audio.addEventListener(name, () => { play.firstChild.textContent = audio.paused ? "Play" : "Pause"; });
  audio.addEventListener("timeupdate", progress);
  wave.addEventListener("click", (event) => {
    if (!audio.duration) return;
    const edges = wave.getBoundingClientRect();
    audio.currentTime = audio.duration * (event.clientX - edges.left) / edges.width;
    progress();
  });
}
