#!/usr/bin/env python3
"""A failing top-up in five minutes, with Python's standard library. The provider is
UQPAY, which wants a token and an idempotency key, and signs its callbacks.

    sandbox serve --webhook http://127.0.0.1:9000/callbacks
    python3 examples/sandbox/guides/topup.py

ISSUING_SANDBOX is the sandbox's control, 127.0.0.1:8490 when it is not set, and
CALLBACK_PORT the port at which the script waits for callbacks, 9000 when it is not set.
The script ends with an error when something is not as it says.
"""

import hashlib
import hmac
import http.client
import http.server
import json
import os
import queue
import threading
import urllib.error
import urllib.request
import uuid

control = os.environ.get("ISSUING_SANDBOX", "127.0.0.1:8490")
control = control if "://" in control else "http://" + control


def send(method, url, body=None, headers=None):
    """Sends a request and returns status and answer."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", **(headers or {})}
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def act(action, **arguments):
    """Does something to the platform."""
    status, answer = send("POST", f"{control}/v1/uqpay/actions/{action}", arguments)
    assert status == 200, answer
    return answer


def books():
    """What the platform holds."""
    return send("GET", f"{control}/v1/state?provider=uqpay")[1]["providers"]["uqpay"]


keys = send("POST", f"{control}/v1/keys?provider=uqpay", {})[1]["providers"]["uqpay"]
base = keys["base_url"]


# One's own service: it takes callbacks whose signature is right, and no others.
events = queue.Queue()


class Callbacks(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = body + self.headers.get("x-wk-timestamp", "").encode()
        want = hmac.new(keys["webhook_secret"].encode(), signed, hashlib.sha512).hexdigest()
        genuine = hmac.compare_digest(want, self.headers.get("x-wk-signature", ""))
        self.send_response(200 if genuine else 401)
        self.end_headers()
        if genuine:
            events.put(json.loads(body))

    def log_message(self, *_):
        pass


port = int(os.environ.get("CALLBACK_PORT", "9000"))
service = http.server.ThreadingHTTPServer(("127.0.0.1", port), Callbacks)
threading.Thread(target=service.serve_forever, daemon=True).start()

print("1. A card that holds 100.")
card = act("issue-card", product="9a0c0b1e-0000-4000-8000-000000000001", amount="100.00")["card"]


def available():
    return next(c["amount"] for c in books()["cards"] if c["id"] == card)


print("  ", available())

print("2. The next top-up is carried out, and its answer gets lost.")
act("inject", operation="Cards.Deposit", fault="drop-after")

print("3. The top-up of 50. All that the client sees is a connection that ends:")
who = {"x-client-id": keys["client_id"], "x-api-key": keys["api_key"]}
token = send("POST", f"{base}/v1/connect/token", headers=who)[1]["auth_token"]
key = str(uuid.uuid4())  # of this top-up: store it before the request goes out


def top_up():
    headers = {"x-auth-token": "Bearer " + token, "x-idempotency-key": key}
    return send("POST", f"{base}/v1/issuing/cards/{card}/recharge", {"amount": 50}, headers)


try:
    raise SystemExit(f"topup.py: the top-up was answered: {top_up()}")
except (http.client.HTTPException, urllib.error.URLError, ConnectionError) as lost:
    print("  ", lost)

print("4. The sandbox knows better: the request met its fault, and there is an order.")
met = send("GET", f"{control}/v1/requests?provider=uqpay&verdict=fault&limit=1")[1]["requests"][0]
print("  ", met["operation"], met["verdict"], met["fault"])
assert (met["operation"], met["fault"]) == ("Cards.Deposit", "drop-after"), met

print("5. What to do: send it again with the same key, which gets the first request's answer.")
status, answer = top_up()
print("  ", status, answer["order_status"])
assert status == 200, answer
print("   It had worked. Another key would have paid twice.")

print("6. The callback tells of it as well, and its signature is right:")
while True:
    event = events.get(timeout=30)
    if event["event_type"] == "card.recharge.succeeded":
        break
print("  ", event["event_type"])

orders = [o for o in books()["orders"] if o["of"] == card]
assert len(orders) == 1, orders
assert available() == "150.00", available()
print("The card holds 150.00: topped up once.")
