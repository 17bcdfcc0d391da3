// Comfort only: what is typed behind an @ is completed to a name that tells somebody.
(() => {
  "use strict";

  const QUIET = 150; // ms without a key before the server is asked
  // as the server reads it: an address in running text names nobody
  const TYPED = /(^|[^A-Za-z0-9_.+-])@([^\s@][^@\n]{0,39})?$/;

  function offer(holder) {
    const field = holder.querySelector("textarea");
    const list = holder.querySelector("[role=listbox]");
    const told = holder.querySelector("[aria-live]");
    let timer = 0;
    let asked = 0; // an answer to an older question is not shown
    let settled = -1; // the place of an @ that was answered, or is not to be

    field.after(list);
    field.setAttribute("autocomplete", "off");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);

    const options = () => [...list.querySelectorAll("[role=option]")];
    const marked = () => list.querySelector("[aria-selected=true]");

    function typed() {
      const found = TYPED.exec(field.value.slice(0, field.selectionStart));
      return found && { at: found.index + found[1].length, words: found[2] || "" };
    }

    function close() {
      asked += 1;
      clearTimeout(timer);
      list.hidden = true;
      told.textContent = "";
      field.removeAttribute("aria-activedescendant");
    }

    function mark(option) {
      for (const each of options()) each.setAttribute("aria-selected", String(each === option));
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }

    function choose(option) {
      const here = typed();
      if (!here) return close();
      field.setRangeText(`@${option.dataset.said} `, here.at, field.selectionStart, "end");
      settled = here.at;
      close();
      field.focus();
    }

    async function ask(here) {
      const mine = (asked += 1);
      const url = `${holder.dataset.names}?q=${encodeURIComponent(here.words)}`;
      const answer = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
      const text = answer && answer.ok ? await answer.text() : "";
      if (mine !== asked) return;
      list.innerHTML = text;
      const all = options();
      told.textContent = all.length ? holder.dataset.some.replace("{n}", all.length) : "";
      list.hidden = !all.length;
      if (all.length) mark(all[0]);
      else field.removeAttribute("aria-activedescendant");
    }

    field.addEventListener("input", () => {
      const here = typed();
      if (!here || here.at !== settled) settled = -1;
      if (!here || here.at === settled) return close();
      clearTimeout(timer);
      timer = setTimeout(() => ask(here), QUIET);
    });

    field.addEventListener("keydown", (event) => {
      if (list.hidden || event.isComposing) return;
      const all = options();
      const here = all.indexOf(marked());
      if (event.key === "ArrowDown") mark(all[(here + 1) % all.length]);
      else if (event.key === "ArrowUp") mark(all[(here + all.length - 1) % all.length]);
      else if (event.key === "Enter" || event.key === "Tab") choose(marked());
      else if (event.key === "Escape") {
        settled = typed()?.at ?? -1;
        close();
      } else return;
      event.preventDefault();
    });

    // before the field loses the focus, otherwise the list would be gone under the pointer
    list.addEventListener("pointerdown", (event) => {
      const option = event.target.closest("[role=option]");
      event.preventDefault();
      if (option) choose(option);
    });
    field.addEventListener("blur", close);
  }

  for (const holder of document.querySelectorAll("[data-names]")) offer(holder);
})();
