// The pairs' examples: a filter by grade, and keys. All cards stand in the page.
(function () {
  const form = document.getElementById("pick");
  if (!form) { return; }
  const cards = Array.from(document.querySelectorAll("article.example"));

  function apply() {
    const grade = form.elements.grade.value;
    cards.forEach(function (card) {
      card.hidden = grade !== "all" && !card.dataset.grades.split(" ").includes(grade);
    });
    const shown = cards.filter(function (card) { return !card.hidden; }).length;
    document.getElementById("shown").textContent = shown === cards.length ? shown.toLocaleString("en") + " examples"
      : shown.toLocaleString("en") + " of " + cards.length.toLocaleString("en") + " examples";
  }

  function choose(grade) {
    form.elements.grade.value = grade;
    apply();
  }

  function focus(card) {
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "start" });
  }

  function reveal() {
    const target = cards.find(function (card) { return "#" + card.id === location.hash; });
    if (!target) { return; }
    if (target.hidden) { choose("all"); }
    focus(target);
  }

  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  document.addEventListener("click", function (event) {
    const link = event.target.closest("a[data-grade]");
    if (!link) { return; }
    event.preventDefault();
    choose(link.dataset.grade);
    location.hash = link.hash;
    reveal();
  });
  onStep(function (by) {
    const shown = cards.filter(function (card) { return !card.hidden; });
    const at = shown.indexOf(document.activeElement.closest("article.card"));
    const next = shown[at < 0 ? 0 : at + by];
    if (next) { focus(next); }
  });
  window.addEventListener("hashchange", reveal);
  window.addEventListener("pageshow", function () { apply(); reveal(); });
  window.addEventListener("beforeprint", function () { cards.forEach(function (card) { card.hidden = false; }); });
  window.addEventListener("afterprint", apply);
})();
