
(function () {
  "use strict";
  var form = document.getElementById("filter");
  if (!form) { return; }
  var cards = Array.prototype.slice.call(document.querySelectorAll("article.card"));
  var shown = document.getElementById("shown");

  function apply() {
    var verdict = form.elements.verdict.value;
    var group = form.elements.group.value;
    var fate = form.elements.fate.value;
    var visible = 0;
    cards.forEach(function (card) {
      var fits = (verdict === "all" || card.dataset.v === verdict) &&
        (group === "all" || card.dataset.g === group) && (fate === "all" || card.dataset.f === fate);
      if (card.hidden === fits) { card.hidden = !fits; }
      if (fits) { visible += 1; }
    });
    shown.textContent = "Showing " + visible.toLocaleString("en") + " of " +
      cards.length.toLocaleString("en") + " cards.";
  }

  function choose(verdict, group, fate) {
    form.elements.verdict.value = verdict || "all";
    form.elements.group.value = group || "all";
    form.elements.fate.value = fate || "all";
    apply();
  }

  function reveal() {
    var card = location.hash ? document.getElementById(location.hash.slice(1)) : null;
    if (card && card.hidden) {
      choose();
      card.scrollIntoView();
    }
  }

  form.hidden = false;
  form.addEventListener("change", apply);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function () { setTimeout(apply, 0); });
  document.addEventListener("click", function (event) {
    var link = event.target.closest ? event.target.closest("a[data-g]") : null;
    if (link) { choose(link.dataset.v, link.dataset.g, link.dataset.f); }
  });
  window.addEventListener("hashchange", reveal);
  window.addEventListener("pageshow", function () { apply(); reveal(); });
})();
