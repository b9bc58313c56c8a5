// The platforms' clocks, and turning them.

import { get, post } from "./api.js";
import { button, el, fill, icon } from "./dom.js";
import { clockTime, day, providerName } from "./format.js";

const steps = [
  ["+1 h", "1h"],
  ["+1 day", "24h"],
  ["+30 days", "720h"],
];

/** Fills the bar of the clock and returns how to refresh it. */
export function clockBar(place, shared) {
  const time = el("span", { class: "now" });
  const date = el("span", { class: "date" });
  const said = el("span", { class: "said", role: "status" });
  const own = el("input", {
    id: "turn-by",
    value: "15m",
    autocomplete: "off",
    spellcheck: "false",
    class: "short",
  });
  const wrong = el("p", { class: "wrong", role: "alert" });
  const dialog = el("dialog", { "aria-labelledby": "turn-title" });

  async function turn(by) {
    said.textContent = "turning…";
    try {
      const answer = await post("/v1/clock", { advance: by }, { provider: shared.chosen });
      const behind = Object.values(answer.providers).some((p) => p?.turning);
      said.textContent = behind ? "goes on behind" : "";
      await refresh();
      shared.changedSoon();
      return "";
    } catch (problem) {
      said.textContent = "";
      return problem.arguments?.[0] ? `This ${problem.arguments[0].problem}.` : problem.message;
    }
  }

  async function refresh() {
    let answer;
    try {
      answer = await get("/v1/clock", { provider: shared.chosen });
    } catch {
      return; // the state of the connection says it
    }
    const [first, ...others] = Object.entries(answer.providers);
    const alike = others.every(([, c]) => Math.abs(new Date(c.now) - new Date(first[1].now)) < 1500);
    time.textContent = clockTime(first[1].now).slice(0, 5) + " UTC";
    date.textContent = day(first[1].now);
    time.title = alike
      ? ""
      : [first, ...others].map(([n, c]) => `${providerName(n)} ${day(c.now)} ${clockTime(c.now)}`).join("\n");
    place.classList.toggle("differ", !alike);
  }

  const form = el(
    "form",
    { method: "dialog" },
    el("h2", { id: "turn-title" }, "Turn the clock"),
    el("p", {}, "What falls due on the way is done: retries of callbacks, settlements, ends of reviews."),
    el(
      "div",
      { class: "field" },
      el("label", { class: "label", for: "turn-by" }, "By how much"),
      own,
      el("span", { class: "hint" }, "Such as 90s, 15m, 36h or 1h30m"),
    ),
    wrong,
    el(
      "div",
      { class: "row end" },
      el("button", { type: "button", class: "button", on: { click: () => dialog.close() } }, "Cancel"),
      el("button", { class: "button primary" }, "Turn"),
    ),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    wrong.textContent = await turn(own.value.trim());
    if (wrong.textContent === "") dialog.close();
  });
  dialog.append(form);
  document.body.append(dialog);

  fill(
    place,
    el("p", { class: "time" }, icon("clock"), time, date),
    el(
      "div",
      { class: "row tight", role: "group", "aria-label": "Turn the clock" },
      steps.map(([label, by]) =>
        button(label, "small", async () => {
          said.textContent = await turn(by);
        }),
      ),
      button("Turn…", "small", async () => {
        wrong.textContent = "";
        dialog.showModal();
        own.select();
      }),
    ),
    said,
  );
  return { refresh };
}
