"use strict";
// Hides every row, sentence and picture without the word; a heading stays while something below it does.
const field = document.getElementById("search");
const found = document.getElementById("found");
const facts = [...document.querySelectorAll("tbody tr, li, figure, section > p")];
const words = new Map(facts.map((fact) => [fact, fact.textContent.toLowerCase()]));

function blocks(section) {
  const level = (node) => Number(/^H([2-5])$/.exec(node.tagName)?.[1] ?? 9);
  const children = [...section.children];
  return children.map((node, at) => {
    if (level(node) === 9) return [node, [node]];
    const end = children.findIndex((other, index) => index > at && level(other) <= level(node));
    return [node, children.slice(at + 1, end < 0 ? undefined : end)];
  });
}

function search() {
  const wanted = field.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const fact of facts) {
    const shown = wanted.every((word) => words.get(fact).includes(word));
    fact.hidden = !shown;
    if (shown) count += 1;
  }
  const holds = (node) => {
    const own = facts.filter((fact) => node === fact || node.contains(fact));
    return own.some((fact) => !fact.hidden);
  };
  for (const section of document.querySelectorAll("main section")) {
    for (const [node, below] of blocks(section)) {
      if (!words.has(node)) node.hidden = wanted.length > 0 && !below.some(holds);
    }
    section.hidden = wanted.length > 0 && !holds(section);
  }
  found.textContent = wanted.length ? `${count} ${count === 1 ? "fact" : "facts"}` : "";
}

field.addEventListener("input", search);
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== field) {
    event.preventDefault();
    field.focus();
  } else if (event.key === "Escape" && document.activeElement === field) {
    field.value = "";
    search();
  }
});
