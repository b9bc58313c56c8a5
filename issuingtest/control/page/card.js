// One card: what it holds, its life, and what can be done to it.

import { act, get, Problem } from "./api.js";
import { button, el, empty, fill, framed, icon, sync } from "./dom.js";
import { cardNumber, clockTime, day, money, providerName, verdictTone, words } from "./format.js";
import { actionForm } from "./form.js";
import { actionsOf } from "./actions.js";
import { answerLine, callbackChip } from "./callbacks.js";
import { requestName, requestReason, verdictChip } from "./requests.js";
import { statusChip } from "./cards.js";
import { changed, link } from "./route.js";
import { choices } from "./table.js";

const filters = [
  ["", "Everything"],
  ["card,order,transaction", "Money"],
  ["request", "Requests"],
  ["callback", "Callbacks"],
  ["holder,token", "Holder and tokens"],
];

export function cardView(shared) {
  let route = null;
  let turn = 0;
  let card = null;
  let number = ""; // revealed
  let actions = [];
  let formOf = "";
  const title = el("h1");
  const chips = el("p", { class: "chips" });
  const figures = el("dl", { class: "figures" });
  const said = el("p", { class: "said", role: "status" });
  const narrow = el("div");
  const line = el("ol", { class: "timeline" });
  const life = el("div");
  const deeds = el("div");
  const reveal = button("Show the number", "small", toggleNumber);
  const back = el("a", { class: "back" }, "All cards");
  const whole = el(
    "div",
    {},
    el(
      "div",
      { class: "hero" },
      el("div", { class: "hero-head" }, el("div", {}, title, chips), reveal),
      figures,
      said,
    ),
    el(
      "div",
      { class: "columns life" },
      el(
        "section",
        { "aria-labelledby": "life-title" },
        el("div", { class: "life-head" }, el("h2", { id: "life-title" }, "Life"), narrow),
        life,
      ),
      el("section", { class: "sheet deeds", "aria-label": "Do something to this card" }, deeds),
    ),
  );
  const body = el("div");
  const node = el("div", { class: "view card" }, back, body);

  async function toggleNumber() {
    if (number !== "") {
      number = "";
    } else {
      try {
        const answer = await act(card.provider, "reveal-card", { card: card.id });
        number = String(answer.number);
      } catch (problem) {
        said.textContent = problem.message;
      }
    }
    drawHead();
  }

  function drawHead() {
    title.textContent = cardNumber(number || card.number || card.id);
    reveal.hidden = !actions.some((a) => a.name === "reveal-card");
    reveal.textContent = number ? "Hide the number" : "Show the number";
    fill(
      chips,
      statusChip(card.status),
      el("span", { class: "muted" }, [providerName(card.provider), card.kind].filter(Boolean).join(" · ")),
    );
    fill(
      figures,
      [
        ["Available", money(card.amount, card.currency) || "—"],
        ["Held", money(card.held, card.currency)],
        ["Holder", card.name],
        ["Id", el("code", {}, card.id)],
        ["Merchant's id", card.key && el("code", {}, card.key)],
        ["Belongs to", card.of && el("code", {}, card.of)],
        ["Reason", card.reason],
      ]
        .filter(([, value]) => value)
        .map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
    );
  }

  async function load() {
    const mine = ++turn;
    const [provider, id] = route.path;
    let answer;
    try {
      answer = await get("/v1/timeline", { provider, card: id, kinds: route.query.kinds });
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status !== 404) throw problem;
      fill(
        body,
        el("h1", {}, "No such card"),
        empty(
          "cards",
          "It may be of an earlier run",
          "A sandbox that was restarted has new cards.",
          el("a", { class: "button primary", href: link("cards") }, "Show all cards"),
        ),
      );
      return;
    }
    if (mine !== turn) return;
    if (!body.contains(whole)) fill(body, whole);
    card = { provider, ...answer.card };
    drawHead();
    const rows = answer.timeline.map((m) => ({ ...m, key: keyOf(m) }));
    if (rows.length === 0)
      fill(
        life,
        empty("clock", "Nothing of this kind yet", "What happens to the card appears here, the latest first."),
      );
    else
      fill(
        life,
        line,
        answer.more &&
          el(
            "p",
            { class: "muted" },
            "What happened earlier is left out: narrow the list, or look at the requests.",
          ),
      );
    sync(
      line,
      days(rows),
      (m) => m.key,
      (m) => (m.day ? el("li", { class: "day" }, m.day) : entry(card, actions, m)),
    );
  }

  /** Puts a row before each day. */
  function days(rows) {
    let last = "";
    return rows.flatMap((m) => {
      const now = day(m.at);
      if (now === last) return [m];
      last = now;
      return [{ day: now, key: "day " + now }, m];
    });
  }

  /** The form of one of the actions that name a card. */
  function drawForm() {
    const usable = actions.filter((a) => a.params.some((p) => p.name === "card") && a.name !== "reveal-card");
    const chosen =
      usable.find((a) => a.name === route.query.action) ?? usable.find((a) => a.name === "purchase") ?? usable[0];
    const wanted = [...route.path, chosen?.name, route.query.transaction].join(" ");
    if (formOf === wanted) return;
    formOf = wanted;
    if (!chosen) {
      fill(
        deeds,
        el("h2", {}, "Nothing to do here"),
        el("p", {}, "No action of this platform names a card alone."),
        el("a", { class: "button small", href: link("actions", [], { provider: route.path[0] }) }, "All actions"),
      );
      return;
    }
    const pick = el(
      "select",
      { id: "deed" },
      usable.map((a) => el("option", { value: a.name }, words(a.name))),
    );
    pick.value = chosen.name;
    pick.addEventListener("change", () => {
      location.hash = changed(route, { action: pick.value, transaction: "" });
    });
    const preset = { card: route.path[1] };
    if (route.query.transaction) preset.transaction = route.query.transaction;
    fill(
      deeds,
      el("h2", {}, "Do something"),
      el(
        "div",
        { class: "field" },
        el("label", { class: "label", for: "deed" }, "Action"),
        framed(pick),
        el("span", { class: "hint" }, chosen.doc),
      ),
      actionForm(route.path[0], chosen, { preset, fixed: ["card"], done: () => shared.changedSoon() }),
    );
  }

  return {
    node,
    async update(next) {
      const another = route === null || route.path.join(" ") !== next.path.join(" ");
      route = next;
      back.setAttribute("href", link("cards", [], { provider: route.query.provider }));
      fill(
        narrow,
        choices("What to show", filters, route.query.kinds ?? "", (kinds) => changed(route, { kinds })),
      );
      if (another) number = "";
      const known = Object.hasOwn(shared.providers, route.path[0]);
      actions = known ? await actionsOf(route.path[0]) : []; // what they can name changes
      line.dataset.begun = ""; // a list that is shown anew has no new rows
      drawForm();
      await load();
    },
    refresh: load,
  };
}

