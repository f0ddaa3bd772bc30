#!/usr/bin/env bash
# Gives SARIF_FILE to code scanning (https://docs.github.com/en/rest/code-scanning/code-scanning#upload-an-analysis-as-sarif-data).
# Where that cannot be, it is told and is no failure: not every repository has code scanning.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=github.sh
. "$(dirname "${BASH_SOURCE[0]}")/github.sh"

if [[ -z ${SARIF_FILE:-} ]]; then
  echo "No SARIF file, so nothing for code scanning."
  exit 0
fi
if [[ -z ${TOKEN:-} ]]; then
  echo "::notice title=Portcullis::no token, so nothing for code scanning"
  exit 0
fi
if [[ ! $GITHUB_REPOSITORY =~ ^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$ ]]; then
  echo "error: expected OWNER/NAME" >&2
  exit 2
fi

# Files are told as seen from the working directory, and GitHub looks for them from the root of the repository.
prefix=${WORKING_DIRECTORY:-.}
prefix=${prefix#./}
prefix=${prefix%/}
case $prefix in
  . | "" | /* | *..*) prefix="" ;;
  *) prefix=$prefix/ ;;
esac

body=$(mktemp "${RUNNER_TEMP:-/tmp}/portcullis-body-XXXXXX")
# GitHub takes suppressed results for open alerts. The category keeps the alerts of several reviews apart.
jq --compact-output --arg category "portcullis${COMMENT_ID:+-$COMMENT_ID}/" --arg prefix "$prefix" \
  'del(.runs[].results[] | select(.suppressions != []))
    | .runs[].automationDetails = {id: $category}
    | (.runs[].results[].locations[]?.physicalLocation?.artifactLocation? | select(.uri? and .uriBaseId == "%SRCROOT%").uri)
      |= ($prefix | split("/") | map(@uri) | join("/")) + .' "$SARIF_FILE" |
  gzip --no-name --stdout | base64 | tr -d '\n' |
  jq --raw-input --slurp --arg sha "$GITHUB_SHA" --arg ref "$GITHUB_REF" '{commit_sha: $sha, ref: $ref, sarif: ., tool_name: "Portcullis"}' >"$body"

upload() {
  github POST "/repos/$GITHUB_REPOSITORY/code-scanning/sarifs" "$body"
  case $status in
    202) return 0 ;;
    *) if passing; then return 75; else return 1; fi ;;
  esac
}

code=0
again upload || code=$?
if [[ $code -eq 0 ]]; then
  echo "Code scanning has the SARIF file."
elif [[ $status == 401 || $status == 403 || $status == 404 ]]; then
  echo "::notice title=Portcullis::nothing for code scanning, as the token may not (a pull request of a fork, or without security-events: write) or the repository has none. $(reason)"
else
  echo "::warning title=Portcullis::nothing for code scanning. $(reason)"
fi
