// Reads a JSON object of formulas on standard input; prints those that KaTeX's strict mode refuses, with its reason.
const katex = require("katex");
const formulas = JSON.parse(require("fs").readFileSync(0, "utf8"));
const refused = {};
for (const [name, formula] of Object.entries(formulas)) {
  try {
    katex.renderToString(formula, { displayMode: true, throwOnError: true, strict: "error", trust: false });
  } catch (error) {
    refused[name] = String(error.message);
  }
}
process.stdout.write(JSON.stringify(refused));
