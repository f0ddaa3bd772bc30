#!/usr/bin/env bash
# Writes COMMENT_FILE as the one comment of this review on the pull request. Whatever GitHub says, the review stands, and the
# job summary has it: where the comment cannot be written, that is told and is no failure.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=github.sh
. "$(dirname "${BASH_SOURCE[0]}")/github.sh"

if [[ -z ${PULL_REQUEST:-} ]]; then
  echo "No pull request, so no comment: the job summary has the review."
  exit 0
fi
if [[ -z ${TOKEN:-} ]]; then
  echo "::notice title=Portcullis::no token, so no comment: the job summary has the review"
  exit 0
fi
if [[ ! $PULL_REQUEST =~ ^[0-9]+$ || ! $GITHUB_REPOSITORY =~ ^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$ ]]; then
  echo "error: expected the number of a pull request and OWNER/NAME" >&2
  exit 2
fi

issues=/repos/$GITHUB_REPOSITORY/issues
body=$(mktemp "${RUNNER_TEMP:-/tmp}/portcullis-body-XXXXXX")
jq --raw-input --slurp '{body: .}' "$COMMENT_FILE" >"$body"
marker=$(head -n 1 "$COMMENT_FILE")

# Ours are those that begin with the marker, and that the token's own user wrote: anybody can write a marker.
find_ours() {
  local page=1
  ours=()
  while :; do
    github GET "$issues/$PULL_REQUEST/comments?per_page=100&page=$page"
    if [[ $status != 200 ]]; then return 1; fi
    while read -r id; do ours+=("$id"); done < <(jq -r --arg marker "$marker" --arg author "$COMMENT_AUTHOR" \
      '.[] | select(.user.login == $author and ((.body // "") | split("\n")[0] | rtrimstr("\r")) == $marker) | .id' "$answer")
    if [[ $(jq length "$answer") -lt 100 ]]; then return 0; fi
    page=$((page + 1))
  done
}

# Looks anew each time: a call that seemed to fail may have written the comment.
write_comment() {
  if find_ours; then
    if [[ ${#ours[@]} -gt 0 ]]; then
      github PATCH "$issues/comments/${ours[0]}" "$body"
      # Somebody has deleted it meanwhile.
      if [[ $status == 404 ]]; then return 75; fi
    else
      github POST "$issues/$PULL_REQUEST/comments" "$body"
    fi
  fi
  case $status in
    200 | 201) return 0 ;;
    *) if passing; then return 75; else return 1; fi ;;
  esac
}

code=0
again write_comment || code=$?
if [[ $code -eq 0 ]]; then
  url=$(jq -r '.html_url // "" | gsub("[^!-~]"; "")' "$answer")
  echo "url=$url" >>"$GITHUB_OUTPUT"
  echo "The comment is written."
  # Two runs at once may both have made one.
  for id in ${ours[@]+"${ours[@]:1}"}; do github DELETE "$issues/comments/$id"; done
elif [[ $status == 401 || $status == 403 || $status == 404 ]]; then
  echo "::notice title=Portcullis::no comment, as the token may not write one (a pull request of a fork, or without pull-requests: write): the job summary has the review. $(reason)"
else
  echo "::warning title=Portcullis::no comment: the job summary has the review. $(reason)"
fi
