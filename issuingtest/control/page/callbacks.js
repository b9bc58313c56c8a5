// Callbacks with their deliveries: attempts, answers, bodies on demand, and once more.

import { post } from "./api.js";
import { button, chip, el, empty, facts, fill } from "./dom.js";
import { clockTime, moment, plural, providerName } from "./format.js";
import { head } from "./panel.js";
import { ringView } from "./ring.js";
import { link } from "./route.js";
import { choices } from "./table.js";

const states = [
  ["", "All"],
  ["true", "Accepted"],
  ["false", "Not accepted"],
];

/** The chip of a callback: whether its last attempt was acknowledged. */
export function callbackChip(callback) {
  return callback.accepted ? chip("Accepted", "good") : chip("Not accepted", "bad");
}

/** What the merchant's service answered, in one line. */
export function answerLine(attempt) {
  if (!attempt) return "not tried yet";
  const answer = attempt.answer.trim();
  if (attempt.status === 0) return answer || "no answer";
  return answer ? `${attempt.status} ${answer}` : String(attempt.status);
}

export function callbacksView(shared) {
  return ringView(shared, {
    name: "callbacks",
    item: "callback",
    title: "Callbacks",
    lead: "What the platforms told your service, and what it answered.",
    columns: [
      ["name", "Type"],
      ["verdict", "State"],
      ["detail", "Last answer", "wide"],
      ["kind", "Card"],
      ["provider", "Provider"],
      ["status", "Attempts", "number"],
      ["time", "Time", "number"],
    ],
    cells: (c, address) => [
      el("a", { class: "cover", href: address }, c.type),
      callbackChip(c),
      answerLine(c.attempts.at(-1)),
      c.card ?? "",
      providerName(c.provider),
      c.tried,
      clockTime(c.attempts[0]?.at),
    ],
    given: ["accepted", "type", "card"],
    tags: ["type", "card"],
    filters: (route, filtered) =>
      choices("State", states, route.query.accepted ?? "", (accepted) => filtered({ accepted })),
    nothing: () =>
      empty(
        "callbacks",
        "No callback has gone out yet",
        "They appear once something happens to a card. None is sent without an address: start the sandbox with",
        el("code", {}, "--webhook http://127.0.0.1:9000/callbacks"),
      ),
    panel: (closeAt) => callbackPanel(shared, closeAt),
  });
}

/** One callback: what stays (head, buttons, bodies) and what changes with each attempt. */
function callbackPanel(shared, closeAt) {
  let callback = null;
  const title = el("h2", { tabindex: "-1" });
  const about = el("div");
  const attempts = el("ol", { class: "attempts" });
  const bodies = el("div", { class: "bodies" });
  const said = el("p", { class: "said", role: "status" });
  const resend = button("Resend", "primary small", async () => {
    try {
      await post(`/v1/callbacks/${callback.id}/resend`);
      said.textContent = "Sent again, signed anew; it goes out when the clock lets it.";
      shared.changedSoon();
    } catch (problem) {
      said.textContent = problem.message;
    }
  });
  const reveal = button("Show headers and bodies", "small", async () => {
    try {
      const answer = await post(`/v1/callbacks/${callback.id}/reveal`);
      fill(
        bodies,
        el("h3", {}, "As sent"),
        answer.deliveries.length === 0 &&
          el("p", { class: "muted" }, "The bodies of this callback are no longer kept."),
        answer.deliveries.map(delivery),
      );
    } catch (problem) {
      said.textContent = problem.message;
    }
  });
  return {
    nodes: [
      head(title, closeAt, "Close the callback"),
      about,
      el("div", { class: "row" }, resend, reveal),
      said,
      el("h3", {}, "Attempts"),
      attempts,
      bodies,
    ],
    show(next) {
      callback = next;
      title.textContent = callback.type;
      fill(
        about,
        el("p", {}, callbackChip(callback), " ", plural(callback.tried, "attempt", "attempts")),
        facts([
          ["Provider", providerName(callback.provider)],
          [
            "Card",
            callback.card && el("a", { href: link("cards", [callback.provider, callback.card]) }, callback.card),
          ],
          ["Sent to", el("code", {}, callback.url)],
          ["Number", callback.id],
        ]),
      );
      fill(
        attempts,
        callback.attempts
          .toReversed()
          .map((a) =>
            el(
              "li",
              { class: a.accepted ? "good" : "bad" },
              el(
                "p",
                { class: "attempt" },
                el("strong", {}, "Attempt " + a.attempt),
                " ",
                el("time", { datetime: a.at }, moment(a.at)),
              ),
              el("p", { class: "answer" }, a.accepted ? "Accepted: " : "Not accepted: ", answerLine(a)),
            ),
          ),
      );
    },
  };
}

function delivery(d) {
  return el(
    "details",
    { open: true },
    el("summary", {}, "Attempt " + d.attempt),
    el(
      "pre",
      {},
      Object.entries(d.header ?? {})
        .map(([name, values]) => `${name}: ${values.join(", ")}`)
        .join("\n"),
    ),
    el("pre", {}, d.body + (d.truncated ? "\n…" : "")),
  );
}
