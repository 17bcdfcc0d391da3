// Comfort only: the map is drawn with its buttons as well.
(() => {
  "use strict";

  const form = document.getElementById("dragged");
  const board = document.querySelector("[data-stages]");
  if (!form || !board) return;
  let dragged = null;

  function send(stop, list, before) {
    const stops = [...list.querySelectorAll("[data-stop]")].filter((each) => each !== stop);
    const place = before ? stops.indexOf(before) : stops.length;
    form.elements.touchpoint.value = stop.dataset.stop;
    form.elements.to.value = `${list.closest("[data-stage]").dataset.stage}:${place}`;
    form.submit();
  }

  const below = (event) => {
    const list = event.target.closest("[data-stage]")?.querySelector(".stops");
    const over = event.target.closest("[data-stop]");
    if (!list || over === dragged) return { list, before: null, none: over === dragged };
    const box = over?.getBoundingClientRect();
    const after = box && event.clientY > box.top + box.height / 2;
    const next = over && after ? over.nextElementSibling : over;
    return { list, before: next === dragged ? next?.nextElementSibling : next };
  };

  board.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-stop]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    dragged.classList.add("dragged");
  });
  board.addEventListener("dragover", (event) => {
    if (!dragged || !below(event).list) return;
    event.preventDefault();
    for (const each of board.querySelectorAll(".over-here")) each.classList.remove("over-here");
    (below(event).before ?? below(event).list).classList.add("over-here");
  });
  board.addEventListener("drop", (event) => {
    const { list, before, none } = below(event);
    if (!dragged || !list || none) return;
    event.preventDefault();
    send(dragged, list, before);
  });
  board.addEventListener("dragend", () => {
    dragged?.classList.remove("dragged");
    for (const each of board.querySelectorAll(".over-here")) each.classList.remove("over-here");
    dragged = null;
  });

  board.addEventListener("keydown", (event) => {
    const stop = event.target.closest("[data-stop]");
    if (!stop || !event.altKey) return;
    const stage = stop.closest("[data-stage]");
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      stop.querySelector(`[data-move=${event.key === "ArrowUp" ? "up" : "down"}]`)?.click();
    } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const other = event.key === "ArrowLeft" ? stage.previousElementSibling : stage.nextElementSibling;
      const list = other?.dataset.stage && other.querySelector(".stops");
      if (list) send(stop, list, null);
    } else return;
    event.preventDefault();
  });

  // after a move the reader is where they were: on what they moved; the browser goes to the
  // fragment itself until the page is loaded
  window.addEventListener("load", () => {
    const moved = location.hash.startsWith("#stop-") && document.getElementById(location.hash.slice(1));
    if (moved) requestAnimationFrame(() => (moved.querySelector("a") ?? moved).focus());
  });
})();
