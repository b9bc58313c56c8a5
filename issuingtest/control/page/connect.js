// What a client needs: addresses, and keys for whoever asks for them.

import { get, post } from "./api.js";
import { button, copyable, el, fill } from "./dom.js";
import { providerName, words } from "./format.js";

export function connectView(shared) {
  const body = el("div", { class: "stack" });
  const node = el(
    "div",
    { class: "view connect" },
    el(
      "div",
      { class: "head" },
      el(
        "div",
        {},
        el("h1", {}, "Connect"),
        el(
          "p",
          { class: "lead" },
          "What a client needs to call these platforms. The keys are made for this sandbox and open nothing else.",
        ),
      ),
    ),
    body,
  );

  function sheet(name) {
    const keys = el("div");
    const said = el("p", { class: "said", role: "status" });
    const show = button("Show keys", "small", async () => {
      if (keys.childElementCount > 0) {
        fill(keys);
        show.textContent = "Show keys";
        return;
      }
      try {
        const answer = await post("/v1/keys", {}, { provider: name });
        fill(keys, pairs(answer.providers[name] ?? {}));
        show.textContent = "Hide keys";
        said.textContent = "";
      } catch (problem) {
        said.textContent = problem.message;
      }
    });
    return el(
      "section",
      { class: "sheet", "aria-label": providerName(name) },
      el("div", { class: "panel-head" }, el("h2", {}, providerName(name)), show),
      el(
        "dl",
        { class: "keys" },
        el("div", {}, el("dt", {}, "Address"), el("dd", {}, copyable(shared.providers[name].url))),
      ),
      keys,
      said,
    );
  }

  function pairs(values) {
    return el(
      "dl",
      { class: "keys" },
      Object.entries(values)
        .filter(([name]) => name !== "provider")
        .map(([name, value]) => el("div", {}, el("dt", {}, words(name)), el("dd", {}, copyable(String(value))))),
    );
  }

  return {
    node,
    async update() {
      await get("/v1/health");
      fill(
        body,
        shared
          .names()
          .filter((name) => shared.chosen === "" || name === shared.chosen)
          .map(sheet),
      );
    },
    refresh: async () => {},
  };
}
