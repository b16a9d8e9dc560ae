"use strict";
(() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const boxes = all(".box");
  const differences = all("#rows tbody tr");
  const findings = all("#found tbody tr");
  const words = new Map(differences.map((row) => [row, row.textContent.toLowerCase()]));
  const text = document.getElementById("text");
  const standings = all("input[name=standing]");
  const shown = document.getElementById("shown");
  const bar = document.getElementById("chosen");
  let chosen = "";
  let focused = false;

  const isIn = (row) => !chosen || row.dataset.in.split(" ").includes(chosen);
  const counted = (rows) => rows.filter((row) => !row.hidden).length;

  function filter() {
    const wanted = text ? text.value.toLowerCase().split(/\s+/) : [];
    const on = new Set(standings.filter((each) => each.checked).map((each) => each.value));
    for (const row of differences) {
      const said = words.get(row);
      row.hidden = !(isIn(row) && on.has(row.dataset.standing) && wanted.every((each) => said.includes(each)));
    }
    for (const row of findings) row.hidden = !isIn(row);
    if (shown) shown.textContent = `${counted(differences)} of ${differences.length} shown`;
    bar.hidden = !chosen;
    if (chosen) {
      const path = boxes.find((box) => box.dataset.number === chosen).dataset.path;
      bar.firstElementChild.textContent =
        `Only ${path}: ${counted(differences)} of ${differences.length} differences, ` +
        `${counted(findings)} of ${findings.length} findings`;
    }
  }

  function choose(number) {
    chosen = number;
    for (const box of boxes) {
      box.classList.toggle("chosen", box.dataset.number === chosen);
      box.setAttribute("aria-pressed", box.dataset.number === chosen);
    }
    filter();
  }

  // One stop for the tab key on each side; arrows go from box to box.
  for (const side of all(".side")) {
    const own = all(".box", side);
    const stop = (at) => own.forEach((box, n) => box.setAttribute("tabindex", n === at ? 0 : -1));
    stop(0);
    own.forEach((box, n) => {
      box.setAttribute("role", "button");
      box.addEventListener("focus", () => {
        stop(n);
        focused = chosen !== box.dataset.number;
        choose(box.dataset.number);
      });
      box.addEventListener("click", (event) => {
        event.preventDefault();
        // The first click also brings the focus, which has chosen the box already.
        choose(chosen === box.dataset.number && !focused ? "" : box.dataset.number);
        focused = false;
      });
      box.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        const to = { Home: 0, End: own.length - 1 }[event.key] ?? (step && (n + step + own.length) % own.length);
        if (event.key === " ") box.dispatchEvent(new MouseEvent("click", { cancelable: true }));
        if (to !== undefined) own[to].focus();
        if (to !== undefined || event.key === " ") event.preventDefault();
      });
    });
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chosen) choose("");
  });
  bar.querySelector("button").addEventListener("click", () => {
    choose("");
    document.getElementById("differences").focus({ preventScroll: true });
  });
  for (const control of [text, ...standings]) control?.addEventListener("input", filter);

  // Paper can't be opened.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all("details:not([open])");
    for (const each of opened) each.open = true;
  });
  addEventListener("afterprint", () => opened.forEach((each) => (each.open = false)));

  document.documentElement.classList.add("js");
  choose("");
})();
