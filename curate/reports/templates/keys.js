"use strict";
// Steps from card to card by keys, on every page that has the box that switches them off.
function onStep(step) {
  function types(target) {
    return target.closest("textarea, select") || (target.matches("input") && !/^(radio|checkbox)$/.test(target.type));
  }

  document.addEventListener("keydown", function (event) {
    const by = { n: 1, j: 1, p: -1, k: -1 }[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey || types(event.target)) { return; }
    if (!document.getElementById("keys").checked) { return; }
    event.preventDefault();
    step(by);
  });
}
