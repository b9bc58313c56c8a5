// Requests with their verdicts, and one of them in full.

import { find, get } from "./api.js";
import { chip, el, empty, facts, fill, framed, icon, copyable } from "./dom.js";
import { clockTime, moment, providerName, took, verdictTone } from "./format.js";
import { changed, link } from "./route.js";
import { giveBack, gone, head, mark, place } from "./panel.js";
import { choices, kept, pager, table } from "./table.js";

const verdicts = [["", "All"], ["ok", "OK"], ["refused", "Refused"], ["fault", "Fault"], ["broken", "Broken"]];
const verdictWords = { ok: "OK", refused: "Refused", fault: "Fault", broken: "Broken" };

/** The chip of a verdict. */
export function verdictChip(verdict) {
  return chip(verdictWords[verdict] ?? verdict, verdictTone(verdict));
}

/** What a request asked for: its operation, or method and path where it fits none. */
export function requestName(request) {
  return request.operation || `${request.method} ${request.path}`;
}

/** Why a request ended as it did, in one line. */
export function requestReason(request) {
  if (request.fault) return request.fault;
  return [request.check, request.expected].filter(Boolean).join(": ");
}

export function requestsView(shared) {
  let route = null;
  let turn = 0;
  const filters = el("div", { class: "filters" });
  const rowsAt = el("div");
  const pages = el("div");
  const panel = el("aside", { class: "panel", "aria-label": "Request", hidden: true });
  const columns = [
    ["name", "Operation"], ["verdict", "Verdict"], ["detail", "Why", "wide"], ["provider", "Provider"],
    ["status", "HTTP", "number"], ["took", "Took", "number"], ["time", "Time", "number"],
  ];
  const list = table("Requests, the latest first", columns, (r) => r.id, (r) => [
    el("a", { class: "cover", href: changed(route, {}, [r.id]) }, requestName(r)), verdictChip(r.verdict),
    requestReason(r), providerName(r.provider), r.status || "—", took(r.took_ns), clockTime(r.at),
  ]);
  const node = el("div", { class: "view requests" },
    el("div", { class: "head" }, el("div", {}, el("h1", {}, "Requests"),
      el("p", { class: "lead" }, "What clients sent, and how the platform judged it."))),
    filters, el("div", { class: "split" }, el("div", { class: "list" }, rowsAt, pages), panel));

  function drawFilters() {
    const operations = new Set(Object.entries(shared.providers)
      .filter(([name]) => shared.chosen === "" || name === shared.chosen).flatMap(([, p]) => p.operations));
    const pick = el("select", { id: "operation", value: "" },
      el("option", { value: "" }, "All operations"),
      [...operations].sort().map((name) => el("option", { value: name }, name)));
    pick.value = route.query.operation ?? "";
    pick.addEventListener("change", () => { location.hash = changed(route, { operation: pick.value, before: "" }, []); });
    fill(filters,
      choices("Verdict", verdicts, route.query.verdict ?? "", (v) => changed(route, { verdict: v, before: "" }, [])),
      el("label", { class: "inline" }, el("span", { class: "unseen" }, "Operation"), framed(pick)),
      route.query.card && el("a", { class: "tag", href: changed(route, { card: "", before: "" }, []) },
        "Card " + route.query.card, icon("close"), el("span", { class: "unseen" }, "remove this filter")));
  }

  async function load(fresh) {
    const mine = ++turn;
    const { verdict, operation, card, before } = route.query;
    const answer = await get("/v1/requests", { provider: shared.chosen, verdict, operation, card, before, limit: 50 });
    if (mine !== turn) return;
    node.classList.toggle("several", shared.several());
    const rows = answer.requests;
    if (rows.length === 0) fill(rowsAt, nothing(verdict || operation || card || before));
    else if (!rowsAt.contains(list.node)) fill(rowsAt, list.node);
    list.show(rows, fresh);
    mark(list.node, route.path[0]);
    const last = rows.at(-1);
    fill(pages, (rows.length > 0 || before) && pager(kept(answer),
      before && ["Latest", changed(route, { before: "" }, [])],
      answer.more && ["Older", changed(route, { before: last.id }, [])]));
  }

  function nothing(filtered) {
    if (filtered) {
      return empty("requests", "No request fits", "Others may: the filters above leave them out.",
        el("a", { class: "button", href: link("requests", [], { provider: shared.chosen }) }, "Show all requests"));
    }
    const name = shared.only();
    return empty("requests", "No request has come yet",
      name ? "Point a client at this address, and its calls appear here as they come."
        : "Point a client at a platform, and its calls appear here as they come.",
      name ? copyable(shared.providers[name].url)
        : el("a", { class: "button", href: link("connect") }, "Show the addresses"));
  }

  async function drawPanel() {
    const id = route.path[0];
    panel.hidden = id === undefined;
    node.classList.toggle("with-panel", id !== undefined);
    if (id === undefined || panel.dataset.id === id) return; // a request never changes
    const request = await find("requests", id);
    if (route.path[0] !== id) return;
    panel.dataset.id = id;
    const closeAt = changed(route, {}, []);
    fill(panel, request ? requestPanel(request, closeAt) : gone("request", closeAt));
    place(panel, true);
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
      if (!route.query.before) await load(false); // an older page stays as it is
    },
  };
}

const verdictSentence = {
  ok: "Carried out and answered.",
  refused: "The platform refused it.",
  fault: "It met an injected fault.",
  broken: "It could not be read, or the platform failed.",
};

function requestPanel(request, closeAt) {
  return [
    head(el("h2", { tabindex: "-1" }, requestName(request)), closeAt, "Close request " + request.id),
    el("div", { class: "verdict " + verdictTone(request.verdict) },
      el("p", {}, verdictChip(request.verdict), " ", verdictSentence[request.verdict] ?? ""),
      facts([
        ["Fault", request.fault],
        ["Did not pass", request.check],
        [request.check?.startsWith("code ") ? "It said" : "Expected", request.expected], // a code goes with the platform's words
      ])),
    facts([
      ["Provider", providerName(request.provider)],
      ["Card", request.card && el("a", { href: link("cards", [request.provider, request.card]) }, request.card)],
      ["Sent to", el("code", {}, `${request.method} ${request.path}`)],
      ["HTTP status", request.status || "none: the connection was broken off"],
      ["Took", took(request.took_ns)],
      ["Platform's time", moment(request.at)],
      ["Real time", moment(request.real_time)],
      ["Number", request.id],
    ]),
    request.operation && el("div", { class: "row" },
      el("a", { class: "button small", href: link("requests", [], { provider: request.provider, operation: request.operation }) },
        "All of this operation"),
      el("a", { class: "button small", href: link("faults", [], { provider: request.provider, operation: request.operation }) },
        "Break the next one")),
  ];
}
