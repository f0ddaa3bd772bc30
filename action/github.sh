# shellcheck shell=bash
# To be sourced: one function that asks GitHub's API. Needs curl and jq, as every runner of GitHub has them.

for needed in curl jq; do
  if ! command -v "$needed" >/dev/null; then
    echo "error: found no $needed, expected it to tell GitHub: install it, or set comment and upload-sarif to false" >&2
    exit 2
  fi
done

API=${GITHUB_API_URL:-https://api.github.com}
answer=$(mktemp "${RUNNER_TEMP:-/tmp}/portcullis-answer-XXXXXX")
headers=$(mktemp "${RUNNER_TEMP:-/tmp}/portcullis-headers-XXXXXX")
trap 'rm -f "$answer" "$headers"' EXIT
status=000

# github METHOD PATH [FILE]: sends the JSON in FILE; $status is the answer's (000 for none), $answer the file that has it.
github() {
  local method=$1 path=$2 data=()
  if [[ $# -gt 2 ]]; then data=(--data-binary "@$3"); fi
  # The token is no argument: those are for every process to see.
  status=$(curl --silent --show-error --max-time 30 --request "$method" --output "$answer" --dump-header "$headers" \
    --write-out '%{http_code}' --config - ${data[@]+"${data[@]}"} "$API$path" <<CONFIG || true
header = "Authorization: Bearer $TOKEN"
header = "Accept: application/vnd.github+json"
header = "X-GitHub-Api-Version: 2022-11-28"
header = "Content-Type: application/json"
header = "User-Agent: portcullis"
CONFIG
  )
}

# Whether the answer may be another one soon: no answer, 5xx, or a rate limit, which GitHub tells by 429 or 403
# (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api).
passing() {
  case $status in
    000 | 5?? | 429) return 0 ;;
    403) grep -qiE '^(retry-after:|x-ratelimit-remaining: *0[[:space:]]*$)' "$headers" ;;
    *) return 1 ;;
  esac
}

# again COMMAND...: until it returns other than 75 (try again), five times at most, each after twice the pause, or what GitHub asks for.
again() {
  local try pause=${RETRY_PAUSE:-2} after code
  for try in 1 2 3 4 5; do
    code=0
    "$@" || code=$?
    if [[ $code -ne 75 ]]; then return "$code"; fi
    if [[ $try -lt 5 ]]; then
      after=$(sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9]\{1,2\}\)[^0-9]*$/\1/p' "$headers" | head -n 1)
      if [[ ${after:-0} -gt $pause ]]; then pause=$after; fi
      sleep "$pause"
      pause=$((pause * 2))
    fi
  done
  return 75
}

# What GitHub said about why, on one line that is no command.
reason() {
  printf 'GitHub answered %s%s' "$status" "$(jq -r '.message? // empty | tostring | gsub("[^ -~]"; " ") | .[:200] | ": " + .' "$answer" 2>/dev/null || true)"
}
