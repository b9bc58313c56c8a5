#!/usr/bin/env bash
# A failing top-up in five minutes, with curl, jq and openssl. The provider is legacy,
# which signs with MD5.
#
#   sandbox serve
#   examples/sandbox/guides/topup.sh
#
# ISSUING_SANDBOX is the sandbox's control, 127.0.0.1:8490 when it is not set. The
# script ends with an error when something is not as it says.
set -euo pipefail

control=${ISSUING_SANDBOX:-127.0.0.1:8490}
say() { printf '\n%s\n' "$*"; }
fail() { printf 'topup.sh: %s\n' "$*" >&2; exit 1; }

# The sandbox's control: what can be done to a platform, and what it holds.
act() { curl -fsS --json "$2" "$control/v1/legacy/actions/$1"; }
books() { curl -fsS "$control/v1/state?provider=legacy" | jq -c ".providers.legacy | $1"; }

# A request, signed as the provider's page says: MD5 over the parameters and the secret
# in the order of their names.
keys=$(curl -fsS --json '{}' "$control/v1/keys?provider=legacy" | jq .providers.legacy)
base=$(jq -r .base_url <<<"$keys")
secret=$(jq -r .app_secret <<<"$keys")
sign() {
  printf '%s\n' "$@" "appSecret=$secret" | LC_ALL=C sort | paste -s -d '&' | tr -d '\n' |
    openssl dgst -md5 -r | cut -d ' ' -f 1
}
call() { # PATH NAME=VALUE…
  local path=$1; shift
  set -- "$@" "appKey=$(jq -r .app_key <<<"$keys")" "nonce=$(openssl rand -hex 8)" "timestamp=$(date +%s)000"
  set -- "$@" "sign=$(sign "$@")"
  jq -n '$ARGS.positional | map(capture("^(?<key>[^=]+)=(?<value>.*)$")) | from_entries' --args -- "$@" |
    curl -sS --json @- "$base$path"
}

say "1. A card that holds 100."
card=$(act issue-card '{"product":"VIRTUAL-P","amount":"100.00"}' | jq -r .card)
number=$(act reveal-card "{\"card\":\"$card\"}" | jq -r .number)
available() { books ".cards[] | select(.id == \"$card\") | .amount"; }
available

say "2. The next top-up is carried out, and its answer gets lost."
act inject '{"operation":"Cards.Deposit","fault":"drop-after"}' >/dev/null

say "3. The top-up of 50. All that the client sees is a connection that ends:"
order=topup-$(openssl rand -hex 4)
if call /api/card/top/up "merOrderNo=$order" "cardNumber=$number" amount=50.00; then
  fail "the top-up was answered"
fi

say "4. The sandbox knows better: the request met its fault, and there is an order."
curl -fsS "$control/v1/requests?provider=legacy&verdict=fault&limit=1" |
  jq -c '.requests[0] | {operation, verdict, fault}'
books ".orders[] | select(.key == \"$order\") | {key, kind, status, amount}"

say "5. What to do: look the order up under your own number, until it has ended."
for _ in $(seq 100); do
  found=$(call /api/card/top/up/query "merOrderNo=$order")
  [ "$(jq .data.status <<<"$found")" = 1 ] || break # 1 is in progress
  sleep 0.1
done
jq -c '{status, success, order: .data.status}' <<<"$found"
[ "$(jq -c '[.success, .data.status]' <<<"$found")" = '[true,2]' ] || fail "the order has not succeeded: $found"
echo "It had worked. Topping up again under another number would have paid twice."

say "6. Only where the look-up finds nothing does the top-up go again, and under its number:"
again=$(call /api/card/top/up "merOrderNo=$order" "cardNumber=$number" amount=50.00)
jq -c '{status, msg}' <<<"$again"
[ "$(jq .status <<<"$again")" = 5101 ] || fail "the repeat was not refused as one: $again"
[ "$(available)" = '"150.00"' ] || fail "the card holds $(available)"
say "The card holds 150.00: topped up once."
