
// The items' filter, on their pages of cards: by what became of the answer, and by stratum.
(function () {
  const source = document.getElementById("items-data");
  if (!source) { return; }
  const lines = JSON.parse(source.textContent).lines.map(function (line, at) {
    return Object.assign({ number: at + 1 }, line);
  });
  const names = Array.from(document.querySelectorAll("#filter select[data-plain]"), function (field) { return field.name; });

  function fits(line) {
    const turn = chosen("turn"), mode = chosen("mode"), text = chosen("text").trim().toLowerCase();
    const turns = mode ? [line.turns[mode]] : Object.values(line.turns);
    return (!mode || mode in line.turns) && (!turn || turns.includes(turn)) && (!text || line.item.toLowerCase().includes(text)) &&
      names.every(function (name) { return !chosen(name) || line[name] === chosen(name); });
  }

  paged(lines, "item", fits, function () {});
})();
