// Comfort of the queue: keys beyond those of every page, and rows that are swapped without losing
// one's place. Without this file the queue works by links and buttons.
(() => {
  "use strict";

  const numberOf = (box) => box.value.split(":")[0];
  const rowOf = (element) => element && element.closest(".rows > li");
  const titleOf = (row) => row && row.querySelector(".title");

  const commands = {
    n: () => document.getElementById("arrived")?.click(),
    x: () => rowOf(document.activeElement)?.querySelector(".pick input")?.click(),
    h: () => {
      const title = titleOf(rowOf(document.activeElement));
      if (title) location.assign(`${title.href}?do=hand_over#do`);
    },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input:not([type=checkbox]), select, textarea")) return;
    const command = commands[event.key];
    if (!command) return;
    event.preventDefault();
    command();
  });

  // what was chosen and where one stood, while the rows are swapped
  let kept = null;

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "rows") return;
    const row = rowOf(document.activeElement);
    const title = titleOf(row);
    kept = {
      chosen: new Set([...document.querySelectorAll(".pick input:checked")].map(numberOf)),
      here: title && { href: title.href, top: row.getBoundingClientRect().top },
    };
  });

  document.addEventListener("htmx:afterSwap", () => {
    if (!kept || !document.getElementById("rows")) return;
    for (const box of document.querySelectorAll(".pick input"))
      if (kept.chosen.has(numberOf(box))) box.checked = true;
    const here = kept.here;
    const title = here && [...document.querySelectorAll(".rows .title")].find((each) => each.href === here.href);
    if (title) {
      title.focus({ preventScroll: true });
      window.scrollBy(0, rowOf(title).getBoundingClientRect().top - here.top);
    }
    kept = null;
  });

  // a view is kept as it is shown now, whatever filter was chosen since the page came
  document.addEventListener("submit", (event) => {
    const said = event.target.querySelector("[data-this-view]");
    if (said && location.search) said.value = location.search.slice(1);
  });

  // who comes back to the page is told at once
  document.addEventListener("visibilitychange", () => {
    const newer = document.getElementById("newer");
    if (document.visibilityState === "visible" && newer && window.htmx) window.htmx.trigger(newer, "look");
  });
})();
