// Faults that wait for requests, and the forms that add some.

import { act, get } from "./api.js";
import { button, chip, el, fill } from "./dom.js";
import { providerName } from "./format.js";
import { actionForm, chooseProvider } from "./form.js";
import { actionsOf } from "./actions.js";
import { link } from "./route.js";
import { table } from "./table.js";

const titles = {
  inject: ["Break the next request", "Add the fault"],
  "fail-next": ["Have an operation fail by itself", "Let the next one fail"],
  "set-callbacks": ["Disturb callbacks", "Apply to later callbacks"],
  "release-callbacks": ["Release what is held back", "Release"],
};

export function faultsView(shared) {
  let route = null;
  let drawn = "";
  const waiting = el("div");
  const forms = el("div", { class: "sheets" });
  const said = el("p", { class: "said", role: "status" });
  const list = table(
    "Faults that wait for requests",
    [
      ["name", "Operation"],
      ["detail", "Faults, in their order", "wide"],
      ["provider", "Provider"],
      ["do", el("span", { class: "unseen" }, "Clear"), "number"],
    ],
    (f) => f.provider + " " + f.operation,
    (f) => [
      f.operation === "any" ? "Any operation" : f.operation,
      el(
        "span",
        { class: "chips" },
        f.faults.map((text) => chip(text, "warn")),
      ),
      providerName(f.provider),
      clear(f),
    ],
  );
  const node = el(
    "div",
    { class: "view faults" },
    el(
      "div",
      { class: "head" },
      el(
        "div",
        {},
        el("h1", {}, "Faults"),
        el(
          "p",
          { class: "lead" },
          "What goes wrong on purpose. A fault strikes one request, before or after the money has moved.",
        ),
      ),
    ),
    waiting,
    said,
    forms,
  );

  function clear(fault) {
    const name = fault.operation === "any" ? "" : fault.operation;
    if (name === "") return ""; // the table of actions clears by name
    const node = button("Clear", "small", async () => {
      try {
        await act(fault.provider, "clear-faults", { operation: name });
        said.textContent = `${name} works again.`;
        await load();
      } catch (problem) {
        said.textContent = problem.message;
      }
    });
    node.setAttribute("aria-label", "Clear the faults of " + name);
    return node;
  }

  async function load() {
    const answer = await get("/v1/faults", { provider: shared.chosen });
    node.classList.toggle("several", shared.several());
    const rows = Object.entries(answer.providers)
      .sort()
      .flatMap(([provider, operations]) =>
        Object.entries(operations)
          .sort()
          .map(([operation, faults]) => ({ provider, operation, faults })),
      );
    if (rows.length === 0) {
      fill(
        waiting,
        el(
          "p",
          { class: "calm-line" },
          el("strong", {}, "Nothing is broken."),
          " A fault that you add below waits here for the request that it strikes.",
        ),
      );
    } else if (!waiting.contains(list.node)) {
      fill(waiting, list.node);
    }
    list.show(rows, false);
  }

  async function drawForms() {
    const provider = shared.only();
    const wanted = provider + " " + (route.query.operation ?? "");
    if (drawn === wanted) return;
    drawn = wanted;
    if (!provider) {
      fill(
        forms,
        chooseProvider(shared, (name) => link("faults", [], { provider: name })),
      );
      return;
    }
    const actions = await actionsOf(provider);
    fill(
      forms,
      Object.entries(titles).map(([name, [title, label]]) => {
        const action = actions.find((a) => a.name === name);
        const can = action?.params.find((p) => p.name === "operation")?.now ?? [];
        const preset = can.includes(route.query.operation) ? { operation: route.query.operation } : {};
        return (
          action &&
          el(
            "section",
            { class: "sheet", "aria-label": title },
            el("h2", {}, title),
            el("p", { class: "lead" }, action.doc),
            actionForm(provider, action, { preset, label, done: load }),
          )
        );
      }),
    );
  }

  return {
    node,
    async update(next) {
      route = next;
      await Promise.all([load(), drawForms()]);
    },
    refresh: load,
  };
}
