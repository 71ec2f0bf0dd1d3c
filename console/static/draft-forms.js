// What may stand where the caret is, by the forms (JSON Schema) that the check itself reads by. The library that does
// this for CodeMirror was tried: with our forms it completed nothing, and took more than a second for it.
const KEY = /^\s*(?:- +)*("[^"]*"|'[^']*'|[^\s:#{}[\],"'-][^\s:#{}[\],]*)\s*:(?:\s|$)/;
const VALUE = /([\w.-]+)\s*:\s+$/; // the caret stands behind this key

const keyOf = (line) => (line.match(KEY)?.[1] ?? "").replace(/^["']|["']$/g, "");
const column = (line) => line.match(/^\s*(?:- +)*/)[0].length;
const dashed = (line) => /^\s*- /.test(line);

// The maps that the caret is in, the file's own first: the keys of each, and the one that leads further in.
export function maps(lines, at, before) {
  const stack = [];
  const reach = (wide, item) => {
    while (stack.length && (stack.at(-1).wide > wide || (item && stack.at(-1).wide === wide))) stack.pop();
    if (stack.at(-1)?.wide !== wide) stack.push({ wide, item, keys: new Set(), key: "" });
    return stack.at(-1);
  };
  let found = [];
  lines.forEach((line, number) => {
    const text = number === at ? before : line, key = keyOf(text);
    if (number !== at && !key) return;
    const own = reach(column(text), dashed(text));
    own.key = key;
    if (key) own.keys.add(key);
    if (number === at) found = [...stack.map((one) => ({ ...one })), ...braces(before)];
  });
  return found;
}

// Those in braces that are open at the end of a text; each is under the last key before it.
function braces(text) {
  const open = [];
  const bare = text.replace(/"[^"]*"|'[^']*'/g, "").replace(/\{\w+\}/g, "");
  for (const [mark, key] of bare.matchAll(/[{}]|([\w.-]+)\s*:(?=\s)/g)) {
    if (mark === "{") open.push({ item: false, keys: new Set(), key: "" });
    else if (mark === "}") open.pop();
    else if (open.length) { open.at(-1).key = key; open.at(-1).keys.add(key); }
  }
  return open;
}

// All that a form stands for, in a map that has these keys.
function* meanings(form, root, keys) {
  if (!form || typeof form !== "object") return;
  if (form.$ref) { yield* meanings(root.definitions[form.$ref.split("/").at(-1)], root, keys); return; }
  yield form;
  for (const part of [...(form.anyOf ?? []), ...(form.oneOf ?? []), ...(form.allOf ?? [])]) {
    if (!part.if) yield* meanings(part, root, keys);
    else if (part.if.required?.every((key) => keys.has(key))) yield* meanings(part.then, root, keys);
  }
}
const under = (key) => (form) => form.properties?.[key] ?? form.additionalProperties;

// The forms of the innermost of some maps, or of the value under its key.
function forms(root, found, value) {
  let all = [root];
  found.forEach((map, depth) => {
    if (map.item) all = all.flatMap((form) => [...meanings(form, root, map.keys)]).map((form) => form.items);
    all = all.flatMap((form) => [...meanings(form, root, map.keys)]);
    if (value || depth < found.length - 1) all = all.map(under(map.key));
  });
  return value ? all.flatMap((form) => [...meanings(form, root, new Set())]) : all;
}

// The keys that the map at the caret may have and has not, each with what it is for; of a step without a deed, the deeds.
function keysOf(root, found) {
  const has = found.at(-1).keys;
  const known = Object.assign({}, ...forms(root, found, false).map((form) => form.properties ?? {}));
  const keys = Object.entries(known).map(([label, one]) => ({ label, detail: "key", info: one.description }));
  const deeds = Object.keys(root.definitions ?? {});
  if (found.length !== 2 || deeds.some((deed) => has.has(deed))) return keys.filter(({ label }) => !has.has(label));
  return deeds.map((label) => ({ label, detail: "deed", info: root.definitions[label].properties[label].description }));
}

// The words that may stand at the caret by the form of a file; none where a text, a name or a number stands.
export function fitting(root, lines, at, before) {
  const found = maps(lines, at, before);
  const fresh = /^\s*(?:- +)*$/.test(before) || (/[{,]\s*$/.test(before) && braces(before).length > 0);
  if (!VALUE.test(before)) return fresh ? keysOf(root, found) : [];
  const values = forms(root, found, true).flatMap((form) => form.enum ?? ("const" in form ? [form.const] : form.type === "boolean" ? [true, false] : []));
  const words = values.map((one) => (one === true ? "yes" : one === false ? "no" : String(one)));
  return [...new Set(words)].map((label) => ({ label, detail: "word" }));
}
