// The menu's picture in any size: whole in its box, or larger, by buttons. Without it the picture stands in its own
// size and scrolls. What is in the middle of the box stays there.
const STEP = 1.5;
const LARGEST = 3;

let size = 0; // times its own size; 0: whole in its box

function own(svg) {
  return { width: svg.viewBox.baseVal.width, height: svg.viewBox.baseVal.height };
}

function whole(box, svg) {
  const { width, height } = own(svg);
  const style = getComputedStyle(box);
  const room = (...sides) => sides.reduce((sum, side) => sum + Number.parseFloat(style[`padding${side}`]), 0);
  const wide = (box.clientWidth - room("Left", "Right")) / width;
  const high = (Number.parseFloat(style.maxHeight) - room("Top", "Bottom")) / height;
  return Math.min(1, wide, high || 1);
}

function draw(box) {
  const svg = box.querySelector("svg");
  const { width, height } = own(svg);
  const now = size || whole(box, svg);
  const before = svg.getBoundingClientRect().width || 1;
  const middle = { x: box.scrollLeft + box.clientWidth / 2, y: box.scrollTop + box.clientHeight / 2 };
  svg.style.width = `${Math.round(width * now)}px`;
  svg.style.height = `${Math.round(height * now)}px`;
  const grown = (width * now) / before;
  box.scrollTo(middle.x * grown - box.clientWidth / 2, middle.y * grown - box.clientHeight / 2);
}

function button(words, text, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.setAttribute("aria-label", words);
  made.addEventListener("click", press);
  return made;
}

function give(box) {
  const svg = box.querySelector("svg");
  if (!svg || box.previousElementSibling?.classList.contains("sizes")) return;
  const change = (by) => {
    const least = whole(box, svg);
    const next = (size || least) * by;
    size = next <= least ? 0 : Math.min(next, LARGEST);
    draw(box);
  };
  const row = document.createElement("div");
  row.className = box.classList.contains("as-pic") ? "sizes row as-pic" : "sizes row";
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", "Size of the picture");
  row.append(
    button("The whole picture", "Whole", () => { size = 0; draw(box); }),
    button("Smaller", "−", () => change(1 / STEP)),
    button("Larger", "+", () => change(STEP)),
    button("In its own size", "1:1", () => { size = 1; draw(box); }),
  );
  box.before(row);
  size = matchMedia("(max-width: 640px)").matches ? size : size || 1;
  draw(box);
}

const every = () => document.querySelectorAll(".picture").forEach(give);
every();
const drawn = document.getElementById("drawn");
if (drawn) new MutationObserver(every).observe(drawn, { childList: true });
