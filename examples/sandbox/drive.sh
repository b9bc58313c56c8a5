#!/usr/bin/env bash
# Drives all six platforms with curl and jq alone, and checks what comes of it.
#
#   examples/sandbox/drive.sh [SANDBOX]
#
# SANDBOX is the program; without it the script builds one with go build. Of each
# platform it makes a card, has it used and declined, rejects a KYC review and sends a
# one-time password where the platform has them, and breaks an operation that moves
# money; it sees requests, books and callbacks, sends a callback again, and turns the
# clock by a day.
set -euo pipefail
cd "$(dirname "$0")"

dir=$(mktemp -d)
pids=()
trap 'for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; rm -rf "$dir"' EXIT

fail() { printf 'drive.sh: %s\n' "$*" >&2; exit 1; }

sandbox=${1:-$dir/sandbox}
[ $# -gt 0 ] || go build -o "$sandbox" .

# Nobody listens at the callbacks' address: every delivery is tried and refused.
"$sandbox" serve --control 127.0.0.1:0 --webhook http://127.0.0.1:9/callbacks >"$dir/ready" 2>"$dir/log" &
pids+=($!)
for _ in $(seq 300); do [ -s "$dir/ready" ] && break; sleep 0.1; done
[ -s "$dir/ready" ] || fail "the sandbox did not start: $(cat "$dir/log")"
control=$(jq -r .control "$dir/ready")

# get PATH and post PATH [JSON] ask the control; ready FILTER reads the line.
get() { curl -fsS "$control$1"; }
post() { curl -fsS --json "${2:-"{}"}" "$control$1"; }
ready() { jq -r ".providers.$1" "$dir/ready"; }

# act PROVIDER ACTION [NAME VALUE]… does an action; refused wants it to be refused.
arguments() { jq -n '$ARGS.positional | [range(0; length; 2) as $i | {(.[$i]): .[$i + 1]}] | add // {}' --args -- "$@"; }
act() { local where=$1/actions/$2; shift 2; post "/v1/$where" "$(arguments "$@")"; }
refused() {
  local where=$1/actions/$2 code=$3; shift 3
  local answer
  answer=$(curl -sS --json "$(arguments "$@")" "$control/v1/$where")
  [ "$(jq -r .error.code <<<"$answer")" = "$code" ] || fail "$where answered $answer, want $code"
}

# want TEXT JSON FILTER checks what a filter says of an answer.
want() { jq -e "$3" <<<"$2" >/dev/null || fail "$1: $3 does not hold of $2"; }

# soon TEXT PATH FILTER waits for a list of the control to say it.
soon() {
  local answer=
  for _ in $(seq 100); do
    answer=$(get "$2")
    if jq -e "$3" <<<"$answer" >/dev/null; then return; fi
    sleep 0.1
  done
  fail "$1: $3 does not hold of $answer"
}

# breaks PROVIDER OPERATION CURL… injects a fault, sends a request that meets it, and
# sees both.
breaks() {
  local provider=$1 operation=$2; shift 2
  act "$provider" inject operation "$operation" fault drop-after >/dev/null
  want "$provider fault waits" "$(get "/v1/faults?provider=$provider")" ".providers.$provider[\"$operation\"] == [\"drop-after\"]"
  if curl -sS -o /dev/null "$@" 2>/dev/null; then fail "$provider: $operation was answered in spite of its fault"; fi
  want "$provider fault fired" "$(get "/v1/faults?provider=$provider")" ".providers.$provider == {}"
  want "$provider request" "$(get "/v1/requests?provider=$provider&verdict=fault")" \
    ".requests[0].operation == \"$operation\" and .requests[0].fault == \"drop-after\""
}

# buys PROVIDER CARD: a purchase, settled where the platform has that, and a decline.
buys() {
  local provider=$1 card=$2 bought
  bought=$(act "$provider" purchase card "$card" amount 12.50 shop "Corner Books")
  want "$provider purchase" "$bought" '.approved == true'
  want "$provider decline" "$(act "$provider" decline card "$card")" '.approved == false and .reason != ""'
  jq -r .transaction <<<"$bought"
}

# holds PROVIDER CARD AMOUNT: what a card can spend.
holds() { want "$1 books" "$(get "/v1/state?provider=$1")" ".providers.$1.cards[] | select(.id == \"$2\") | .amount == \"$3\""; }

worldcard() {
  local card tx physical
  card=$(act worldcard issue-card type VIRTUAL-G amount 100 | jq -r .card)
  tx=$(buys worldcard "$card")
  act worldcard settle card "$card" transaction "$tx" >/dev/null
  holds worldcard "$card" 87.50
  physical=$(act worldcard issue-card type PHYSICAL-G | jq -r .card)
  act worldcard reject-kyc card "$physical" reason "unreadable" retry forbidden >/dev/null
  want "worldcard KYC" "$(get '/v1/state?provider=worldcard')" '.providers.worldcard.holders[0] | .status == "rejected" and .reason == "unreadable"'
  act worldcard send-otp card "$card" amount 12.50 code 135790 >/dev/null
  act worldcard forward-3ds card "$card" amount 12.50 url https://acs.example/challenge/1 >/dev/null
  tx=$(act worldcard purchase card "$card" amount 7.50 | jq -r .transaction)
  act worldcard reverse card "$card" transaction "$tx" >/dev/null
  act worldcard refund card "$card" amount 5.00 >/dev/null
  holds worldcard "$card" 92.50
  act worldcard fail-next operation Cards.Deposit reason "channel closed" >/dev/null
  breaks worldcard Cards.Deposit -X POST "$(ready worldcard.base_url)/api/v1/card/deposit"
}

legacy() {
  local card number body sign
  card=$(act legacy issue-card product VIRTUAL-P amount 100 | jq -r .card)
  buys legacy "$card" >/dev/null
  holds legacy "$card" 87.50
  act legacy send-otp card "$card" amount 12.50 code 135790 >/dev/null
  act legacy forward-3ds card "$card" amount 12.50 url https://acs.example/challenge/1 >/dev/null
  # A top-up signed as the page says: MD5 over the sorted parameters and the secret.
  number=$(act legacy reveal-card card "$card" | jq -r .number)
  body=$(jq -n --arg card "$number" --arg key "$(ready legacy.app_key)" --arg now "$(date +%s)000" \
    '{amount: "50.00", appKey: $key, cardNumber: $card, merOrderNo: "drive-1", nonce: "1038343423", timestamp: $now}')
  sign=$(jq -r --arg secret "$(ready legacy.app_secret)" '. + {appSecret: $secret} | to_entries | sort_by(.key) | map(.key + "=" + .value) | join("&")' <<<"$body" |
    tr -d '\n' | md5sum | cut -d' ' -f1)
  breaks legacy Cards.Deposit --json "$(jq --arg sign "$sign" '. + {sign: $sign}' <<<"$body")" "$(ready legacy.base_url)/api/card/top/up"
  soon "legacy: carried out, not answered" '/v1/state?provider=legacy' '.providers.legacy.orders[0].key == "drive-1"'
}

kazepay() {
  local card tx
  card=$(act kazepay issue-card email ada@example.com amount 100 | jq -r .card)
  tx=$(buys kazepay "$card")
  act kazepay reverse card "$card" transaction "$tx" >/dev/null
  holds kazepay "$card" 100.00
  act kazepay reject-kyc email ada@example.com reason "unreadable" >/dev/null
  want "kazepay KYC" "$(get '/v1/state?provider=kazepay')" '.providers.kazepay.holders[0].status == "REJECTED"'
  act kazepay send-otp card "$card" amount 12.50 code 135790 >/dev/null
  want "kazepay plastic" "$(act kazepay print-card)" '.["card-number"] | test("^[0-9]{16}$")'
  breaks kazepay Cards.Deposit --json '{"head":{"apiCode":"cardRecharge","sysId":"1","requestNo":"1","version":"1.0","sign":"00","keyEnc":"00"},"body":{"encrypt":"AAAA"}}' \
    "$(ready kazepay.base_url)"
}

uqpay() {
  local card tx holder token
  card=$(act uqpay issue-card product 9a0c0b1e-0000-4000-8000-000000000001 amount 100 | jq -r .card)
  tx=$(buys uqpay "$card")
  act uqpay settle transaction "$tx" amount 12.50 >/dev/null
  holds uqpay "$card" 87.50
  holder=$(get '/v1/state?provider=uqpay' | jq -r '.providers.uqpay.holders[0].id')
  act uqpay reject-kyc holder "$holder" reason "unreadable" retry forbidden >/dev/null
  want "uqpay KYC" "$(get '/v1/state?provider=uqpay')" '.providers.uqpay.holders[0].status == "FAILED"'
  act uqpay send-otp card "$card" amount 12.50 code 135790 >/dev/null
  want "uqpay plastic" "$(act uqpay print-card)" '.["card-number"] | test("^[0-9]{16}$")'
  token=$(curl -fsS -X POST -H "x-client-id: $(ready uqpay.client_id)" -H "x-api-key: $(ready uqpay.api_key)" "$(ready uqpay.base_url)/v1/connect/token" | jq -r .auth_token)
  breaks uqpay Cards.Deposit --json '{"amount":20}' -H "x-auth-token: Bearer $token" -H 'x-idempotency-key: drive-1' \
    "$(ready uqpay.base_url)/v1/issuing/cards/$card/recharge"
  soon "uqpay: carried out, not answered" '/v1/state?provider=uqpay' ".providers.uqpay.cards[0].amount == \"107.50\""
}

coshine() {
  local card header
  card=$(act coshine issue-card customer CIF1 amount 100 | jq -r .card)
  # What the issuer asks for are operations of the API: a purchase, and one too large.
  spends() {
    curl -fsS --json "$(jq -n --arg card "$card" --arg id "$1" --arg amount "$2" --arg participant "$(ready coshine.participant_id)" --arg branch "$(ready coshine.tran_branch)" \
      '{participantId: $participant, tranBranch: $branch, tranChnl: "07", tranDate: "20260420", tranTime: "143052", tranId: $id, cardToken: $card, amount: $amount}')" \
      -H "Authorization: Bearer $(ready coshine.token)" -H 'timestamp: 1776666652' "$(ready coshine.base_url)$3"
  }
  want "coshine purchase" "$(spends TXN1 12.50 /tranmgr/purchase)" '.responseCode == "00"'
  want "coshine decline" "$(spends TXN2 500.00 /tranmgr/purchase)" '.responseCode == "51"'
  holds coshine "$card" 87.50
  refused coshine send-otp refused fields '{"phone":"85291234567","otp":"135790"}' # the issuer does not answer
  act coshine inject operation Cards.Deposit fault drop-after >/dev/null
  if spends TXN3 20.00 /tranmgr/loadFund 2>/dev/null; then fail "coshine: a load was answered in spite of its fault"; fi
  holds coshine "$card" 107.50
  act coshine notify interface AuthorizationNotification >/dev/null
}

unionpay() {
  local card
  card=$(act unionpay issue-card status normal | jq -r .card)
  want "unionpay push" "$(act unionpay push-card card "$card" origin ios)" '.links["App-to-App"] != null'
  act unionpay notify message TRX_STATUS_NOTIFICATION info '{"token":"6299990000000000017","transAmount":"12.50","transCurrency":"702"}' >/dev/null
  act unionpay set-card-status card "$card" status lost >/dev/null
  act unionpay fail-next operation Tokens.Request code 71 >/dev/null
  breaks unionpay Tokens.Request -X POST "$(ready unionpay.base_url)$(ready unionpay.path_token_request_with_authorization)"
}

for provider in worldcard legacy kazepay uqpay coshine unionpay; do
  "$provider"
  soon "$provider: a callback was tried" "/v1/callbacks?provider=$provider" '.callbacks[0] | .tried >= 1 and .accepted == false and .attempts[0].answer != ""'
  id=$(get "/v1/callbacks?provider=$provider" | jq .callbacks[0].id)
  tried=$(get "/v1/callbacks/$id" | jq .tried)
  post "/v1/callbacks/$id/resend" >/dev/null
  soon "$provider: a callback was sent again" "/v1/callbacks/$id" ".tried > $tried"
  printf '%s: done\n' "$provider"
done

before=$(get /v1/clock)
want "the clocks are turned" "$(post /v1/clock '{"advance":"24h"}')" '.providers | length == 6'
for provider in worldcard legacy kazepay uqpay coshine unionpay; do
  soon "$provider: a day later" /v1/clock "(.providers.$provider.now[0:19] + \"Z\" | fromdate) - $(jq "(.providers.$provider.now[0:19] + \"Z\" | fromdate)" <<<"$before") >= 86400"
done

for provider in worldcard legacy kazepay uqpay coshine unionpay; do
  act "$provider" set-callbacks hold true duplicate true >/dev/null
  act "$provider" set-callbacks >/dev/null
  act "$provider" release-callbacks >/dev/null
  refused "$provider" inject bad_arguments operation Cards.Depsit fault drop-after
done
refused worldcard purchse unknown_action
refused worldcard purchase bad_arguments card 1
want "no fault is left" "$(get /v1/faults)" '[.providers[] | length] | add == 0'
want "what was refused is told" "$(get '/v1/requests?limit=1000')" '.dropped == 0 and (.requests | length) >= 6'
grep -q 'was not accepted' "$dir/log" || fail "the log says nothing of callbacks that were refused"
want "description" "$(get /openapi.json)" '.openapi == "3.1.0" and (.paths | length) > 100'
echo "all six were driven"
