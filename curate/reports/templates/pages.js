
// Pages of cards behind a filter. The cards' HTML was escaped when the page was made; nothing here makes HTML of data.
// `lines` have a number each, `fits` tells which the filter shows, `dress` is told of each card before it is shown.
function paged(lines, noun, fits, dress) {
  const form = document.getElementById("filter");
  const box = document.getElementById("cards");
  const turns = Array.from(document.querySelectorAll("nav.turn"));
  const stored = document.querySelectorAll("script.page");
  const size = box.children.length;
  const cards = new Map(Array.from(box.children, function (card, at) { return [at + 1, card]; }));
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

  function apply() {
    fitting = lines.filter(fits);
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
      dress(element, line);
      return element;
    });
    if (shown.length !== box.children.length || shown.some(function (one, index) { return one !== box.children[index]; })) {
      box.replaceChildren.apply(box, shown);
    }
    const all = fitting.length === lines.length ? "" : ", of " + count(lines.length) + " in all";
    const text = here.length ? "Cards " + count(first + 1) + "-" + count(first + here.length) + " of " +
      count(fitting.length) + all : "No " + noun + " fits; " + count(lines.length) + " in all";
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

  // A group of radios does not take an empty value: its "all" is chosen. The switch of the keys has no name, and stays.
  function choose(wanted) {
    Array.from(form.elements).forEach(function (field) {
      if (!field.name) { return; }
      if (field.type === "radio") {
        field.checked = field.value === (wanted[field.name] || "all");
      } else if (field.type === "checkbox") {
        field.checked = false;
      } else {
        field.value = wanted[field.name] || "";
      }
    });
    apply();
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
      choose(link.dataset);
      location.hash = "c" + link.dataset.first;
      focus(Number(link.dataset.first));
    } else if (button) {
      show({ first: 0, back: page - 1, on: page + 1, last: Infinity }[button.value]);
      box.closest("section").scrollIntoView();
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
  return { focus: focus, apply: apply, choose: choose, fitting: function () { return fitting; } };
}

// What stands chosen in a filter's field; "" where the page has no such field, or nothing is chosen.
function chosen(name) {
  const field = document.getElementById("filter").elements[name];
  return field && field.value !== "all" ? field.value : "";
}
