// The editor of menus, as one bundle: CodeMirror with what the pages need of it. Built by `make assets`.
import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, nextDiagnostic, previousDiagnostic, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const look = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--surface)", fontSize: ".78rem", height: "100%" },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "-2px" },
  ".cm-content, .cm-gutters": { fontFamily: "var(--mono)", lineHeight: "1.62" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--ink-3)", border: "0" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--accent) 7%, transparent)" },
  ".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--line-strong)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent-soft)", color: "var(--ink)" },
  ".cm-completionDetail": { color: "var(--ink-3)", fontStyle: "normal" },
  ".cm-diagnostic": { fontFamily: "var(--sans)" },
});
const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "light-dark(#1d4f8f, #9cc3ff)" },
  { tag: tags.comment, color: "var(--ink-3)", fontStyle: "italic" },
  { tag: [tags.number, tags.bool], color: "light-dark(#86386a, #e8abcb)" },
]);

// Words that fit where the caret stands: `complete(before, word)` gives [{label, detail}] for the line before it.
const words = (complete) => (context) => {
  const word = context.matchBefore(/[\w.]*/);
  if (!word || (word.from === word.to && !context.explicit)) return null;
  const line = context.state.doc.lineAt(context.pos);
  const options = complete(line.text.slice(0, word.from - line.from), word.text);
  return options.length ? { from: word.from, options, validFor: /^[\w.]*$/ } : null;
};

// An editor in `parent`. It stands in a tree of its own: there its style comes as a sheet, which a strict policy allows.
export function makeEditor(parent, { label, changed, complete, keys }) {
  const root = parent.attachShadow({ mode: "open" });
  let quiet = false;
  const extensions = [
    lineNumbers(), history(), highlightActiveLine(), lintGutter(), yaml(), indentUnit.of("  "), look,
    syntaxHighlighting(colours), EditorView.lineWrapping, EditorState.tabSize.of(2),
    EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
    autocompletion({ override: [words(complete)] }),
    keymap.of([
      ...keys, { key: "F8", run: nextDiagnostic }, { key: "Shift-F8", run: previousDiagnostic },
      ...completionKeymap, ...historyKeymap, ...defaultKeymap,
    ]),
    EditorView.updateListener.of((update) => { if (update.docChanged && !quiet) changed(); }),
  ];
  const fresh = (text) => EditorState.create({ doc: text, extensions });
  const view = new EditorView({ state: fresh(""), parent: root, root });
  const at = (line, column = 1) => {
    const found = view.state.doc.line(Math.max(1, Math.min(line, view.state.doc.lines)));
    return Math.min(found.from + column - 1, found.to);
  };
  return {
    text: () => view.state.doc.toString(),
    line: () => view.state.doc.lineAt(view.state.selection.main.head).number,
    state: () => view.state,
    // another file: with the undo of its own that it had
    open(text, kept) { quiet = true; view.setState(kept ?? fresh(text)); quiet = false; },
    // the same file as somebody else left it: the caret stays
    replace(text) {
      quiet = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text },
        selection: { anchor: Math.min(view.state.selection.main.head, text.length) } });
      quiet = false;
    },
    change(text) { view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }); },
    problems(found) {
      view.dispatch(setDiagnostics(view.state, found.map((one) => {
        const from = at(one.line, one.column), end = view.state.doc.lineAt(from).to;
        return { from, to: end, severity: one.severity === "error" ? "error" : "warning", message: one.text + (one.hint ? `\n${one.hint}` : "") };
      })));
    },
    go(line, column) {
      const place = at(line, column);
      view.dispatch({ selection: { anchor: place }, effects: EditorView.scrollIntoView(place, { y: "center" }) });
      view.focus();
    },
    focus: () => view.focus(),
  };
}
