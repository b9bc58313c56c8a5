// The frame around the views: provider, clock, connection, colours, and what is shown.

import { get, onToken, Problem } from "./api.js";
import { button, el, empty, fill, icon } from "./dom.js";
import { plural, providerName } from "./format.js";
import { changed, link, read, replace } from "./route.js";
import { Stream } from "./stream.js";
import { actionsView } from "./actions.js";
import { callbacksView } from "./callbacks.js";
import { cardView } from "./card.js";
import { cardsView } from "./cards.js";
import { clockBar } from "./clock.js";
import { connectView } from "./connect.js";
import { faultsView } from "./faults.js";
import { requestsView } from "./requests.js";

const views = [
  ["cards", "Cards", cardsView],
  ["requests", "Requests", requestsView],
  ["callbacks", "Callbacks", callbacksView],
  ["actions", "Actions", actionsView],
  ["faults", "Faults", faultsView],
  ["connect", "Connect", connectView],
];

const main = document.getElementById("main");
const picker = document.getElementById("provider");

/** What views share: the providers with their operations, and which one is meant. */
const shared = {
  providers: {},
  chosen: "", // "" means all
  names() {
    return Object.keys(this.providers).sort();
  },
  several() {
    return this.chosen === "" && this.names().length > 1;
  },
  only() {
    return this.chosen || (this.names().length === 1 ? this.names()[0] : "");
  },
  changedSoon: () => refreshSoon(),
};

let shown = null; // the view on the page: { kind, node, update, refresh }
let clock = null;
let turn = 0; // of the latest address

async function show() {
  const route = read();
  if (route === null) return;
  const moves = started; // the first view leaves the focus at the top
  const known = views.find(([name]) => name === route.view);
  const make = route.view === "cards" && route.path.length > 0 ? cardView : known?.[2];
  const provider = route.path.length > 1 && make === cardView ? route.path[0] : (route.query.provider ?? "");
  shared.chosen = Object.hasOwn(shared.providers, provider) ? provider : "";
  picker.value = shared.chosen;
  fill(
    document.getElementById("views"),
    views.map(([name, title]) =>
      el(
        "li",
        {},
        el(
          "a",
          { href: link(name, [], { provider: shared.chosen }), "aria-current": name === route.view && "page" },
          icon(name),
          title,
        ),
      ),
    ),
  );
  document.title = (known?.[1] ?? "Not found") + " · Sandbox";
  clock?.refresh();
  const fresh = shown === null || shown.kind !== make;
  if (fresh) {
    shown = make ? make(shared) : lost();
    shown.kind = make;
    fill(main, shown.node);
  }
  main.setAttribute("aria-busy", "true");
  const mine = ++turn;
  await guarded(() => shown.update(route));
  if (mine === turn) main.setAttribute("aria-busy", "false");
  if (fresh && moves) main.focus({ preventScroll: true });
}

function lost() {
  const node = el(
    "div",
    { class: "view" },
    el("h1", {}, "Nothing is here"),
    empty(
      "connect",
      "The address names no view",
      "Choose one of the views beside, or go to the cards.",
      el("a", { class: "button primary", href: "#/cards" }, "Show the cards"),
    ),
  );
  return { node, update: async () => {}, refresh: async () => {} };
}

/** Runs what asks the API; what fails is said above the view. */
async function guarded(work) {
  const old = document.getElementById("trouble");
  try {
    await work();
    old?.remove();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.status === 0) return; // the state of the connection says so
    const box = el("div", { class: "notice bad", id: "trouble", role: "alert" }, problem.message);
    if (old) old.replaceWith(box);
    else main.prepend(box);
  }
}

// Views are refreshed after events: at once, then a third of a second apart at least and
// never twice at a time, however fast events come.
const apart = 300;
let last = 0; // when the latest refresh ended
let planned = false;
let asking = false;
let again = false; // something came while a refresh was asking
function refreshSoon() {
  again ||= asking;
  if (planned) return;
  planned = true;
  setTimeout(
    async () => {
      asking = true;
      try {
        await Promise.all([guarded(() => shown.refresh()), clock.refresh()]);
      } finally {
        last = Date.now();
        planned = asking = false;
        if (again) {
          again = false;
          refreshSoon();
        }
      }
    },
    Math.max(0, last + apart - Date.now()),
  );
}

