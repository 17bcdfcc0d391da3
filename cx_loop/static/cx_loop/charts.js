// Comfort only: what a point says stands in the table behind its chart as well.
(() => {
  "use strict";

  const CHARTS = ".chart svg[role=img], svg.curve[role=img]";

  const points = (svg) =>
    [...svg.querySelectorAll(".dot, .spot")].filter((each) => each.querySelector("title"));

  function line(svg) {
    const host = svg.closest("figure") ?? svg.closest(".map-scroll");
    if (!host) return null;
    const inside = host.matches("figure");
    const there = inside ? host.querySelector(".readout") : host.nextElementSibling;
    if (there?.matches(".readout")) return there;
    const made = document.createElement("p");
    made.className = "readout";
    made.setAttribute("role", "status");
    if (inside) (host.querySelector("figcaption") ?? host.lastElementChild).before(made);
    else host.after(made);
    return made;
  }

  function read(svg, point) {
    const said = point && line(svg);
    if (!said || point.classList.contains("read")) return;
    for (const each of svg.querySelectorAll(".read")) each.classList.remove("read");
    point.classList.add("read");
    said.textContent = point.querySelector("title").textContent;
  }

  const middle = (point) => {
    const box = point.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  };

  document.addEventListener("pointermove", (event) => {
    const svg = event.target.closest?.(CHARTS);
    if (!svg) return;
    let best = null;
    for (const each of points(svg)) {
      const [x, y] = middle(each);
      const far = Math.hypot(x - event.clientX, (y - event.clientY) / 2);
      if (!best || far < best.far) best = { each, far };
    }
    if (best && best.far < 80) read(svg, best.each);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const svg = event.target.closest?.(CHARTS);
    if (!svg || event.target !== svg) return;
    const all = points(svg).sort((a, b) => middle(a)[0] - middle(b)[0]);
    const here = all.findIndex((each) => each.classList.contains("read"));
    const next = here < 0 ? 0 : here + (event.key === "ArrowRight" ? 1 : -1);
    read(svg, all[Math.min(all.length - 1, Math.max(0, next))]);
    event.preventDefault();
  });

  function reach(root) {
    for (const svg of root.querySelectorAll(CHARTS)) if (points(svg).length) svg.tabIndex = 0;
  }
  reach(document);
  document.addEventListener("htmx:load", (event) => reach(event.target));
})();
