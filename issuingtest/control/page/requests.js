// Requests with their verdicts, and one of them in full.

import { chip, copyable, el, empty, facts, fill, framed } from "./dom.js";
import { clockTime, moment, providerName, took, verdictTone } from "./format.js";
import { head } from "./panel.js";
import { ringView } from "./ring.js";
import { link } from "./route.js";
import { choices } from "./table.js";

const verdicts = [
  ["", "All"],
  ["ok", "OK"],
  ["refused", "Refused"],
  ["fault", "Fault"],
  ["broken", "Broken"],
];
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
  function operations(route, filtered) {
    const known = new Set(
      Object.entries(shared.providers)
        .filter(([name]) => shared.chosen === "" || name === shared.chosen)
        .flatMap(([, p]) => p.operations),
    );
    const pick = el(
      "select",
      { id: "operation" },
      el("option", { value: "" }, "All operations"),
      [...known].sort().map((name) => el("option", { value: name }, name)),
    );
    pick.value = route.query.operation ?? "";
    pick.addEventListener("change", () => {
      location.hash = filtered({ operation: pick.value });
    });
    return el("label", { class: "inline" }, el("span", { class: "unseen" }, "Operation"), framed(pick));
  }

  return ringView(shared, {
    name: "requests",
    item: "request",
    title: "Requests",
    lead: "What clients sent, and how the platform judged it.",
    columns: [
      ["name", "Operation"],
      ["verdict", "Verdict"],
      ["detail", "Why", "wide"],
      ["provider", "Provider"],
      ["status", "HTTP", "number"],
      ["took", "Took", "number"],
      ["time", "Time", "number"],
    ],
    cells: (r, address) => [
      el("a", { class: "cover", href: address }, requestName(r)),
      verdictChip(r.verdict),
      requestReason(r),
      providerName(r.provider),
      r.status || "—",
      took(r.took_ns),
      clockTime(r.at),
    ],
    given: ["verdict", "operation", "card"],
    tags: ["card"],
    filters: (route, filtered) => [
      choices("Verdict", verdicts, route.query.verdict ?? "", (verdict) => filtered({ verdict })),
      operations(route, filtered),
    ],
    nothing() {
      const name = shared.only();
      return empty(
        "requests",
        "No request has come yet",
        name
          ? "Point a client at this address, and its calls appear here as they come."
          : "Point a client at a platform, and its calls appear here as they come.",
        name
          ? copyable(shared.providers[name].url)
          : el("a", { class: "button", href: link("connect") }, "Show the addresses"),
      );
    },
    panel(closeAt) {
      const body = el("div");
      let shown = 0;
      return {
        nodes: body,
        show(request) {
          // which never changes
          if (shown !== request.id) fill(body, requestPanel(request, closeAt));
          shown = request.id;
        },
      };
    },
  });
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
    el(
      "div",
      { class: "verdict " + verdictTone(request.verdict) },
      el("p", {}, verdictChip(request.verdict), " ", verdictSentence[request.verdict] ?? ""),
      facts([
        ["Fault", request.fault],
        ["Did not pass", request.check],
        // A code goes with the words of the platform.
        [request.check?.startsWith("code ") ? "It said" : "Expected", request.expected],
      ]),
    ),
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
    request.operation &&
      el(
        "div",
        { class: "row" },
        el(
          "a",
          {
            class: "button small",
            href: link("requests", [], { provider: request.provider, operation: request.operation }),
          },
          "All of this operation",
        ),
        el(
          "a",
          {
            class: "button small",
            href: link("faults", [], { provider: request.provider, operation: request.operation }),
          },
          "Break the next one",
        ),
      ),
  ];
}
