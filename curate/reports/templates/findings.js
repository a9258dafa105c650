
// The findings' filter, on their pages of cards.
const findings = (function () {
  const source = document.getElementById("data");
  if (!source) { return null; }
  const NAMES = ["verdict", "source", "record", "recordYear", "recordPlace", "benchmark", "item", "year", "itemPlace",
    "parts", "score", "threshold", "dropped", "decided"];
  const data = JSON.parse(source.textContent);
  const lines = data.lines.map(function (values, at) {
    const line = { number: at + 1 };
    NAMES.forEach(function (name, index) { line[name] = values[index]; });
    return line;
  });
  const hooks = { card: function () {}, isMarked: function () { return false; } };

  function isUndecided(line) {
    return line.verdict !== "boilerplate" && !line.decided && !hooks.isMarked(line);
  }

  function fits(line) {
    const verdict = chosen("verdict"), benchmark = chosen("benchmark"), year = chosen("year"), part = chosen("part");
    const from = chosen("source"), fate = chosen("fate"), text = chosen("text").trim().toLowerCase();
    const undecided = document.getElementById("filter").elements.undecided.checked;
    return (!verdict || line.verdict === verdict) && (!benchmark || line.benchmark === benchmark) &&
      (!year || String(line.year === null ? "none" : line.year) === year) &&
      (!part || line.parts.includes(part)) && (!from || line.source === from) &&
      (!fate || (line.dropped !== null) === (fate === "dropped")) && (!undecided || isUndecided(line)) &&
      (!text || (line.record + "\n" + line.item).toLowerCase().includes(text));
  }

  const pages = paged(lines, "finding", fits, function (element, line) { hooks.card(element, line); });
  return Object.assign({ audit: data.audit, given: data.given, lines: lines, hooks: hooks, isUndecided: isUndecided }, pages);
})();
