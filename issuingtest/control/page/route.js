// The address of a view stands behind the #, so that every view can be linked:
// #/requests/57?provider=worldcard&verdict=refused

/** Reads an address: { view, path, query }, or null when it names no view. */
export function read(hash = location.hash) {
  if (hash === "" || hash === "#") return { view: "cards", path: [], query: {} };
  if (!hash.startsWith("#/")) return null;
  const [path, query] = hash.slice(2).split("?", 2);
  const [view, ...rest] = path.split("/").map(decode);
  return { view, path: rest, query: Object.fromEntries(new URLSearchParams(query ?? "")) };
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Writes an address. */
export function link(view, path = [], query = {}) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== "" && value !== undefined && value !== null) parameters.set(name, value);
  }
  const text = parameters.toString();
  return "#/" + [view, ...path].map(encodeURIComponent).join("/") + (text ? "?" + text : "");
}

/** The address of the same view with some of its parameters changed. */
export function changed(route, query, path = route.path) {
  return link(route.view, path, { ...route.query, ...query });
}

/** Goes to an address without a new entry in the history. */
export function replace(hash) {
  history.replaceState(null, "", hash);
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}
