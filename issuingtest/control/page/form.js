// Forms made from the table of actions: a field for each parameter, by its type.

import { act, Problem } from "./api.js";
import { chip, el, fill, framed } from "./dom.js";
import { link } from "./route.js";
import { providerName, words } from "./format.js";

let forms = 0; // numbers the ids of fields

/**
 * Makes the form of an action of a provider. Preset are arguments to begin with, fixed
 * the names of those that are not shown, label what its button says; done is called when
 * the action has been carried out.
 */
export function actionForm(provider, action, { preset = {}, fixed = [], label, done = () => {} } = {}) {
  const number = ++forms;
  const fields = action.params.map((p) => field(p, `f${number}-${p.name}`, preset[p.name]));
  for (const f of fields) f.node.hidden = fixed.includes(f.param.name);
  const alone = fields.every((f) => f.param.optional);
  const needed = fields.filter((f) => alone || !f.param.optional || preset[f.param.name]);
  const others = fields.filter((f) => !needed.includes(f));
  const outcome = el("div", { class: "outcome", role: "status" });
  const run = el("button", { class: "button primary" }, label ?? words(action.name));
  const more =
    others.length > 0 &&
    el(
      "details",
      { class: "more" },
      el("summary", {}, others.length === 1 ? "1 optional field" : `${others.length} optional fields`),
      el(
        "div",
        { class: "fields" },
        others.map((f) => f.node),
      ),
    );
  const form = el(
    "form",
    { class: "action", novalidate: true, "aria-label": words(action.name) },
    needed.length > 0 &&
      el(
        "div",
        { class: "fields" },
        needed.map((f) => f.node),
      ),
    more,
    el("div", { class: "row" }, run),
    outcome,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (run.getAttribute("aria-disabled") === "true") return;
    run.setAttribute("aria-disabled", "true");
    for (const f of fields) f.complain("");
    try {
      const given = Object.fromEntries(fields.map((f) => [f.param.name, f.value()]).filter(([, v]) => v !== ""));
      const answer = await act(provider, action.name, given);
      fill(outcome, result(provider, answer));
      done(answer);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      fill(outcome, refused(problem, fields, more));
    } finally {
      run.removeAttribute("aria-disabled");
    }
  });
  return form;
}

/** Says what is wrong: beside the fields that it is about, and in one sentence below. */
function refused(problem, fields, more) {
  let first = null;
  for (const { param, problem: text } of problem.arguments) {
    const f = fields.find((candidate) => candidate.param.name === param);
    f?.complain(text);
    if (f && more && more.contains(f.node)) more.open = true;
    if (f && !f.node.hidden) first ??= f;
  }
  first?.input().focus();
  if (first) {
    const several = problem.arguments.length > 1;
    return el(
      "p",
      { class: "notice bad" },
      several ? "Some arguments need another look." : "One argument needs another look.",
    );
  }
  return el(
    "p",
    { class: "notice bad" },
    plain(problem.message),
    problem.suggestion && [" Did you mean ", el("code", {}, problem.suggestion), "?"],
  );
}

