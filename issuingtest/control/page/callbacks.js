// Callbacks with their deliveries: attempts, answers, bodies on demand, and once more.

import { find, get, post } from "./api.js";
import { button, chip, el, empty, facts, fill, icon } from "./dom.js";
import { clockTime, moment, plural, providerName } from "./format.js";
import { changed, link } from "./route.js";
import { giveBack, gone, head, mark, place } from "./panel.js";
import { choices, kept, pager, table } from "./table.js";

const states = [["", "All"], ["true", "Accepted"], ["false", "Not accepted"]];

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
  let route = null;
  let turn = 0;
  let open = null; // the panel's own parts
  const filters = el("div", { class: "filters" });
  const rowsAt = el("div");
  const pages = el("div");
  const panel = el("aside", { class: "panel", "aria-label": "Callback", hidden: true });
  const columns = [
    ["name", "Type"], ["verdict", "State"], ["detail", "Last answer", "wide"], ["kind", "Card"], ["provider", "Provider"],
    ["status", "Attempts", "number"], ["time", "Time", "number"],
  ];
  const list = table("Callbacks, the latest first", columns, (c) => c.id, (c) => [
    el("a", { class: "cover", href: changed(route, {}, [c.id]) }, c.type), callbackChip(c),
    answerLine(c.attempts.at(-1)), c.card ?? "", providerName(c.provider), c.tried, clockTime(c.attempts[0]?.at),
  ]);
  const node = el("div", { class: "view callbacks" },
    el("div", { class: "head" }, el("div", {}, el("h1", {}, "Callbacks"),
      el("p", { class: "lead" }, "What the platforms told your service, and what it answered."))),
    filters, el("div", { class: "split" }, el("div", { class: "list" }, rowsAt, pages), panel));

  function drawFilters() {
    fill(filters,
      choices("State", states, route.query.accepted ?? "", (v) => changed(route, { accepted: v, before: "" }, [])),
      ["type", "card"].filter((name) => route.query[name]).map((name) =>
        el("a", { class: "tag", href: changed(route, { [name]: "", before: "" }, []) },
          (name === "card" ? "Card " : "") + route.query[name], icon("close"),
          el("span", { class: "unseen" }, "remove this filter"))));
  }

  async function load(fresh) {
    const mine = ++turn;
    const { accepted, type, card, before } = route.query;
    const answer = await get("/v1/callbacks", { provider: shared.chosen, accepted, type, card, before, limit: 50 });
    if (mine !== turn) return;
    node.classList.toggle("several", shared.several());
    const rows = answer.callbacks;
    if (rows.length === 0) fill(rowsAt, nothing(accepted || type || card || before));
    else if (!rowsAt.contains(list.node)) fill(rowsAt, list.node);
    list.show(rows, fresh);
    mark(list.node, route.path[0]);
    fill(pages, (rows.length > 0 || before) && pager(kept(answer),
      before && ["Latest", changed(route, { before: "" }, [])],
      answer.more && ["Older", changed(route, { before: rows.at(-1).id }, [])]));
  }

  function nothing(filtered) {
    if (filtered) {
      return empty("callbacks", "No callback fits", "Others may: the filters above leave them out.",
        el("a", { class: "button", href: link("callbacks", [], { provider: shared.chosen }) }, "Show all callbacks"));
    }
    return empty("callbacks", "No callback has gone out yet",
      "They appear once something happens to a card. Without an address to push to, none is sent: start the sandbox with",
      el("code", {}, "--webhook http://127.0.0.1:9000/callbacks"));
  }

  async function drawPanel() {
    const id = route.path[0];
    panel.hidden = id === undefined;
    node.classList.toggle("with-panel", id !== undefined);
    if (id === undefined) return;
    const callback = await find("callbacks", id);
    if (route.path[0] !== id) return;
    const fresh = panel.dataset.id !== id;
    panel.dataset.id = id;
    const closeAt = changed(route, {}, []);
    if (fresh && callback) {
      open = callbackPanel(shared, closeAt);
      fill(panel, open.nodes);
    }
    if (callback) open.show(callback);
    else fill(panel, gone("callback", closeAt));
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
      fill(bodies, el("h3", {}, "As sent"),
        answer.deliveries.length === 0 && el("p", { class: "muted" }, "The bodies of this callback are no longer kept."),
        answer.deliveries.map(delivery));
    } catch (problem) {
      said.textContent = problem.message;
    }
  });
  return {
    nodes: [
      head(title, closeAt, "Close the callback"), about,
      el("div", { class: "row" }, resend, reveal), said,
      el("h3", {}, "Attempts"), attempts, bodies,
    ],
    show(next) {
      callback = next;
      title.textContent = callback.type;
      fill(about, el("p", {}, callbackChip(callback), " ", plural(callback.tried, "attempt", "attempts")),
        facts([
          ["Provider", providerName(callback.provider)],
          ["Card", callback.card && el("a", { href: link("cards", [callback.provider, callback.card]) }, callback.card)],
          ["Sent to", el("code", {}, callback.url)],
          ["Number", callback.id],
        ]));
      fill(attempts, callback.attempts.toReversed().map((a) => el("li", { class: a.accepted ? "good" : "bad" },
        el("p", { class: "attempt" }, el("strong", {}, "Attempt " + a.attempt), " ",
          el("time", { datetime: a.at }, moment(a.at))),
        el("p", { class: "answer" }, a.accepted ? "Accepted: " : "Not accepted: ", answerLine(a)))));
    },
  };
}

function delivery(d) {
  return el("details", { open: true },
    el("summary", {}, "Attempt " + d.attempt),
    el("pre", {}, Object.entries(d.header ?? {}).map(([name, values]) => `${name}: ${values.join(", ")}`).join("\n")),
    el("pre", {}, d.body + (d.truncated ? "\n…" : "")));
}
