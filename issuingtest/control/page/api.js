// Asks the control API. The token of a sandbox that has one lives as long as the tab.

/** An error that the API answered, or that nothing answered (status 0). */
export class Problem extends Error {
  constructor(status, body) {
    super(body?.error?.message ?? "the sandbox does not answer");
    this.status = status;
    this.code = body?.error?.code ?? "";
    this.suggestion = body?.error?.suggestion ?? "";
    this.arguments = body?.error?.arguments ?? [];
  }
}

let askToken = async () => "";

/** Sets what asks a person for the token; it is given whether one was wrong. */
export function onToken(ask) {
  askToken = ask;
}

/** The headers of every request. */
export function headers(more = {}) {
  const token = sessionStorage.getItem("token");
  return token ? { ...more, Authorization: "Bearer " + token } : more;
}

let asking = null;

/** Asks for the token once, however many wait for it. */
export async function renewToken() {
  asking ??= askToken(sessionStorage.getItem("token") !== null).then((token) => {
    sessionStorage.setItem("token", token);
    asking = null;
  });
  await asking;
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options());
    if (response.status === 401) {
      await renewToken();
      return ask(path, options);
    }
  } catch {
    throw new Problem(0);
  }
  let body = null;
  try {
    body = await response.json();
  } catch {
    throw new Problem(response.status);
  }
  if (!response.ok) throw new Problem(response.status, body);
  return body;
}

/** Reads what has an id; null when it is not kept, or never was. */
export async function find(list, id) {
  try {
    return await get(`/v1/${list}/${encodeURIComponent(id)}`);
  } catch (problem) {
    if (problem.status === 404) return null;
    throw problem;
  }
}

/** Writes a path with the parameters that are set. */
export function address(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== "" && value !== undefined && value !== null) query.set(name, value);
  }
  const text = query.toString();
  return text ? path + "?" + text : path;
}

/** Reads. */
export function get(path, parameters) {
  return ask(address(path, parameters), () => ({ headers: headers() }));
}

/** Changes something. */
export function post(path, body = {}, parameters = {}) {
  return ask(address(path, parameters), () => ({
    method: "POST",
    headers: headers({ "Content-Type": "application/json" }),
    body: JSON.stringify(body),
  }));
}

/** Does an action of a provider. */
export function act(provider, action, args) {
  return post(`/v1/${encodeURIComponent(provider)}/actions/${encodeURIComponent(action)}`, args);
}
