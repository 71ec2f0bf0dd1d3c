// What is tried on a draft: how far it is, and what came of it.
import { draft, element, home } from "./draft-ask.js";

// The state of a run as the page shows it; `idle` where it may not be begun.
export function ran(kind, run, idle) {
  const said = [];
  const button = document.querySelector(`[data-run=${kind}]`);
  button.disabled = idle || run?.state === "running";
  if (!run) return [element("p", "Not tried yet.", "dim")];
  if (run.state === "running") {
    const bar = element("progress");
    bar.max = run.total || 1;
    bar.value = run.done;
    bar.setAttribute("aria-label", `${run.done} of ${run.total}`);
    return [element("p", `${run.done} of ${run.total}, begun by ${run.who}`), bar];
  }
  if (run.stale) said.push(element("p", "The draft has changed since.", "st warn wrap"));
  if (run.state !== "done") return [...said, element("p", run.result.error ?? "It was stopped. Begin it again.", "st bad wrap")];
  return [...said, ...(kind === "trial" ? trial(run.result) : scenarios(run.result))];
}

function scenarios(result) {
  const said = [element("p", `${result.passed} of ${result.passed + result.failed} scenarios pass`, `st wrap ${result.failed ? "bad" : "ok"}`)];
  for (const one of result.failures) {
    const more = element("details");
    const link = element("a", "Open it");
    link.href = `#${one.path}`;
    link.dataset.file = one.path;
    more.append(element("summary", one.path), element("pre", one.why, "why-pre"), link);
    said.push(more);
  }
  return said;
}

function trial(result) {
  const list = element("dl", undefined, "facts");
  for (const [number, words] of [[result.keys.alike, "go the same way to the same end"], [result.keys.parted, "take another way"], [result.keys.elsewhere, "end elsewhere"], [result.keys.dead, "press a key that leads nowhere"], [result.keys.stopped, "could not be followed to their end"]])
    list.append(element("dt", number.toLocaleString("en"), "num"), element("dd", words));
  const said = [element("p", `${result.calls.toLocaleString("en")} past calls, by the same keys`), list];
  if (!result.calls) return [element("p", "No real call of the last 30 days has ended: there is nothing to try. The phone and the scenarios need none.", "dim")];
  for (const group of result.keys.groups) {
    const more = element("details");
    more.append(element("summary", `${group.kind}: ${group.calls} calls`), element("p", group.told));
    for (const one of group.examples) {
      const line = element("p", undefined, "small inline");
      const name = `${new Date(one.at * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
      const link = element(draft.calls ? "a" : "span", name);
      if (draft.calls) link.href = draft.calls + one.call;
      const then = one.more ? ", then a number of the caller's own" : "";
      line.append(link, ` on ${one.line}${one.keys.length ? `, keys ${one.keys.join(" ")}` : ""}${then}`);
      if (draft.open === "open") line.append(" ", player(one, name));
      more.append(line);
    }
    said.push(more);
  }
  return said;
}


// Leads to the phone, where the draft is called at the time of a past call and its keys are pressed.
function player(one, name) {
  const form = element("form"), button = element("button", "Play it", "quiet small");
  form.method = "post";
  form.action = `${home}/hear`;
  button.append(element("span", ` as it would be: the call of ${name}`, "vh"));
  const token = document.querySelector("meta[name=csrf-token]").content;
  for (const [field, value] of [["csrf_token", token], ["line", one.line], ["at", one.at], ["keys", one.keys.join(" ")], ...one.flags.map((flag) => ["flag", flag])]) {
    const hidden = element("input");
    Object.assign(hidden, { type: "hidden", name: field, value });
    form.append(hidden);
  }
  form.append(button);
  return form;
}
