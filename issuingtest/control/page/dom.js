// Makes and updates elements. What comes from a platform becomes text and nothing
// else: there is no way here to set markup, a style or a handler from a string.

const svg = "http://www.w3.org/2000/svg";

/**
 * Makes an element. Properties: class, on (listeners by event), data (dataset), and
 * attributes; false, null and undefined are left out, true is an empty attribute.
 */
export function el(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === false || value === null || value === undefined) continue;
    if (key === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (key === "data") {
      Object.assign(node.dataset, value);
    } else if (key === "value") {
      node.value = value;
    } else {
      node.setAttribute(key, value === true ? "" : value);
    }
  }
  node.append(...flat(children));
  return node;
}

function flat(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/** Replaces what an element holds. The focus stays where its like stands again. */
export function fill(node, ...children) {
  const held = node.contains(document.activeElement) ? document.activeElement : null;
  node.replaceChildren(...flat(children));
  if (held && !node.contains(held)) {
    [...node.querySelectorAll(held.localName)]
      .find((e) => e.id === held.id && e.textContent === held.textContent)
      ?.focus({ preventScroll: true });
  }
  return node;
}

/** An icon of index.html, which says nothing by itself. */
export function icon(name) {
  const node = document.createElementNS(svg, "svg");
  node.setAttribute("class", "icon");
  node.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(svg, "use");
  use.setAttribute("href", "#i-" + name);
  node.append(use);
  return node;
}

/** A chip: a word with a tone (good, bad, warn, calm, info). */
export function chip(text, tone) {
  return el("span", { class: "chip " + tone }, text);
}

/** A frame around a select, which has its arrow. */
export function framed(select) {
  return el("span", { class: "select" }, select);
}

/** A button that does something and cannot be pressed again meanwhile. */
export function button(text, kind, work) {
  const node = el("button", { type: "button", class: "button " + kind }, text);
  node.addEventListener("click", async () => {
    if (node.getAttribute("aria-disabled") === "true") return;
    node.setAttribute("aria-disabled", "true"); // disabled would lose the focus
    try {
      await work(node);
    } finally {
      node.removeAttribute("aria-disabled");
    }
  });
  return node;
}

/**
 * Makes the children of a parent fit a list: rows stay where they are by their keys,
 * so that focus and what is being read stay too. Draw returns the row of an item; it is
 * called only when the item has changed.
 */
export function sync(parent, items, keyOf, draw) {
  const old = new Map();
  for (const row of parent.children) old.set(row.dataset.key, row);
  const begun = parent.dataset.begun === "yes";
  let at = parent.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    const version = JSON.stringify(item);
    let row = old.get(key);
    old.delete(key);
    if (!row || row.version !== version) {
      const made = draw(item);
      made.dataset.key = key;
      made.version = version;
      if (!row && begun) made.classList.add("new");
      if (row) {
        const held = row.contains(document.activeElement);
        if (row === at) at = made;
        row.replaceWith(made);
        if (held) made.querySelector("a, button")?.focus({ preventScroll: true });
      }
      row = made;
    }
    if (row === at) at = at.nextElementSibling;
    else parent.insertBefore(row, at);
  }
  for (const row of old.values()) row.remove();
  parent.dataset.begun = "yes";
}

/** A definition list of pairs; a pair without a value is left out. */
export function facts(pairs) {
  const list = el("dl", { class: "facts" });
  for (const [name, value] of pairs) {
    if (value === "" || value === null || value === undefined || value === false) continue;
    list.append(el("div", {}, el("dt", {}, name), el("dd", {}, value)));
  }
  return list;
}

/** A place without anything yet: what it will show, and what brings that about. */
export function empty(name, title, text, ...more) {
  return el(
    "div",
    { class: "empty" },
    icon(name),
    el("p", { class: "empty-title" }, title),
    el("p", {}, text),
    more.length > 0 && el("div", { class: "row center" }, more),
  );
}

/** A text that can be copied. */
export function copyable(text) {
  if (!navigator.clipboard) return el("code", {}, text);
  const copy = el(
    "button",
    { type: "button", class: "copy", "aria-label": "Copy " + text.slice(0, 80) },
    icon("copy"),
  );
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    copy.classList.add("done");
    setTimeout(() => copy.classList.remove("done"), 1500);
  });
  return el("span", { class: "copyable" }, el("code", {}, text), copy);
}
