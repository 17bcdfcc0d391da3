// Comfort only: rows of [data-reorder] are dragged to a place; the buttons do the same without.
(() => {
  "use strict";

  let held = null;

  const listOf = (target) => target.closest && target.closest("[data-reorder]");

  function offer(list) {
    for (const row of list.querySelectorAll(":scope > li[data-mark]")) row.draggable = true;
  }

  document.addEventListener("dragstart", (event) => {
    const row = event.target.closest && event.target.closest("[data-reorder] > li[data-mark]");
    if (!row) return;
    held = row;
    row.classList.add("held");
    event.dataTransfer.effectAllowed = "move";
  });

  document.addEventListener("dragover", (event) => {
    const list = listOf(event.target);
    if (!held || list !== held.parentElement) return;
    event.preventDefault();
    const over = event.target.closest("li[data-mark]");
    if (!over || over === held) return;
    const box = over.getBoundingClientRect();
    list.insertBefore(held, event.clientY < box.top + box.height / 2 ? over : over.nextSibling);
  });

  document.addEventListener("dragend", () => {
    if (!held) return;
    const [row, list] = [held, held.parentElement];
    held = null;
    row.classList.remove("held");
    const form = document.getElementById("dropped");
    const place = [...list.querySelectorAll(":scope > li[data-mark]")].indexOf(row);
    if (!form || String(place) === row.dataset.place) return;
    form.elements.was.value = row.dataset.mark;
    form.elements.to.value = place;
    form.submit();
  });

  for (const list of document.querySelectorAll("[data-reorder]")) {
    offer(list);
    [...list.children].forEach((row, place) => { row.dataset.place = place; });
  }
})();