function keyOf(m) {
  return m.kind + " " + (m.item?.id ?? m.request?.id ?? m.callback?.id) + (m.kind === "holder" ? m.at : "");
}

/** One moment in the life of a card. */
function entry(card, actions, m) {
  const [title, tone, text, mark, more] = told(card, actions, m);
  return el(
    "li",
    { class: "moment " + tone },
    el("span", { class: "dot" }, icon(icons[m.kind])),
    el(
      "div",
      { class: "what" },
      el("p", { class: "what-head" }, title, " ", mark),
      text && el("p", { class: "what-text" }, text),
      more,
    ),
    el("time", { datetime: m.at }, clockTime(m.at)),
  );
}

const icons = {
  card: "cards",
  order: "order",
  transaction: "transaction",
  holder: "holder",
  token: "token",
  request: "requests",
  callback: "callbacks",
};

function told(card, actions, m) {
  const { item, request, callback } = m;
  switch (m.kind) {
    case "request":
      return [
        el(
          "a",
          { href: link("requests", [String(request.id)], { provider: card.provider }) },
          requestName(request),
        ),
        verdictTone(request.verdict),
        requestReason(request),
        verdictChip(request.verdict),
      ];
    case "callback":
      return [
        el("a", { href: link("callbacks", [String(callback.id)], { provider: card.provider }) }, callback.type),
        callback.accepted ? "good" : "bad",
        answerLine(callback.attempts.at(-1)),
        callbackChip(callback),
      ];
    case "transaction":
      return [
        el("strong", {}, sentence(item)),
        item.reason ? "bad" : "calm",
        [item.name, item.reason].filter(Boolean).join(" · "),
        statusChip(item.status),
        item.open && next(card, actions, item),
      ];
    case "card":
      return [el("strong", {}, "Card made"), "calm", item.key ?? "", ""];
    default:
      return [
        el("strong", {}, sentence(item)),
        item.reason ? "bad" : "calm",
        item.reason ?? item.name ?? "",
        statusChip(item.status),
      ];
  }
}

function sentence(item) {
  const amount = money(item.amount, item.currency);
  return words((item.kind ?? "").toLowerCase()) + (amount ? ` · ${amount}` : "");
}

/** What can follow an authorization: here where the action names a card, else among all. */
function next(card, actions, item) {
  const can = actions.filter((a) => ["settle", "reverse"].includes(a.name));
  return el(
    "div",
    { class: "row tight" },
    can.map((action) => {
      const here = action.params.some((p) => p.name === "card");
      const query = {
        transaction: item.id,
        amount: action.params.some((p) => p.name === "amount") ? item.amount : "",
      };
      return el(
        "a",
        {
          class: "button small",
          "aria-label": `${words(action.name)} ${item.id}`,
          href: here
            ? link("cards", [card.provider, card.id], { action: action.name, ...query })
            : link("actions", [action.name], { provider: card.provider, ...query }),
        },
        words(action.name),
      );
    }),
  );
}
