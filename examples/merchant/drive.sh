#!/usr/bin/env bash
# Takes a card through its life at each of the six providers, with curl and jq alone: it
# applies for it, activates it where that is due, tops it up, freezes and unfreezes it, and
# closes it. UnionPay's is a token's life.
#
#   examples/merchant/drive.sh [MERCHANT]
#
# MERCHANT is the program; without it the script builds one with go build. It runs on SQLite
# with the platforms in memory, and is stopped at the end.
set -euo pipefail
cd "$(dirname "$0")"

dir=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || true; rm -rf "$dir"' EXIT

fail() { printf 'drive.sh: %s\n' "$*" >&2; exit 1; }

merchant=${1:-$dir/merchant}
[ $# -gt 0 ] || go build -o "$merchant" .

MERCHANT_DRAIN=10ms "$merchant" -listen 127.0.0.1:0 -control 127.0.0.1:0 >"$dir/ready" 2>"$dir/log" &
pid=$!
for _ in $(seq 300); do [ -s "$dir/ready" ] && break; sleep 0.1; done
[ -s "$dir/ready" ] || fail "the service did not start: $(cat "$dir/log")"
page=$(jq -r .page "$dir/ready")
control=$(jq -r .control "$dir/ready")
curl -fsS "${page}readyz" || fail "it is not ready"

# want TEXT JSON FILTER checks what a filter says of an answer.
want() { jq -e "$3" <<<"$2" >/dev/null || fail "$1: $3 does not hold of $2"; }

# order JSON places an order and prints it as it ends.
order() {
  local id answer
  id=$(curl -fsS --json "$1" "${page}v1/orders" | jq -r .id)
  for _ in $(seq 300); do
    answer=$(curl -fsS "${page}v1/orders/$id")
    if jq -e '.final or .state == "review"' <<<"$answer" >/dev/null; then break; fi
    sleep 0.1
  done
  printf '%s' "$answer"
}

# act PROVIDER ACTION JSON does something at a platform in memory.
act() { curl -fsS --json "$3" "$control/v1/$1/actions/$2"; }

# life PROVIDER APPLICATION [STEPS] applies and takes the steps in turn, each of which has
# to be carried out.
life() {
  local provider=$1 card answer
  answer=$(order "$(jq -n --arg provider "$provider" --argjson body "$2" '{provider: $provider, kind: "apply", key: "apply"} + $body')")
  want "$provider apply" "$answer" '.state == "done"'
  card=$(jq -r .id <<<"$answer")
  local step body
  for step in $3; do
    body='{}'
    [ "$step" != deposit ] || body='{"amount": "20.50"}'
    [ "$step" != activate ] || body=$(jq '{holder}' <<<"$2")
    answer=$(order "$(jq -n --arg provider "$provider" --arg kind "$step" --arg card "$card" --argjson body "$body" \
      '{provider: $provider, kind: $kind, key: $kind, card: $card} + $body')")
    want "$provider $step" "$answer" '.state == "done"'
  done
  printf '%s: applied, %s\n' "$provider" "${3// /, }"
}

all='deposit freeze unfreeze close'
life worldcard '{"product": "VIRTUAL-R", "bin": "2", "amount": "100.00", "holder": {"email": "ada@example.com"}}' "$all"
life legacy '{"bin": "537100", "amount": "100.00", "holder": {"email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace"}}' "$all"
life kazepay '{"bin": "222929", "holder": {"email": "ada@example.com", "phone": "91234567", "phone_prefix": "852"}}' "$all"
life uqpay '{"product": "9a0c0b1e-0000-4000-8000-000000000001", "amount": "100.00",
  "holder": {"email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace", "country": "SG", "phone": "91234567"}}' "$all"
life coshine '{"product": "2201", "holder": {"id": "CIF1", "document": "E12345678"}}' "activate $all"

# The issuer's app pushes a card; its link brings the authorization for one token.
pushed=$(act unionpay issue-card '{"status": "normal"}' | jq -r .card)
links=$(act unionpay push-card "$(jq -n --arg card "$pushed" '{card: $card, origin: "ios"}')")
authorization=$(jq -r "$(cat <<'JQ'
.links["App-to-App"] | capture("[?&]authData=(?<data>[^&]*)").data
JQ
)" <<<"$links")
life unionpay "$(jq -n --arg data "$authorization" '{device: "device-1", auth_data: $data}')" "freeze unfreeze close"

# The same key is the same order; with another request it is refused.
again='{"provider": "worldcard", "kind": "apply", "key": "apply", "product": "VIRTUAL-R", "bin": "2", "amount": "100.00", "holder": {"email": "ada@example.com"}}'
want "the same key" "$(curl -fsS --json "$again" "${page}v1/orders")" '.state == "done"'
status=$(curl -sS -o /dev/null -w '%{http_code}' --json "$(jq '.amount = "200.00"' <<<"$again")" "${page}v1/orders")
[ "$status" = 409 ] || fail "another request under the same key was answered with $status"
curl -fsS "$page" | grep 'For a person to decide' >/dev/null || fail "there is no page"
curl -fsS "${page}metrics" | grep '^issuing_client_call_duration' >/dev/null || fail "calls are not measured"
kill "$pid"
wait "$pid" || fail "it did not end well: $(tail -3 "$dir/log")"
pid=
echo "six lives, and none left open"