// What happened is said to screen readers in one sentence every two seconds at most.
const heard = { requests: 0, refused: 0, callbacks: 0, timer: 0 };
function tell(events) {
  for (const event of events) {
    if (event.kind === "request") heard.requests++;
    if (event.kind === "request" && / (refused|fault|broken)/.test(event.text)) heard.refused++;
    if (event.kind === "callback") heard.callbacks++;
  }
  if (heard.timer !== 0 || heard.requests + heard.callbacks === 0) return;
  heard.timer = setTimeout(() => {
    const said = [];
    if (heard.requests > 0) said.push(plural(heard.requests, "request", "requests"));
    if (heard.refused > 0) said.push(`${heard.refused} not carried out`);
    if (heard.callbacks > 0) said.push(plural(heard.callbacks, "delivery", "deliveries"));
    document.getElementById("news").textContent = said.join(", ");
    Object.assign(heard, { requests: 0, refused: 0, callbacks: 0, timer: 0 });
  }, 2000);
}

const live = document.getElementById("live");
let since = 0;
function connection(state) {
  const words = { live: "Live", waiting: "Reconnecting…", paused: "Paused" };
  if (live.dataset.state === state) return;
  live.dataset.state = state;
  live.textContent = words[state];
  document.getElementById("cut")?.remove();
  if (state === "waiting") {
    since ||= Date.now();
    main.before(
      el(
        "div",
        { class: "notice warn", id: "cut" },
        "The sandbox does not answer. What you see may be old; the page goes on by itself when it is back.",
      ),
    );
  }
  if (state === "live" && since !== 0) {
    since = 0;
    refreshSoon(); // answers may have failed meanwhile
  }
}

const stream = new Stream({
  events(list) {
    tell(list);
    refreshSoon();
  },
  state: connection,
  async reset() {
    // another process, or too much was missed
    await load();
    await show();
    refreshSoon();
  },
});

async function load() {
  const answer = await get("/v1/providers");
  shared.providers = answer.providers;
  const names = shared.names();
  fill(
    picker,
    names.length > 1 && el("option", { value: "" }, "All providers"),
    names.map((name) => el("option", { value: name }, providerName(name))),
  );
  return answer.last_event;
}

function token(wrong) {
  const dialog = document.getElementById("ask");
  const field = document.getElementById("ask-token");
  document.getElementById("ask-wrong").textContent = wrong ? "That is not the token of this sandbox." : "";
  field.value = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => {
        if (field.value) resolve(field.value);
        else resolve(token(wrong)); // closed without an answer
      },
      { once: true },
    );
  });
}

function colours() {
  const now = document.documentElement.dataset.theme ?? "auto";
  for (const choice of document.querySelectorAll("#theme input")) {
    choice.checked = choice.value === now;
    choice.addEventListener("change", () => {
      if (choice.value === "auto") {
        delete document.documentElement.dataset.theme;
        localStorage.removeItem("theme");
      } else {
        document.documentElement.dataset.theme = choice.value;
        localStorage.setItem("theme", choice.value);
      }
    });
  }
}

let started = false;
async function start() {
  colours();
  onToken(token);
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault(); // the address behind the # is the view's
    main.focus();
  });
  picker.addEventListener("change", () => {
    const route = read() ?? { view: "cards", path: [], query: {} };
    const away = ["callbacks", "requests", "cards"].includes(route.view) || route.view === "actions";
    const kept = { provider: picker.value, before: "", offset: "", operation: "", card: "", type: "" };
    location.hash = changed(route, kept, away ? [] : route.path);
  });
  window.addEventListener("hashchange", show);
  let cursor;
  try {
    cursor = await load();
  } catch (problem) {
    fill(
      main,
      el(
        "div",
        { class: "view" },
        el("h1", {}, "The sandbox does not answer"),
        empty(
          "connect",
          "Is it still running?",
          problem.message,
          button("Try again", "primary", async () => location.reload()),
        ),
      ),
    );
    return;
  }
  clock = clockBar(document.getElementById("clock"), shared);
  if (location.hash === "") replace("#/cards");
  else await show();
  started = true;
  document.documentElement.dataset.ready = "yes";
  stream.start(cursor);
  setInterval(() => {
    if (!document.hidden) clock.refresh();
  }, 15_000); // one that follows real time goes on
}

start();
