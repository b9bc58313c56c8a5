// The panel beside a list, with one of its items in full.

import { el, icon } from "./dom.js";

/** Marks the row of the item that is open. */
export function mark(table, key) {
  for (const row of table.querySelectorAll("tbody tr")) {
    row.classList.toggle("open", row.dataset.key === key);
  }
}

/**
 * Lets a panel stand still beside a long list where it fits, and scroll with it where it
 * does not. One that has just been opened gets the focus.
 */
export function place(panel, fresh) {
  panel.classList.toggle("tall", panel.offsetHeight > window.innerHeight - 40);
  if (fresh) panel.querySelector("h2").focus();
}

/** Gives the focus back to the row whose panel was closed. */
export function giveBack(table, key) {
  for (const row of table.querySelectorAll("tbody tr")) {
    if (row.dataset.key === key) row.querySelector("a").focus();
  }
}

/** The head of a panel. */
export function head(title, closeAt, closes) {
  return el(
    "div",
    { class: "panel-head" },
    title,
    el("a", { class: "close", href: closeAt, "aria-label": closes }, icon("close")),
  );
}

/** The panel of an item that is not kept. */
export function gone(what, closeAt) {
  return [
    head(el("h2", { tabindex: "-1" }, `No such ${what}`), closeAt, "Close"),
    el("p", { class: "muted" }, "It may be of an earlier run, or so old that it is no longer kept."),
  ];
}
