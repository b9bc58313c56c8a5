// A failing top-up in five minutes, with Node's own crypto. The provider is WorldCard,
// which wants bodies encrypted with AES-256-GCM and signed with RSA-PSS, and sends its
// callbacks likewise.
//
//   sandbox serve --webhook http://127.0.0.1:9000/callbacks
//   node examples/sandbox/guides/topup.mjs
//
// ISSUING_SANDBOX is the sandbox's control, 127.0.0.1:8490 when it is not set, and
// CALLBACK_PORT the port at which the script waits for callbacks, 9000 when it is not
// set. The script ends with an error when something is not as it says.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import http from "node:http";

let control = process.env.ISSUING_SANDBOX ?? "127.0.0.1:8490";
if (!control.includes("://")) control = "http://" + control;

const post = async (url, body, more = {}) => {
  const headers = { "Content-Type": "application/json", ...more };
  const answer = await fetch(url, { method: "POST", headers, body });
  return { status: answer.status, body: await answer.json() };
};
const get = async (path) => (await fetch(control + path)).json();
const act = async (action, args) => {
  const answer = await post(`${control}/v1/worldcard/actions/${action}`, JSON.stringify(args));
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
};
const books = async () => (await get("/v1/state?provider=worldcard")).providers.worldcard;

const keys = (await post(`${control}/v1/keys?provider=worldcard`, "{}")).body.providers.worldcard;
const aesKey = Buffer.from(keys.aes_key, "hex");
const pss = { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: crypto.constants.RSA_PSS_SALTLEN_DIGEST };

// A body is {"data": Base64(nonce + ciphertext + tag)}.
function seal(value) {
  const nonce = crypto.randomBytes(12);
  const cipher = crypto.createCipheriv("aes-256-gcm", aesKey, nonce);
  const sealed = Buffer.concat([nonce, cipher.update(JSON.stringify(value)), cipher.final(), cipher.getAuthTag()]);
  return JSON.stringify({ data: sealed.toString("base64") });
}
function open(body) {
  const sealed = Buffer.from(JSON.parse(body).data, "base64");
  const decipher = crypto.createDecipheriv("aes-256-gcm", aesKey, sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(-16));
  return JSON.parse(Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]));
}

// A request is signed over its body, its time in seconds and its nonce.
function call(path, value) {
  const body = seal(value);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const nonce = crypto.randomUUID();
  const signed = Buffer.from(body + timestamp + nonce);
  const signature = crypto.sign("sha256", signed, { key: keys.merchant_private_key, ...pss });
  return post(keys.base_url + path, body, {
    "X-App-Id": keys.app_id, "X-Timestamp": timestamp, "X-Nonce": nonce, "X-Signature": signature.toString("base64"),
  });
}

// One's own service: it takes callbacks whose signature is right, and no others.
const events = [];
let arrived = () => {};
const service = http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const signed = Buffer.from(body + request.headers["x-timestamp"] + request.headers["x-nonce"]);
  const signature = Buffer.from(request.headers["x-signature"] ?? "", "base64");
  if (!crypto.verify("sha256", signed, { key: keys.platform_public_key, ...pss }, signature)) {
    response.writeHead(401).end("bad signature");
    return;
  }
  response.end("ok");
  events.push(open(body));
  arrived();
});
await new Promise((listening) => service.listen(Number(process.env.CALLBACK_PORT ?? 9000), "127.0.0.1", listening));
async function callback(type, key) {
  const late = setTimeout(() => { throw new Error(`no callback ${type} within 30 seconds`); }, 30_000);
  const fits = (event) => event.notify_type === type && event.merchant_transaction_id === key;
  while (!events.some(fits)) await new Promise((resolve) => { arrived = resolve; });
  clearTimeout(late);
  return events.find(fits);
}

console.log("1. A card that holds 100.");
const { card } = await act("issue-card", { type: "VIRTUAL-G", amount: "100.00" });
const available = async () => (await books()).cards.find((c) => c.id === card).amount;
console.log("  ", await available());

console.log("2. The next top-up is carried out, and its answer gets lost.");
await act("inject", { operation: "Cards.Deposit", fault: "drop-after" });

console.log("3. The top-up of 50. All that the client sees is a connection that ends:");
const key = `topup-${crypto.randomUUID()}`; // of this top-up: store it before the request goes out
const topUp = () => call("/api/v1/card/deposit", { card_id: card, merchant_transaction_id: key, amount: "50.00" });
const lost = await topUp().then(() => null, (error) => error);
assert.ok(lost, "the top-up was answered");
console.log("  ", lost.cause?.message ?? lost.message);

console.log("4. The sandbox knows better: the request met its fault, and there is an order.");
const [met] = (await get("/v1/requests?provider=worldcard&verdict=fault&limit=1")).requests;
console.log("  ", met.operation, met.verdict, met.fault);
assert.deepEqual([met.operation, met.fault], ["Cards.Deposit", "drop-after"]);

console.log("5. What to do: take the callback, whose signature is right, or look the top-up up under your own number.");
console.log("  ", (await callback("card_deposit", key)).status === 1 ? "card_deposit: success" : "card_deposit: failed");
const found = (await call("/api/v1/card/deposit/list", { card_id: card, merchant_transaction_id: key })).body.data.list;
assert.deepEqual(found.map((d) => [d.amount, d.status]), [["50.00", 2]]);
console.log("   It had worked. Topping up again under another number would have paid twice.");

console.log("6. Only where the look-up finds nothing does the top-up go again, and under its number:");
const again = await topUp();
console.log("  ", again.body.code, again.body.message);
assert.equal(again.body.code, 10011);

assert.equal(await available(), "150.00");
console.log("The card holds 150.00: topped up once.");
service.close();
