#!/usr/bin/env bash
# Reviews PATHS, and leaves the outputs, the comment and the job summary. It fails only where it cannot do even that: the
# verdict is for the last step, when the comment has been written.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=node.sh
. "$here/node.sh"

folder=$(mktemp -d "${RUNNER_TEMP:-/tmp}/portcullis-XXXXXX")
comment=$folder/comment.md
errors=$folder/errors
case $SARIF in
  /*) sarif=$SARIF ;;
  *) sarif=$PWD/$SARIF ;;
esac

options=(--fail-on "$FAIL_ON" --output "markdown=$comment" --output "sarif=$sarif")
if [[ -n $POLICY ]]; then options+=(--policy "$POLICY"); fi
if [[ -n $ACCOUNT ]]; then options+=(--account "$ACCOUNT"); fi
if [[ -n $REGION ]]; then options+=(--region "$REGION"); fi
if [[ -n $COMMENT_ID ]]; then options+=(--comment-id "$COMMENT_ID"); fi
if [[ -n $RULE_PAGES ]]; then options+=(--rule-pages "$RULE_PAGES"); fi
if [[ -n $CONFIGURATION ]]; then options+=(--configuration "$CONFIGURATION"); fi
while read -r parameter; do
  if [[ -n $parameter ]]; then options+=(--parameter "$parameter"); fi
done <<<"$PARAMETERS"
paths=()
while read -r path; do
  if [[ -n $path ]]; then paths+=("$path"); fi
done <<<"$PATHS"

# What is reviewed may hold lines that GitHub would take for commands of this workflow.
pause=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$pause"
code=0
node "$here/../cli/portcullis.ts" review "${options[@]}" -- ${paths[@]+"${paths[@]}"} </dev/null 2>"$errors" || code=$?
cat "$errors" >&2
echo "::$pause::"

case $code in
  0) outcome=passed ;;
  1) outcome=failed ;;
  *) outcome=error ;;
esac
if [[ $outcome == error ]]; then
  # An old comment, and an old file, must not stand for this review.
  rm -f "$sarif"
  {
    printf '<!-- portcullis review%s -->\n\n### ❔ Portcullis could not review this\n\n' "$(grep -E '^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$' <<<"$COMMENT_ID" | sed 's/^/ /' || true)"
    head -c 8000 "$errors" | sed 's/^/    /'
    printf '\n'
  } >"$comment"
  findings=
  sarif=
else
  findings=$(node -e '
    const { runs } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
    console.log(runs.flatMap(({ results }) => results).filter(({ suppressions }) => suppressions.length === 0).length);
  ' "$sarif")
fi
cat "$comment" >>"$GITHUB_STEP_SUMMARY"
# A path that breaks a line would write outputs of its own.
case $sarif in
  *$'\n'*) echo "error: the SARIF path has a line break: expected a path on one line" >&2; exit 2 ;;
esac
{
  echo "outcome=$outcome"
  echo "code=$code"
  echo "findings=$findings"
  echo "sarif=$sarif"
  echo "comment-file=$comment"
} >>"$GITHUB_OUTPUT"
