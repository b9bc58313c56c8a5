// Tables whose rows change in place and turn into blocks on a narrow screen. Roles are
// said aloud, since a row that is laid out as a block loses its own.

import { el, sync } from "./dom.js";
import { count } from "./format.js";

/**
 * Makes a table. Columns are [name, title, class]; the first one heads its row. Cells
 * returns what stands in the columns of an item's row, in their order.
 */
export function table(caption, columns, keyOf, cells) {
  const body = el("tbody", { role: "rowgroup" });
  const node = el(
    "table",
    { role: "table", class: "table" },
    el("caption", { class: "unseen" }, caption),
    el(
      "thead",
      { role: "rowgroup" },
      el(
        "tr",
        { role: "row" },
        columns.map(([name, title, more = ""]) =>
          el("th", { role: "columnheader", scope: "col", class: `c-${name} ${more}` }, title),
        ),
      ),
    ),
    body,
  );
  const draw = (item) =>
    el(
      "tr",
      { role: "row" },
      cells(item).map((content, at) => {
        const [name, , more = ""] = columns[at];
        const place = `c-${name} ${more}`;
        return at === 0
          ? el("th", { role: "rowheader", scope: "row", class: place }, content)
          : el("td", { role: "cell", class: place }, content);
      }),
    );
  return {
    node,
    // A fresh list, unlike one that goes on, has no new rows, and all its links are drawn
    // anew: they hold what the view's address held.
    show(items, fresh) {
      if (fresh) {
        body.dataset.begun = "";
        body.replaceChildren();
      }
      sync(body, items, keyOf, draw);
    },
  };
}

/** The line under a list: what of it is shown, and the ways on. */
export function pager(text, back, on) {
  return el(
    "nav",
    { class: "pager", "aria-label": "Pages" },
    el("p", {}, text),
    el(
      "div",
      { class: "row" },
      back && el("a", { class: "button small", href: back[1] }, back[0]),
      on && el("a", { class: "button small", href: on[1] }, on[0]),
    ),
  );
}

/** How many there were, of all platforms and whatever the filters say, and how many are gone. */
export function kept(answer) {
  return answer.dropped > 0
    ? `${count(answer.total)} recorded, the first ${count(answer.dropped)} no longer kept`
    : `${count(answer.total)} recorded`;
}

/** Links of which one is current: a filter of a few words. */
export function choices(label, options, current, address) {
  return el(
    "nav",
    { class: "choices", "aria-label": label },
    options.map(([value, title]) =>
      el("a", { href: address(value), "aria-current": value === current && "true" }, title),
    ),
  );
}