/** An error's text without the name of the package that wrote it. */
function plain(message) {
  const text = message.replace(/^[a-z]+test: /, "");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What an action answered. */
function result(provider, answer) {
  const rows = Object.entries(answer).filter(([, value]) => value !== "" && value !== null);
  const declined = answer.approved === false;
  const pairs = rows.filter(([name]) => name !== "approved" && name !== "turning");
  const head = declined
    ? chip("Declined", "bad")
    : answer.turning
      ? chip("Turning", "info")
      : chip(answer.approved ? "Approved" : "Done", "good");
  return el(
    "div",
    { class: "notice plain" },
    head,
    pairs.length > 0 &&
      el(
        "dl",
        { class: "facts" },
        pairs.map(([name, value]) =>
          el("div", {}, el("dt", {}, words(name)), el("dd", {}, shown(provider, name, value))),
        ),
      ),
  );
}

function shown(provider, name, value) {
  if (name === "card") return el("a", { href: link("cards", [provider, String(value)]) }, String(value));
  return typeof value === "object" ? el("code", {}, JSON.stringify(value)) : String(value);
}

/** One field: its element, its input, how to read it, and how to say what is wrong. */
function field(param, id, preset) {
  const made = control(param, id, preset);
  const hint = el("span", { class: "hint", id: id + "-hint" }, sentence(param.doc), example(param));
  const wrong = el("span", { class: "wrong", id: id + "-wrong" });
  made.setAttribute("aria-describedby", `${id}-hint ${id}-wrong`);
  if (!param.optional) made.setAttribute("aria-required", "true");
  const label = el("label", { for: id, class: "label" }, words(param.name));
  const box = param.type === "boolean";
  const node = el(
    "div",
    { class: box ? "field check" : "field" },
    box ? [made, label] : [label, made.localName === "select" ? framed(made) : made],
    hint,
    wrong,
  );
  const input = () => node.querySelector("input, select, textarea"); // "Something else" replaces the first one
  return {
    param,
    node,
    input,
    value: () => (box ? (made.checked ? "true" : "") : input().value.trim()),
    complain(text) {
      wrong.textContent = text ? sentence(text) : "";
      if (text) input().setAttribute("aria-invalid", "true");
      else input().removeAttribute("aria-invalid");
    },
  };
}

function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function example(param) {
  const useful = param.optional && !["enum", "boolean", "object"].includes(param.type) && param.example !== "";
  return useful && [" · for example ", el("code", {}, param.example)];
}

/** A choice among what a parameter can name now; "Something else" turns it into a field. */
function among(param, id, preset) {
  const other = "\u0000";
  const select = el(
    "select",
    { id },
    param.optional && el("option", { value: "" }, "None"),
    param.now.map((v) => el("option", { value: v }, v)),
    el("option", { value: other }, "Something else…"),
  );
  select.value = preset ?? (param.optional ? "" : param.now[0]);
  select.addEventListener("change", () => {
    if (select.value !== other) return;
    const input = line(param, id, "");
    for (const name of ["aria-describedby", "aria-required"]) {
      if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    }
    select.closest(".select").replaceWith(input); // with its frame
    input.focus();
  });
  return select;
}

function line(param, id, value) {
  return el("input", {
    id,
    value,
    autocomplete: "off",
    spellcheck: "false",
    type: param.type === "secret" ? "password" : "text",
    inputmode: { amount: "decimal", integer: "numeric" }[param.type] ?? false,
    placeholder: param.now && !param.optional ? param.example : false,
    class: ["amount", "integer", "currency", "duration"].includes(param.type) ? "short" : "",
  });
}

function control(param, id, preset) {
  if (param.now?.length > 0 && (preset === undefined || param.now.includes(preset)))
    return among(param, id, preset);
  const value = preset ?? (param.optional ? "" : param.now ? (param.now[0] ?? "") : param.example);
  switch (param.type) {
    case "enum": {
      const select = el(
        "select",
        { id },
        param.optional && el("option", { value: "" }, "None"),
        param.choices.map((c) => el("option", { value: c }, c)),
      );
      if (preset) select.value = preset;
      return select;
    }
    case "boolean":
      return el("input", { id, type: "checkbox" });
    case "object":
      return el("textarea", {
        id,
        rows: 5,
        spellcheck: "false",
        value: preset ?? (param.optional ? "" : param.example),
      });
    default:
      return line(param, id, value);
  }
}

/** A place that asks for a provider, where an action needs one. */
export function chooseProvider(shared, address) {
  return el(
    "div",
    { class: "choose" },
    el("p", {}, "These belong to one platform. Which one?"),
    el(
      "ul",
      { class: "buttons" },
      shared
        .names()
        .map((name) => el("li", {}, el("a", { class: "button", href: address(name) }, providerName(name)))),
    ),
  );
}
