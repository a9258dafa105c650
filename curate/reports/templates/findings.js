
// Pages, filters and keys. The cards' HTML was escaped when the page was made; nothing here makes HTML of data.
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
  const form = document.getElementById("filter");
  const box = document.getElementById("cards");
  const turns = Array.from(document.querySelectorAll("nav.turn"));
  const stored = document.querySelectorAll("script.page");
  const size = box.children.length;
  const cards = new Map(Array.from(box.children, function (card, at) { return [at + 1, card]; }));
  const hooks = { card: function () {}, isMarked: function () { return false; } };
  let fitting = lines;
  let page = 0;

  function card(number) {
    if (!cards.has(number)) {
      const at = Math.floor((number - 1) / size);
      const maker = document.createElement("template");
      JSON.parse(stored[at - 1].textContent).forEach(function (html, index) {
        maker.innerHTML = html;
        cards.set(at * size + index + 1, maker.content.firstElementChild);
      });
    }
    return cards.get(number);
  }

  function chosen(name) { return form.elements[name] ? form.elements[name].value : ""; }

  function isUndecided(line) {
    return line.verdict !== "boilerplate" && !line.decided && !hooks.isMarked(line);
  }

  function apply() {
    const verdict = chosen("verdict"), benchmark = chosen("benchmark"), year = chosen("year"), part = chosen("part");
    const from = chosen("source"), fate = chosen("fate"), text = chosen("text").trim().toLowerCase();
    const undecided = form.elements.undecided.checked;
    fitting = lines.filter(function (line) {
      return (verdict === "all" || line.verdict === verdict) && (!benchmark || line.benchmark === benchmark) &&
        (!year || String(line.year === null ? "none" : line.year) === year) &&
        (!part || line.parts.includes(part)) && (!from || line.source === from) &&
        (!fate || (line.dropped !== null) === (fate === "dropped")) && (!undecided || isUndecided(line)) &&
        (!text || (line.record + "\n" + line.item).toLowerCase().includes(text));
    });
    show(0);
  }

  function count(number) { return number.toLocaleString("en"); }

  function show(at) {
    const last = Math.max(0, Math.ceil(fitting.length / size) - 1);
    page = Math.min(Math.max(at, 0), last);
    const first = page * size;
    const here = fitting.slice(first, first + size);
    const shown = here.map(function (line) {
      const element = card(line.number);
      hooks.card(element, line);
      return element;
    });
    if (shown.length !== box.children.length || shown.some(function (one, index) { return one !== box.children[index]; })) {
      box.replaceChildren.apply(box, shown);
    }
    const all = fitting.length === lines.length ? "" : ", of " + count(lines.length) + " in all";
    const text = here.length ? "Cards " + count(first + 1) + "-" + count(first + here.length) + " of " +
      count(fitting.length) + all : "No finding fits; " + count(lines.length) + " in all";
    turns.forEach(function (turn, below) {
      turn.hidden = below > 0 && last === 0;
      turn.querySelector(".shown").textContent = text;
      turn.querySelectorAll("button").forEach(function (button) {
        button.hidden = last === 0;
        button.disabled = page === (button.value === "first" || button.value === "back" ? 0 : last);
      });
    });
  }

  function focus(number) {
    const at = fitting.findIndex(function (line) { return line.number === number; });
    if (at < 0) { return false; }
    if (Math.floor(at / size) !== page || !box.contains(card(number))) { show(Math.floor(at / size)); }
    card(number).focus({ preventScroll: true });
    card(number).scrollIntoView({ block: "start" });
    return true;
  }

  function step(by) {
    const active = document.activeElement.closest("article.card");
    const number = active ? Number(active.id.slice(1)) : 0;
    const at = fitting.findIndex(function (line) { return line.number === number; });
    const next = at < 0 ? page * size : at + by;
    if (fitting[next]) { focus(fitting[next].number); }
  }

  function choose(wanted) {
    form.elements.verdict.value = wanted.verdict || "all";  // a group of radios does not take an empty value
    ["benchmark", "year", "part", "source", "fate", "text"].forEach(function (name) {
      if (form.elements[name]) { form.elements[name].value = wanted[name] || ""; }
    });
    form.elements.undecided.checked = false;
    apply();
  }

  function filterBy(link) {
    choose(link.dataset);
    location.hash = "c" + link.dataset.first;
    focus(Number(link.dataset.first));
  }

  function reveal() {
    const target = /^#[ct](\d+)$/.exec(location.hash);
    if (!target || focus(Number(target[1]))) { return; }
    choose({});
    focus(Number(target[1]));
  }

  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function (event) {
    event.preventDefault();
    choose({});
  });
  document.addEventListener("click", function (event) {
    const link = event.target.closest("a[data-first]");
    const button = event.target.closest("nav.turn button");
    if (link) {
      event.preventDefault();
      filterBy(link);
    } else if (button) {
      show({ first: 0, back: page - 1, on: page + 1, last: Infinity }[button.value]);
      document.getElementById("findings").scrollIntoView();
    }
  });
  onStep(step);
  window.addEventListener("hashchange", reveal);
  window.addEventListener("pageshow", function () { apply(); reveal(); });
  window.addEventListener("beforeprint", function () {
    const all = document.getElementById("all");  // with scripts on, its content is text until it is asked for
    if (all) { document.getElementById("print-list").innerHTML = all.textContent; }
  });
  window.addEventListener("afterprint", function () { document.getElementById("print-list").replaceChildren(); });
  return {
    audit: data.audit, given: data.given, lines: lines, hooks: hooks, isUndecided: isUndecided, focus: focus,
    apply: apply, choose: choose, fitting: function () { return fitting; },
  };
})();
