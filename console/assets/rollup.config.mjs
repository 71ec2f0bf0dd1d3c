// One file out of the editor and what it is made of; the licences stay in console/static/LICENSE-codemirror.md.
import resolve from "@rollup/plugin-node-resolve";
import terser from "@rollup/plugin-terser";

export default {
  input: "editor.js",
  output: { file: "../static/editor.min.js", format: "es" },
  plugins: [resolve(), terser({ format: { comments: false } })],
};
