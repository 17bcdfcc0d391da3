// Comfort only: every page works without this file.
(() => {
  "use strict";

  const rows = () => [...document.querySelectorAll(".rows > li .title")];

  const typing = (target) => target.closest("input:not([type=checkbox]), select, textarea, dialog, [contenteditable]");

  function step(by) {
    const all = rows();
    if (!all.length) return;
    const here = all.findIndex((row) => row.closest("li").contains(document.activeElement));
    all[Math.min(all.length - 1, Math.max(0, here + by))].focus();
  }

  function press(call) {
    const about = document.activeElement.closest(".rows > li") || document.querySelector(".thing");
    const button = about && about.querySelector(`[data-key~="${call}"]`);
    if (!button) return;
    button.click();
    button.closest("details[open]")?.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  }

  const keys = document.getElementById("keys");
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys]")) keys.showModal();
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if ("ash".includes(event.key)) press(event.key);
    else if (event.key === "?" && keys) {
      keys.showModal();
      event.preventDefault();
    }
    else if (event.key === "/") {
      const search = document.querySelector("input[type=search]");
      if (!search) return;
      search.focus();
      event.preventDefault();
    }
  });

  // what unfolds over the page goes away again as everybody expects it to
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("[data-folded][open]"))
      if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest("[data-folded][open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // a second press of the same button would send the same form twice
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("[data-once]")) delete form.dataset.sent;
  });

  // what was refused is put right first, on a phone it may stand far below; what was asked for by
  // the address of a link or by a key is filled in at once
  const FIELD = ":is(input:not([type=hidden]), select, textarea)";
  const asked = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  const first = document.querySelector(`.wrong ${FIELD}`) || (asked && asked.querySelector(`details.call[open] ${FIELD}, .panel ${FIELD}`));
  // the browser takes the focus away when it goes to the place in the address: only then
  const later = (act) => window.addEventListener("load", () => setTimeout(act));
  if (first) later(() => first.focus());

  // who takes a step in one row of many goes on there, not at the head of the page
  const PLACE = "place";
  document.addEventListener("submit", (event) => {
    const row = event.submitter && event.submitter.closest(".rows > li");
    const titles = rows();
    const at = titles.findIndex((each) => row && row.contains(each));
    if (at < 0) return;
    const near = [titles[at], titles[at + 1], titles[at - 1]].filter(Boolean).map((each) => each.href);
    sessionStorage.setItem(PLACE, JSON.stringify({ near, top: row.getBoundingClientRect().top }));
  });
  // and who goes from one tab to the next by keyboard is still among the tabs
  document.addEventListener("click", (event) => {
    const tab = event.detail === 0 && event.target.closest("nav.tabs a, .choose a");
    if (tab) sessionStorage.setItem(PLACE, JSON.stringify({ tab: tab.getAttribute("href") }));
  });
  const place = JSON.parse(sessionStorage.getItem(PLACE) || "null");
  sessionStorage.removeItem(PLACE);
  if (place && place.tab) {
    const tabs = [...document.querySelectorAll("nav.tabs a, .choose a")];
    const tab = tabs.find((each) => each.getAttribute("href") === place.tab);
    if (tab) later(() => tab.focus({ preventScroll: true }));
  } else if (place) {
    const titles = rows();
    const title = place.near.map((href) => titles.find((each) => each.href === href)).find(Boolean);
    if (title) {
      title.focus({ preventScroll: true });
      window.scrollBy(0, title.closest(".rows > li").getBoundingClientRect().top - place.top);
    }
  }

  // who sets a company up most often sits where it works
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const field of document.querySelectorAll("select[data-own-zone]"))
    if (field.value === "UTC" && [...field.options].some((each) => each.value === zone)) field.value = zone;

  // on a phone the menu and tabs are drawn sideways: where one is must not be beyond its edge
  for (const row of document.querySelectorAll(".top .menu, nav.tabs")) {
    const here = row.querySelector("[aria-current]");
    if (!here) continue;
    const left = here.offsetLeft - (row.offsetParent === here.offsetParent ? row.offsetLeft : 0);
    if (left + here.offsetWidth > row.clientWidth) row.scrollLeft = left + here.offsetWidth / 2 - row.clientWidth / 2;
  }

  // what a server answers to a form with mistakes is a page to show, not an error to hide
  document.addEventListener("htmx:beforeSwap", (event) => {
    if ([409, 422].includes(event.detail.xhr.status)) event.detail.shouldSwap = true;
  });
})();
