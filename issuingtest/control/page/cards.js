// The cards of the platforms, and the money behind them.

import { get } from "./api.js";
import { chip, el, empty, fill, framed } from "./dom.js";
import { cardNumber, count, money, plural, providerName, statusTone, words } from "./format.js";
import { changed, link, replace } from "./route.js";
import { pager, table } from "./table.js";

const size = 50;

/** The chip of a status, in the provider's word. */
export function statusChip(status) {
  return status ? chip(words(status.toLowerCase()), statusTone(status)) : "";
}

export function cardsView(shared) {
  let route = null;
  let turn = 0;
  const tiles = el("dl", { class: "tiles" });
  const search = el("input", {
    type: "search",
    placeholder: "Id, holder or last digits",
    "aria-label": "Search cards",
  });
  const status = el("select", { "aria-label": "Status" });
  const place = el("div");
  const pages = el("div");
  const issue = el("a", { class: "button primary" }, "Issue a card");
  const columns = [
    ["name", "Card"],
    ["detail", "Holder", "wide"],
    ["kind", "Product"],
    ["provider", "Provider"],
    ["verdict", "Status"],
    ["held", "Held", "number"],
    ["amount", "Available", "number"],
  ];
  const list = table(
    "Cards, the latest first",
    columns,
    (c) => c.provider + " " + c.id,
    (c) => [
      [
        el(
          "a",
          { class: "cover", href: link("cards", [c.provider, c.id], { provider: shared.chosen }) },
          cardNumber(c.number || c.id),
        ),
        el("span", { class: "under" }, c.number ? c.id : c.key),
      ],
      c.name ?? "",
      c.kind ?? "",
      providerName(c.provider),
      statusChip(c.status),
      Number(c.held ?? 0) === 0 ? "—" : money(c.held, ""),
      money(c.amount, c.currency) || "—",
    ],
  );
  const node = el(
    "div",
    { class: "view cards" },
    el(
      "div",
      { class: "head" },
      el(
        "div",
        {},
        el("h1", {}, "Cards"),
        el("p", { class: "lead" }, "Every card of the platforms, with what it can spend."),
      ),
      issue,
    ),
    tiles,
    el("div", { class: "filters" }, search, framed(status)),
    place,
    pages,
  );

  let typing = 0;
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => replace(changed(route, { search: search.value, offset: "" })), 200);
  });
  status.addEventListener("change", () => {
    location.hash = changed(route, { status: status.value, offset: "" });
  });

  async function load(fresh) {
    const mine = ++turn;
    const { offset } = route.query;
    const wanted = { provider: shared.chosen, status: route.query.status, search: route.query.search };
    const answer = await get("/v1/cards", { ...wanted, offset, limit: size });
    if (mine !== turn) return;
    node.classList.toggle("several", shared.several());
    drawTiles(answer);
    drawStatuses(answer.statuses);
    const rows = answer.cards;
    if (rows.length === 0) fill(place, nothing(wanted.status || wanted.search || offset));
    else if (!place.contains(list.node)) fill(place, list.node);
    list.show(rows, fresh);
    const from = Number(offset ?? 0);
    const text = `${count(from + 1)}–${count(from + rows.length)} of ${count(answer.total)}`;
    fill(
      pages,
      rows.length > 0 &&
        pager(
          text,
          from > 0 && ["Newer", changed(route, { offset: Math.max(0, from - size) || "" })],
          from + rows.length < answer.total && ["Older", changed(route, { offset: from + size })],
        ),
    );
  }

  function drawTiles(answer) {
    const balances = answer.balances.filter((b) => !/^[-0.]*$/.test(b.amount ?? "")).slice(0, 4);
    const cells = shared.several()
      ? Object.entries(answer.counts).map(([name, n]) => [
          el("a", { class: "cover", href: link("cards", [], { provider: name }) }, providerName(name)),
          plural(n, "card", "cards"),
        ])
      : [
          ["Cards", count(answer.counts[shared.only()] ?? 0)],
          ...balances.map((b) => [words(b.kind || b.id), money(b.amount, b.currency)]),
        ];
    fill(
      tiles,
      cells.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
    );
  }

  function drawStatuses(names) {
    const text = names.join(" ");
    if (status.dataset.names !== text) {
      status.dataset.names = text;
      fill(
        status,
        el("option", { value: "" }, "All statuses"),
        names.filter(Boolean).map((name) => el("option", { value: name }, words(name.toLowerCase()))),
      );
    }
    status.value = route.query.status ?? "";
  }

  function nothing(filtered) {
    if (filtered) {
      return empty(
        "cards",
        "No card fits",
        "Others may: the filters above leave them out.",
        el("a", { class: "button", href: link("cards", [], { provider: shared.chosen }) }, "Show all cards"),
      );
    }
    return empty(
      "cards",
      "No card yet",
      "Apply for one with your client, or have the platform issue one here.",
      el("a", { class: "button primary", href: issue.getAttribute("href") }, "Issue a card"),
      el("a", { class: "button", href: link("connect", [], { provider: shared.chosen }) }, "Connect a client"),
    );
  }

  return {
    node,
    async update(next) {
      route = next;
      issue.setAttribute("href", link("actions", ["issue-card"], { provider: shared.only() }));
      if (document.activeElement !== search) search.value = route.query.search ?? "";
      await load(true);
    },
    refresh: () => load(false),
  };
}
