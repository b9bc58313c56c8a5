// Everything that can be done to a platform, as forms made from its table of actions.

import { get } from "./api.js";
import { el, empty, fill } from "./dom.js";
import { providerName, words } from "./format.js";
import { actionForm, chooseProvider } from "./form.js";
import { changed, link } from "./route.js";

const groups = ["cards", "money", "holders", "tokens", "callbacks", "faults", "clock", "books"];

/** The table of actions of a provider. */
export async function actionsOf(provider) {
  const answer = await get("/v1/actions", { provider });
  return answer.providers[provider];
}

export function actionsView(shared) {
  let route = null;
  let drawn = "";
  const body = el("div");
  const lead = el("p", { class: "lead" });
  const node = el(
    "div",
    { class: "view actions" },
    el("div", { class: "head" }, el("div", {}, el("h1", {}, "Actions"), lead)),
    body,
  );

  async function draw() {
    const provider = shared.only();
    lead.textContent = provider
      ? `What can be done to ${providerName(provider)}: the same table drives the command line and HTTP.`
      : "What can be done to a platform.";
    if (!provider) {
      fill(
        body,
        chooseProvider(shared, (name) => changed(route, { provider: name })),
      );
      drawn = "";
      return;
    }
    const { provider: _, ...preset } = route.query;
    const wanted = [provider, route.path[0] ?? "", JSON.stringify(preset)].join(" ");
    if (wanted === drawn) return; // what is being typed stays
    const actions = await actionsOf(provider);
    const name = route.path[0];
    const action = actions.find((a) => a.name === name);
    node.classList.toggle("with-form", name !== undefined);
    fill(
      body,
      el(
        "div",
        { class: "columns" },
        menu(actions, name, provider),
        el("section", { class: "sheet", "aria-label": "Action" }, sheet(provider, action, name, preset)),
      ),
    );
    if (drawn !== "" && action) body.querySelector("h2.title")?.focus({ preventScroll: true });
    drawn = wanted;
  }

  function menu(actions, current, provider) {
    const of = (group) => actions.filter((a) => a.group === group);
    const all = [...groups, ...new Set(actions.map((a) => a.group).filter((g) => !groups.includes(g)))];
    return el(
      "nav",
      { class: "menu", "aria-label": "Actions" },
      all
        .filter((g) => of(g).length > 0)
        .map((group) => [
          el("h2", {}, words(group)),
          el(
            "ul",
            {},
            of(group).map((a) =>
              el(
                "li",
                {},
                el(
                  "a",
                  {
                    href: link("actions", [a.name], { provider }),
                    "aria-current": a.name === current && "true",
                  },
                  words(a.name),
                ),
              ),
            ),
          ),
        ]),
    );
  }

  function sheet(provider, action, name, preset) {
    if (name === undefined) {
      return empty(
        "actions",
        "Choose an action",
        "Its form tells what it needs, with examples. What it brings about appears in the other views.",
      );
    }
    if (!action) return empty("actions", "No such action", `${providerName(provider)} has no action of this name.`);
    const command =
      `sandbox trigger ${provider}.${action.name}` +
      action.params
        .filter((p) => !p.optional)
        .map((p) => ` ${p.name}=${quoted(p.now?.[0] ?? p.example)}`)
        .join("");
    return [
      el("a", { class: "back", href: link("actions", [], { provider }) }, "All actions"),
      el("h2", { class: "title", tabindex: "-1" }, words(action.name)),
      el("p", { class: "lead" }, action.doc),
      actionForm(provider, action, { preset, done: () => shared.changedSoon() }),
      el("details", { class: "more" }, el("summary", {}, "The same from a shell"), el("pre", {}, command)),
    ];
  }

  return {
    node,
    async update(next) {
      route = next;
      await draw();
    },
    refresh: async () => {},
  };
}

/** An argument as a shell reads it. */
function quoted(text) {
  return /^[\w.:/@-]+$/.test(text) ? text : "'" + text.replaceAll("'", `'\\''`) + "'";
}
