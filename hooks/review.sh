#!/usr/bin/env bash
# The hooks of .pre-commit-hooks.yaml: reviews the files that pre-commit names, in the folder in which it runs.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../action/node.sh
. "$here/../action/node.sh"
exec node "$here/../cli/portcullis.ts" review "$@" </dev/null
