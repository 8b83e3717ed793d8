/* Copyright (c) 2026, the community.dynatrace authors
   GNU General Public License v3.0+ (see LICENSE)
   SPDX-License-Identifier: GPL-3.0-or-later */
(() => {
  "use strict";
  const all = (selector) => [...document.querySelectorAll(selector)];
  const FOLDED = "details.object, details.wave";
  const objects = all("[data-search]");
  const tools = document.querySelector(".tools");
  const text = document.querySelector(".tools input");
  const seen = document.querySelector(".tools output");
  let status = "";
  const show = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let number = 0;
    for (const object of objects) {
      const fits = (!status || object.dataset.status === status) && words.every((word) => object.dataset.search.includes(word));
      object.hidden = !fits;
      number += fits;
    }
    const isFiltered = Boolean(status || words.length);
    for (const section of all("[data-group]")) {
      section.hidden = !section.querySelector("[data-search]:not([hidden])");
      if (isFiltered && !section.hidden && section.tagName === "DETAILS") section.open = true;
    }
    seen.textContent = isFiltered ? `${number} of ${objects.length}` : "";
    for (const tile of all("[data-only]")) {
      if (tile.dataset.only === status) tile.setAttribute("aria-current", "true");
      else tile.removeAttribute("aria-current");
    }
  };
  if (tools && objects.length) {
    tools.hidden = false;
    tools.addEventListener("submit", (event) => event.preventDefault());
    text.addEventListener("input", show);
    for (const tile of all("[data-only]")) {
      tile.addEventListener("click", () => {
        const only = tile.dataset.only;
        if (!objects.some((object) => object.dataset.status === only)) return;
        status = status === only ? "" : only;
        show();
      });
    }
    document.querySelector("[data-do=expand]").addEventListener("click", () => {
      for (const details of all(FOLDED)) if (!details.hidden) details.open = true;
    });
    document.querySelector("[data-do=collapse]").addEventListener("click", () => {
      for (const details of all(FOLDED)) details.open = false;
    });
  }
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") target.open = true;
  };
  addEventListener("hashchange", reveal);
  reveal();
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all("details:not([open])");
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
    opened = [];
  });
})();
