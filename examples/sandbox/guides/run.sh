#!/usr/bin/env bash
# Runs the guides against a sandbox of its own, each where its language is there; one
# that is not is said aloud.
#
#   examples/sandbox/guides/run.sh [SANDBOX]
#
# SANDBOX is the program; without it the script builds one with go build.
set -euo pipefail
cd "$(dirname "$0")"

dir=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || true; rm -rf "$dir"' EXIT

sandbox=${1:-$dir/sandbox}
[ $# -gt 0 ] || go build -o "$sandbox" ..

export CALLBACK_PORT=$((20000 + RANDOM % 10000))
"$sandbox" serve --control 127.0.0.1:0 --webhook "http://127.0.0.1:$CALLBACK_PORT/callbacks" >"$dir/ready" 2>"$dir/log" &
pid=$!
for _ in $(seq 300); do [ -s "$dir/ready" ] && break; sleep 0.1; done
[ -s "$dir/ready" ] || { echo "run.sh: the sandbox did not start: $(cat "$dir/log")" >&2; exit 1; }
ISSUING_SANDBOX=$(sed 's/.*"control":"\([^"]*\)".*/\1/' "$dir/ready")
export ISSUING_SANDBOX

for guide in "bash topup.sh" "python3 topup.py" "node topup.mjs"; do
  read -r program script <<<"$guide"
  printf '\n-- %s\n' "$script"
  if ! command -v "$program" >/dev/null; then
    echo "MISSING, so $script is skipped: $program"
    continue
  fi
  "$program" "$script"
done
