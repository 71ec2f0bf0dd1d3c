// What stands beside the phone: the YAML that is being carried out, and what the call knows.
const rule = /^(\s*)([^\s:#][^:#]*)(:)(.*)$/;
let shownPath = "";

function lineOf(text) {
  const line = document.createElement("span");
  line.className = "l";
  const parts = rule.exec(text);
  if (!parts) { line.textContent = text || " "; return line; }
  const key = document.createElement("span");
  key.className = "k";
  key.textContent = parts[2];
  line.append(parts[1], key, `${parts[3]}${parts[4]}`);
  return line;
}

export function showSource(source) {
  const box = document.getElementById("yaml");
  if (!source) return;
  document.getElementById("source").hidden = false;
  if (source.path !== shownPath) {
    document.getElementById("path").textContent = source.path;
    box.replaceChildren(...source.lines.map(lineOf));
    shownPath = source.path;
  }
  [...box.children].forEach((line, at) => {
    line.classList.toggle("now", at + 1 > source.first && at + 1 <= source.last);
    line.classList.toggle("here", at + 1 === source.first);
  });
  const here = box.querySelector(".here");
  if (here) box.scrollTop = here.offsetTop - box.offsetTop - box.clientHeight / 3;
}

export function showKnows(facts) {
  const list = document.getElementById("knows");
  list.replaceChildren(...facts.flatMap(([name, value]) => {
    const term = document.createElement("dt");
    const told = document.createElement("dd");
    term.textContent = name;
    told.textContent = value;
    return [term, told];
  }));
}
