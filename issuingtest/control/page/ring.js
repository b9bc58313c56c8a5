// A view of what is kept in a ring: requests, or callbacks. A list, page by page, with
// filters above it and one item in full beside it. The newest page is live; an older one
// stays as it is.

import { find, get } from "./api.js";
import { el, empty, fill, icon } from "./dom.js";
import { changed, link } from "./route.js";
import { giveBack, gone, mark, place } from "./panel.js";
import { kept, pager, table } from "./table.js";

/**
 * Makes the view. Its description: name (in addresses and answers), item (the word for
 * one), title, lead, columns, cells (of an item, with the address of its panel), given
 * (names of the filters that the API takes), filters (their elements), tags (those that
 * only a link sets), nothing (what stands in an empty list), and panel (makes a panel:
 * nodes, and show for its item).
 */
export function ringView(shared, view) {
  let route = null;
  let turn = 0;
  let open = null; // the panel's own parts
  const filters = el("div", { class: "filters" });
  const rowsAt = el("div");
  const pages = el("div");
  const panel = el("aside", { class: "panel", "aria-label": view.item, hidden: true });
  const list = table(
    `${view.title}, the latest first`,
    view.columns,
    (item) => item.id,
    (item) => view.cells(item, changed(route, {}, [item.id])),
  );
  const node = el(
    "div",
    { class: "view " + view.name },
    el("div", { class: "head" }, el("div", {}, el("h1", {}, view.title), el("p", { class: "lead" }, view.lead))),
    filters,
    el("div", { class: "split" }, el("div", { class: "list" }, rowsAt, pages), panel),
  );

  /** The address with another filter, without panel and place in the list. */
  const filtered = (change) => changed(route, { ...change, before: "" }, []);

  function drawFilters() {
    fill(
      filters,
      view.filters(route, filtered),
      view.tags
        .filter((name) => route.query[name])
        .map((name) =>
          el(
            "a",
            { class: "tag", href: filtered({ [name]: "" }) },
            (name === "card" ? "Card " : "") + route.query[name],
            icon("close"),
            el("span", { class: "unseen" }, "remove this filter"),
          ),
        ),
    );
  }

  async function load(fresh) {
    const mine = ++turn;
    const { before } = route.query;
    const given = Object.fromEntries(view.given.map((name) => [name, route.query[name]]));
    const answer = await get("/v1/" + view.name, { provider: shared.chosen, ...given, before, limit: 50 });
    if (mine !== turn) return;
    node.classList.toggle("several", shared.several());
    const rows = answer[view.name];
    if (rows.length === 0)
      fill(rowsAt, Object.values({ ...given, before }).some(Boolean) ? nothingFits() : view.nothing());
    else if (!rowsAt.contains(list.node)) fill(rowsAt, list.node);
    list.show(rows, fresh);
    mark(list.node, route.path[0]);
    fill(
      pages,
      (rows.length > 0 || before) &&
        pager(
          kept(answer),
          before && ["Latest", changed(route, { before: "" }, [])],
          answer.more && ["Older", changed(route, { before: rows.at(-1).id }, [])],
        ),
    );
  }

  function nothingFits() {
    return empty(
      view.name,
      `No ${view.item} fits`,
      "Others may: the filters above leave them out.",
      el("a", { class: "button", href: link(view.name, [], { provider: shared.chosen }) }, `Show all ${view.name}`),
    );
  }

  async function drawPanel() {
    const id = route.path[0];
    panel.hidden = id === undefined;
    node.classList.toggle("with-panel", id !== undefined);
    if (id === undefined) return;
    const item = await find(view.name, id);
    if (route.path[0] !== id) return;
    const fresh = panel.dataset.id !== id;
    panel.dataset.id = id;
    const closeAt = changed(route, {}, []);
    if (fresh && item) {
      open = view.panel(closeAt);
      fill(panel, open.nodes);
    }
    if (item) open.show(item);
    else fill(panel, gone(view.item, closeAt));
    place(panel, fresh);
  }

  return {
    node,
    async update(next) {
      route = next;
      const closed = route.path[0] === undefined && panel.dataset.id;
      if (closed) delete panel.dataset.id;
      drawFilters();
      await Promise.all([load(true), drawPanel()]);
      if (closed) giveBack(list.node, closed);
    },
    async refresh() {
      await Promise.all([route.query.before ? null : load(false), drawPanel()]);
    },
  };
}
